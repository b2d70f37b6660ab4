"""A small service that keeps every contract, to hang one fault at a time on.

It is written from the providers' facts and shares nothing with the mock server, so
that a mistake of the one cannot hide in the other. Each method is one decision that
a faulty variant overrides.
"""

import json
import random
import re
import uuid
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote

from contract_tests import Target
from contract_tests.bridge import AsgiBridge
from specs import Contract, Event, Judge, Operation, Outcome, Registry, Request

KEYS = {"aimlapi": "a-secret-of-aimlapi", "fal": "an-id:a-secret-of-fal"}
START, END = 1.0, 4.0  # seconds after its submit at which a job changes its state

Scope = Mapping[str, Any]
Reply = tuple[int, Any]


@dataclass(slots=True, kw_only=True)
class Work:
    """One job of the service."""

    id: str
    contract: Contract
    submitted: float
    ends_by: Event = Event.COMPLETE
    cancelled: float | None = None
    polls: int = 0


class Service:
    """Every contract of a registry, on a clock that only `advance` moves."""

    def __init__(self, registry: Registry) -> None:
        self.now = 0.0
        self.work: dict[str, Work] = {}
        self.judges = {it.id: Judge(it) for it in registry.contracts}
        self._contracts = registry.contracts
        self._random = random.Random(0)

    def advance(self, seconds: float) -> None:
        self.now += seconds

    def target(self, bridge: AsgiBridge, **options: Any) -> Target:
        return Target(
            base_url="http://service.test",
            keys=KEYS,
            transport=bridge,
            advance=self.advance,
            failing={"X-Fail": "yes"},
            **options,
        )

    async def __call__(
        self,
        scope: Scope,
        receive: Callable[[], Awaitable[Mapping[str, Any]]],
        send: Callable[[Mapping[str, Any]], Awaitable[None]],
    ) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        status, value = self.answer(scope, body)
        raw = value if isinstance(value, bytes) else json.dumps(value).encode()
        headers = [(b"content-type", b"application/json")]
        await send(
            {"type": "http.response.start", "status": status, "headers": headers}
        )
        await send({"type": "http.response.body", "body": raw})

    def answer(self, scope: Scope, body: bytes) -> Reply:
        headers = {k.decode().lower(): v.decode() for k, v in scope["headers"]}
        query = dict(parse_qsl(scope["query_string"].decode(), keep_blank_values=True))
        found = list(self._routes(scope["method"], scope["raw_path"].decode()))
        if not found:
            return 404, {"detail": "no such path"}
        contract, operation, path = found[0]
        if not self.admits(contract, operation, headers):
            status = contract.provider.errors.unauthorized
            return self.refuse(contract, status, "", "no valid key")
        if operation.role == "submit":
            return self._route_submit([it[0] for it in found], body, headers)
        id_ = (path | query).get(operation.id or "")
        if id_ is None:
            status = contract.provider.errors.refused
            return self.refuse(contract, status, operation.id or "", "is missing")
        work = self.find(id_)
        if work is None:
            status = contract.provider.errors.unknown_job
            return self.refuse(contract, status, "", "no such job")
        return {"poll": self.poll, "result": self.result, "cancel": self.cancel}[
            operation.role
        ](work)

    def _routes(
        self, method: str, path: str
    ) -> Iterator[tuple[Contract, Operation, dict[str, str]]]:
        for contract in self._contracts:
            for it in contract.operations:
                shape = re.sub(
                    r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(it.wire_path)
                )
                if it.method == method and (match := re.fullmatch(shape, path)):
                    names = match.groupdict().items()
                    yield contract, it, {key: unquote(value) for key, value in names}

    def _route_submit(
        self, contracts: list[Contract], body: bytes, headers: Mapping[str, str]
    ) -> Reply:
        refused = contracts[0].provider.errors.refused
        try:
            value = json.loads(body)
        except ValueError:
            return self.refuse(contracts[0], refused, "", "not JSON")
        members = value if isinstance(value, dict) else {}
        wanted = [it for it in contracts if it.fixed.items() <= members.items()]
        if not wanted:
            return self.refuse(contracts[0], refused, "model", "is unknown")
        return self.submit(wanted[0], value, body, headers)

    def admits(
        self, contract: Contract, operation: Operation, headers: Mapping[str, str]
    ) -> bool:
        auth = contract.provider.auth
        expected = f"{auth.scheme} {KEYS[contract.provider.name]}"
        return headers.get(auth.header.lower()) == expected

    def submit(
        self, contract: Contract, value: Any, body: bytes, headers: Mapping[str, str]
    ) -> Reply:
        auth = contract.provider.auth  # openapi-core minds the case of a header's name
        signed = {auth.header: headers[auth.header.lower()]}
        request = Request(operation=contract.submit, body=body, headers=signed)
        for breach in self.judges[contract.id].check_request(request):
            if self.minds(breach.rule):
                status = contract.provider.errors.refused
                where = str((*breach.path, "")[0])
                return self.refuse(contract, status, where, breach.message)
        work = Work(
            id=self.new_id(contract),
            contract=contract,
            submitted=self.now,
            ends_by=Event.FAIL if "x-fail" in headers else Event.COMPLETE,
        )
        self.work[work.id] = work
        return 200, self.describe(work)

    def minds(self, rule: str) -> bool:
        return True

    def new_id(self, contract: Contract) -> str:
        plain = str(uuid.UUID(int=self._random.getrandbits(128), version=4))
        return f"{plain}:{contract.model}" if contract.fixed else plain

    def find(self, id_: str) -> Work | None:
        return self.work.get(id_)

    def state(self, work: Work) -> str:
        if work.cancelled is not None:
            return work.contract.lifecycle.path(Event.CANCEL)[-1]
        first, second, last = work.contract.lifecycle.path(work.ends_by)
        age = self.now - work.submitted
        return first if age < START else second if age < END else last

    def ended(self, work: Work) -> Outcome | None:
        return work.contract.lifecycle.terminal.get(self.state(work))

    def describe(self, work: Work) -> dict[str, Any]:
        facts = work.contract.provider.job
        told: dict[str, Any] = {
            facts.id.strip("/"): work.id,
            facts.status.strip("/"): self.state(work),
        }
        if work.contract.result is not None:
            return told
        ended = self.ended(work)
        if ended is Outcome.SUCCESS:
            told["video"] = {"url": self.video(work)}
        if ended is Outcome.FAILURE:
            told["error"] = self.reason()
        return told

    def video(self, work: Work) -> str | None:
        return f"https://videos.test/{work.id}.mp4"

    def reason(self) -> Any:
        return {"name": "Failed", "message": "told to"}

    def poll(self, work: Work) -> Reply:
        work.polls += 1
        return 200, self.describe(work)

    def result(self, work: Work) -> Reply:
        if self.ended(work) is None:
            return 400, {"detail": "still in progress"}
        if work.cancelled is not None or work.ends_by is Event.FAIL:
            return 500, self.reason()
        return 200, {"video": {"url": self.video(work)}, "prompt": "", "seed": 1}

    def cancel(self, work: Work) -> Reply:
        if self.ended(work) is not None:
            return 400, {"status": "ALREADY_COMPLETED"}
        work.cancelled = self.now
        return 202, {"status": "CANCELLATION_REQUESTED"}

    def refuse(self, contract: Contract, status: int, field: str, text: str) -> Reply:
        if contract.provider.errors.style == "zod":
            return status, {
                "message": f"{field}: {text}",
                "path": contract.submit.wire_path,
                "requestId": "1",
                "statusCode": status,
                "timestamp": "2026-11-21T00:00:00Z",
            }
        if not field:
            return status, {"detail": text}
        return status, {
            "detail": [{"loc": ["body", field], "msg": text, "type": "value_error"}]
        }
