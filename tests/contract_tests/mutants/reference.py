"""A small service that keeps every contract, to hang one fault at a time on.

It is written from the providers' facts and shares nothing with the mock server, so
that a mistake of the one cannot hide in the other: its judge of a body is jsonschema,
and its schema is the raw document. Each method is one decision that a faulty variant
overrides.
"""

import json
import random
import re
import uuid
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, cast
from urllib.parse import parse_qsl, unquote

from jsonschema import ValidationError

from contract_tests import AsgiBridge, Target
from specs import Contract, Event, Operation, Outcome, Registry
from tests.contract_tests.mutants.footage import Footage, draw
from tests.contract_tests.mutants.schemas import FORMATS, Judge, read_json, resolved

KEYS = {"aimlapi": "a-secret-of-aimlapi-1", "fal": "an-id:a-secret-of-fal-1"}
START, END = 1.0, 4.0  # seconds after its submit at which a job changes its state
PRICE = 2_000_000

Scope = Mapping[str, Any]
Reply = tuple[int, Any]
Wrong = Mapping[str, str]
"""What is wrong with a request, by the member; with all of it under an empty name."""


@dataclass(slots=True, kw_only=True)
class Work:
    """One job of the service; *number* counts them from 1, in the order of submit."""

    id: str
    number: int
    contract: Contract
    submitted: float
    body: Mapping[str, Any] = field(default_factory=dict)
    ends_by: Event = Event.COMPLETE
    cancelled: float | None = None
    polls: int = 0


