"""What an exchange with the real service breaks of the document, on either side."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache
from urllib.parse import unquote

import orjson

from mock_server.exchange import Call
from mock_server.memory import Memory
from mock_server.refusals.reasons import RefusedError
from mock_server.routing import Route, Routes
from mock_server.validation.validation import check_submit, read_json, select_contract
from mock_server.validation.verdicts import Verdicts
from specs import Breach, Contract, Operation, look_up

_MOST_JOBS = 10_000


class Examiner:
    """Judges by *contracts*; it remembers which of them a job belongs to."""

    def __init__(self, contracts: Sequence[Contract]) -> None:
        self._routes = Routes(contracts)
        self._verdicts = cache(Verdicts)
        self._jobs: Memory[str, Contract] = Memory(_MOST_JOBS)

    def examine(
        self, call: Call, status: int, body: bytes
    ) -> tuple[Contract | None, tuple[str, ...]]:
        """Return the contract that *call* is about, and one line for each breach."""
        place = self._routes.locate(call.method, call.path)
        if place.route is None:
            return None, ()  # uploads, tokens, files
        route, breaches = place.route, list[str]()
        contract = self._find(
            route, [*place.values, unquote(call.query.decode("latin-1"))]
        )
        if route.role in ("submit", "output"):
            try:
                contract, members = select_contract(route, read_json(call))
                check_submit(self._verdicts(contract), contract, call, members)
            except RefusedError as refused:
                found = [_describe(it) for it in refused.breaches]
                breaches += [f"request: {it}" for it in found or [str(refused)]]
        if 200 <= status < 300 and route.role not in ("stream", "output"):
            operation = _operation(contract, route, call)
            breaches += self._examine_answer(contract, operation, status, body)
        return contract, tuple(f"{contract.id} {it}" for it in breaches)

    def _examine_answer(
        self, contract: Contract, operation: Operation, status: int, body: bytes
    ) -> Iterator[str]:
        try:
            content = orjson.loads(body)
        except orjson.JSONDecodeError as exc:
            yield f"answer: is no JSON: {exc}"
            return
        breach = self._verdicts(contract).find_broken(
            operation, job_id="job", status=status, body=body
        )
        if breach is not None:
            yield f"answer: {_describe(breach)}"
        with suppress(LookupError):  # the outcome itself names no job
            self._jobs[str(look_up(content, contract.provider.job.id))] = contract

    def _find(self, route: Route, texts: Sequence[str]) -> Contract:
        """Return the contract of the job that is named in *texts*, or any of *route*."""
        for job_id, contract in self._jobs.items():
            if any(job_id in it for it in texts):
                return contract
        return next(iter(route.contracts.values()))


def _operation(contract: Contract, route: Route, call: Call) -> Operation:
    queue = contract.provider.queue
    if queue is not None and call.host == queue.run_host:
        return contract.outcome
    return next(it for it in contract.operations if it.role == route.role)


def _describe(breach: Breach) -> str:
    place = "/".join(map(str, (breach.location, *breach.path)))
    return f"{place}: {breach.message[:300]}"