class Service:
    """Every contract of a registry, on a clock that `advance` moves.

    Time stands still between two moves, unless a *clock* says otherwise.
    """

    def __init__(
        self, registry: Registry, *, clock: Callable[[], float] = lambda: 0.0
    ) -> None:
        self.work: dict[str, Work] = {}
        self.restarts = 0
        self.origin = ""
        self._skipped = 0.0
        self._clock = clock
        self._contracts = registry.contracts
        self._random = random.Random(0)
        self._judges = {
            it.id: Judge(self.schema(it), format_checker=FORMATS)
            for it in registry.contracts
        }

    @property
    def now(self) -> float:
        return self._skipped + self._clock()

    def advance(self, seconds: float) -> None:
        self._skipped += seconds

    def restart(self) -> None:
        self.restarts += 1

    def target(self, bridge: AsgiBridge | None, **options: Any) -> Target:
        known: dict[str, Any] = {
            "base_url": "http://service.test",
            "keys": KEYS,
            "transport": bridge,
            "advance": self.advance,
            "stands_still": True,
            "failing": {"X-Fail": "yes"},
            "restart": self.restart,
            "checks_keys": True,
        }
        return Target(**known | options)

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
        headers = [(b"content-type", self.content_type(value))]
        await send(
            {"type": "http.response.start", "status": status, "headers": headers}
        )
        await send({"type": "http.response.body", "body": raw})

    def content_type(self, value: Any) -> bytes:
        is_file = isinstance(value, bytes) and value[4:8] == b"ftyp"
        return b"video/mp4" if is_file else b"application/json"

    # -- which operation is meant, and for whom

    def answer(self, scope: Scope, body: bytes) -> Reply:
        headers = {k.decode().lower(): v.decode() for k, v in scope["headers"]}
        path = scope["raw_path"].decode()
        self.origin = f"http://{headers['host']}"
        if path.startswith("/videos/"):
            return self.file(path.removeprefix("/videos/").removesuffix(".mp4"))
        found = list(self._routes(scope["method"], path))
        if not found:
            return 404, {"detail": "no such path"}
        contract, operation, names = found[0]
        if not self.admits(contract, operation, headers):
            status = contract.provider.errors.unauthorized
            return self.refuse(contract, status, {"": "no valid key"})
        if operation.role == "submit":
            return self.receive([it[0] for it in found], body, headers)
        query = dict(parse_qsl(scope["query_string"].decode(), keep_blank_values=True))
        return self._about(contract, operation, (names | query).get(operation.id or ""))

    def _routes(
        self, method: str, path: str
    ) -> Iterator[tuple[Contract, Operation, dict[str, str]]]:
        for contract in self._contracts:
            for it in contract.operations:
                match = _shape(it.wire_path).fullmatch(path)
                if it.method == method and match:
                    names = match.groupdict().items()
                    yield contract, it, {key: unquote(value) for key, value in names}

    def _about(
        self, contract: Contract, operation: Operation, id_: str | None
    ) -> Reply:
        errors = contract.provider.errors
        if id_ is None:
            return self.refuse(
                contract, errors.refused, {operation.id or "": "is missing"}
            )
        work = self.find(contract, id_)
        if work is None:
            return self.unknown(contract, id_)
        return {"poll": self.poll, "result": self.result, "cancel": self.cancel}[
            operation.role
        ](work)

    def admits(
        self, contract: Contract, operation: Operation, headers: Mapping[str, str]
    ) -> bool:
        auth = contract.provider.auth
        expected = f"{auth.scheme} {KEYS[contract.provider.name]}"
        return headers.get(auth.header.lower()) == expected

    def find(self, contract: Contract, id_: str) -> Work | None:
        work = self.work.get(id_)
        same = work is not None and work.contract.provider is contract.provider
        return work if same else None

    # -- a new job

    def receive(
        self, contracts: list[Contract], body: bytes, headers: Mapping[str, str]
    ) -> Reply:
        refused = contracts[0].provider.errors.refused
        try:
            value = self.read(body, headers.get("content-type", ""))
        except ValueError as exc:
            return self.refuse(contracts[0], refused, {"": str(exc)})
        members = value if isinstance(value, dict) else {}
        wanted = [it for it in contracts if it.fixed.items() <= members.items()]
        if not wanted:
            return self.refuse(contracts[0], refused, {"model": "is unknown"})
        if wrong := self.objections(wanted[0], value):
            return self.refuse(wanted[0], refused, wrong)
        return self.submit(wanted[0], value, headers)

    def read(self, body: bytes, content_type: str) -> Any:
        if content_type.partition(";")[0] != "application/json":
            raise ValueError("is not said to be JSON")
        return read_json(body)

    def schema(self, contract: Contract) -> dict[str, Any]:
        return resolved(contract)

    def objections(self, contract: Contract, value: Any) -> dict[str, str]:
        """Return every member that is wrong and why, as both providers tell it."""
        return {
            name: error.message
            for error in self._judges[contract.id].iter_errors(value)
            for name in _members(error)
        }

    def submit(
        self, contract: Contract, value: Any, headers: Mapping[str, str]
    ) -> Reply:
        work = Work(
            id=self.new_id(contract),
            number=len(self.work) + 1,
            contract=contract,
            submitted=self.now,
            body=value,
            ends_by=Event.FAIL if "x-fail" in headers else Event.COMPLETE,
        )
        self.work[work.id] = work
        return 200, self.greet(work)

    def new_id(self, contract: Contract) -> str:
        plain = str(uuid.UUID(int=self._random.getrandbits(128), version=4))
        return f"{plain}:{contract.model}" if contract.fixed else plain

    # -- what is told of a job

    def state(self, work: Work) -> str:
        if work.cancelled is not None:
            return work.contract.lifecycle.path(Event.CANCEL)[-1]
        first, second, last = work.contract.lifecycle.path(work.ends_by)
        age = self.now - work.submitted
        return first if age < START else second if age < END else last

    def ended(self, work: Work) -> Outcome | None:
        return work.contract.lifecycle.terminal.get(self.state(work))

    def greet(self, work: Work) -> dict[str, Any]:
        """Return the answer to the submit of *work*."""
        told = self.describe(work)
        if work.contract.result is None:
            told["meta"] = {"usage": {"credits_used": self.cost(work)}}
        return told

    def describe(self, work: Work) -> dict[str, Any]:
        facts = work.contract.provider.job
        told: dict[str, Any] = {
            facts.id.strip("/"): work.id,
            facts.status.strip("/"): self.state(work),
        }
        if work.contract.result is not None:
            return told | self.describe_place(work)
        ended = self.ended(work)
        if ended is Outcome.SUCCESS:
            told["video"] = {"url": self.video(work)}
            told["meta"] = {"usage": {"credits_used": self.cost(work)}}
        if ended is Outcome.FAILURE:
            told["error"] = self.reason()
        return told

    def describe_place(self, work: Work) -> dict[str, Any]:
        """Return what a service with a queue says beside the state."""
        home = f"{self.origin}/fal-ai/wan-22-vace-fun-a14b/requests/{work.id}"
        told: dict[str, Any] = {
            "response_url": home,
            "status_url": f"{home}/status",
            "cancel_url": f"{home}/cancel",
        }
        if self.state(work) == work.contract.lifecycle.initial:
            told["queue_position"] = self.position(work)
        elif self.ended(work) and self.failed(work):
            told["error"] = "told to"
        return told

    def position(self, work: Work) -> int:
        initial = work.contract.lifecycle.initial
        return sum(
            it.number < work.number and self.state(it) == initial
            for it in self.work.values()
            if it.contract is work.contract
        )

    def video(self, work: Work) -> str | None:
        return f"{self.origin}/videos/{work.id.partition(':')[0]}.mp4"

    def cost(self, work: Work) -> Any:
        return PRICE

    def reason(self) -> Any:
        return {"name": "Failed", "message": "told to"}

    def failed(self, work: Work) -> bool:
        return work.cancelled is not None or work.ends_by is Event.FAIL

    def poll(self, work: Work) -> Reply:
        work.polls += 1
        pending = work.contract.result is not None and not self.ended(work)
        return 202 if pending else 200, self.describe(work)

    def result(self, work: Work) -> Reply:
        if self.ended(work) is None:
            return 400, {"detail": "Request is still in progress"}
        if self.failed(work):
            return 500, {"detail": "told to"}
        return 200, self.output(work)

    def output(self, work: Work) -> dict[str, Any]:
        return {
            "video": {"url": self.video(work)},
            "prompt": work.body["prompt"],
            "seed": 1,
        }

    def cancel(self, work: Work) -> Reply:
        if self.ended(work) is not None:
            return 400, {"status": "ALREADY_COMPLETED"}
        work.cancelled = self.now
        return 202, {"status": "CANCELLATION_REQUESTED"}

    # -- the file

    def file(self, name: str) -> Reply:
        for it in self.work.values():
            if it.id.partition(":")[0] == name:
                return 200, draw(self.footage(it))
        return 404, {"detail": "no such file"}

    def footage(self, work: Work) -> Footage:
        return Footage.asked(work.body)

    # -- refusals

    def unknown(self, contract: Contract, id_: str) -> Reply:
        status = contract.provider.errors.unknown_job
        return self.refuse(contract, status, {"": "no such job"})

    def refuse(self, contract: Contract, status: int, wrong: Wrong) -> Reply:
        if contract.provider.errors.style == "zod":
            return status, {
                "message": "\n".join(f"{name}: {it}" for name, it in wrong.items()),
                "path": contract.submit.wire_path,
                "requestId": "1",
                "statusCode": status,
                "timestamp": "2026-11-21T00:00:00Z",
            }
        if not any(wrong):
            return status, {"detail": " ".join(wrong.values())}
        return status, {
            "detail": [
                {"loc": ["body", name], "msg": it, "type": "value_error"}
                for name, it in wrong.items()
            ]
        }


@cache
def _shape(wire_path: str) -> re.Pattern[str]:
    """Return what matches *wire_path* and tells the values of its parameters."""
    return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(wire_path)))


def _members(error: ValidationError) -> list[str]:
    """Return the members of the body that *error* is about; an empty one for the whole."""
    if error.absolute_path:
        return [str(error.absolute_path[0])]
    if error.validator == "required":
        required = cast("list[str]", error.validator_value)
        return [it for it in required if it not in cast("Any", error.instance)]
    return [""]
