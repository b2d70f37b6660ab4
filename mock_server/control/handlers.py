"""The mock's own side, under `/__mock__`: what it serves, its clock and its rules.

No service has these addresses, so whatever goes wrong here is `problem+json`.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.types import Receive, Scope

from mock_server.agreement import Agreement
from mock_server.clock import ManualClock, SystemClock
from mock_server.control.asking import Asked
from mock_server.control.guard import Guard
from mock_server.control.jobs import JobControl
from mock_server.control.journal import JournalControl
from mock_server.control.routes import PREFIX, find_route, write_document
from mock_server.errors import ClockError, ControlBodyError, FixedClockError
from mock_server.exchange import Reply, json_reply, read_call, read_head
from mock_server.journal import Journal
from mock_server.ledger import Ledger
from mock_server.media.library import Library
from mock_server.refusals.problems import problem
from mock_server.reload import Reloader
from mock_server.rules import Rules
from mock_server.scenarios import SCENARIOS
from mock_server.selection import Selection
from specs import VERSION, Contract, Json

__all__ = ["PREFIX", "Control"]

Handler = Callable[[Asked], Awaitable[Reply]]


class Control:
    """Everything that is answered under `/__mock__`."""

    def __init__(
        self,
        contracts: Mapping[str, Contract],
        *,
        ledger: Ledger,
        library: Library,
        selection: Selection,
        agreement: Agreement,
        journal: Journal,
        guard: Guard,
        reloader: Reloader,
    ) -> None:
        self._contracts = contracts
        self._ledger = ledger
        self._selection = selection
        self._agreement = agreement
        self._journal = journal
        self._guard = guard
        self._reloader = reloader
        self._handlers: Mapping[str, Handler] = {
            "health": self.health,
            "document": self.document,
            "advance_clock": self.advance_clock,
            "read_scenarios": self.read_scenarios,
            "write_scenarios": self.write_scenarios,
            "reset": self.reset,
            **JobControl(contracts, ledger=ledger, library=library).handlers(),
            **JournalControl(journal, ledger=ledger).handlers(),
        }

    async def answer(self, scope: Scope, receive: Receive) -> Reply:
        """Return the answer to the request of *scope*, whose body is in *receive*.

        Raises the error of the mock that says what is wrong with it.
        """
        call = read_call(read_head(scope))
        target = find_route(call.method, call.path)
        if target.route is None or not target.route.open:
            self._guard.check(scope)
        if target.route is None and target.allowed:
            allowed = ", ".join(target.allowed)
            reply = problem(
                405,
                "No such method",
                f"{call.method:.40} {call.path[:200]}: only {allowed} will do",
            )
            return reply.with_headers({"allow": allowed})
        if target.route is None:
            return problem(
                404,
                "No such address",
                f"{call.method:.40} {call.path[:200]}: the mock has no such address of "
                f"its own; {PREFIX}/openapi.json lists those that it has",
            )
        asked = Asked(call=call, values=target.values, receive=receive)
        return await self._handlers[target.route.name](asked)

    async def health(self, _: Asked) -> Reply:
        """Answer what is served, and by which version."""
        clock = self._ledger.clock
        content: Json = {
            "status": "stale" if self._reloader.fault else "ok",
            "version": VERSION,
            "clock": "manual" if isinstance(clock, ManualClock) else "system",
            "speed": clock.speed if isinstance(clock, SystemClock) else 1.0,
            "now": clock.now(),
            "jobs": await self._ledger.count(),
            "contracts": [*self._contracts],
            "reloads": self._reloader.reloads,
            "fault": self._reloader.fault,
        }
        return json_reply(200, content)

    async def document(self, _: Asked) -> Reply:
        """Answer the document of this side."""
        return json_reply(200, write_document())

    async def advance_clock(self, asked: Asked) -> Reply:
        """Move the clock on by the `seconds` of the body."""
        seconds = (await asked.members()).get("seconds")
        clock = self._ledger.clock
        if not isinstance(clock, ManualClock):
            raise FixedClockError(
                "clock: this server goes by the time of day; start it with a manual "
                "clock to move time"
            )
        if isinstance(seconds, bool) or not isinstance(seconds, int | float):
            raise ClockError(
                f"clock: seconds is {seconds!r:.80}; give a number, such as "
                '{"seconds": 5}'
            )
        await self._ledger.apart(lambda: clock.advance(seconds))
        return json_reply(200, {"now": clock.now()})

    async def read_scenarios(self, _: Asked) -> Reply:
        """Answer the scenarios that there are, and the rules."""
        return json_reply(200, self._describe_rules())

    async def write_scenarios(self, asked: Asked) -> Reply:
        """Put the rules of the body in the place of all that there are."""
        rules = _read_rules(await asked.members())
        await self._ledger.apart(lambda: self._agreement.set_rules(rules))
        return json_reply(200, self._describe_rules())

    async def reset(self, _: Asked) -> Reply:
        """Forget jobs and journal and start the dice anew; rules and clock stay."""
        await self._ledger.reset()
        self._selection.reset()
        await self._ledger.apart(self._agreement.reset)
        await self._ledger.apart(self._journal.clear)
        return json_reply(200, {"jobs": 0})

    def _describe_rules(self) -> dict[str, Any]:
        rules = self._selection.rules
        return {
            "known": [
                {"name": it.name, "summary": it.summary} for it in SCENARIOS.values()
            ],
            "default": rules.default,
            # What a key begins with says whose it is, and opens nothing.
            "keys": [
                {"key": f"{key[: min(4, len(key) // 3)]}…", "scenario": name}
                for key, name in rules.keys.items()
            ],
            "models": dict(rules.models),
            "chaos": rules.chaos,
        }


def _read_rules(members: Mapping[str, Any]) -> Rules:
    """Return the rules that *members* state; raise ControlBodyError where they do not."""
    known = {"default": str, "keys": dict, "models": dict, "chaos": int | float}
    for name, value in members.items():
        kind = known.get(name)
        if kind is None or not isinstance(value, kind) or isinstance(value, bool):
            raise ControlBodyError(
                f"{name[:80]}: is {value!r:.80}; send default (a scenario), keys and "
                "models (objects of scenarios) or chaos (a number from 0 to 1)"
            )
        if isinstance(value, dict) and not all(
            isinstance(it, str) for it in value.values()
        ):
            raise ControlBodyError(f"{name}: each value must be the name of a scenario")
    if not 0 <= members.get("chaos", 0) <= 1:
        raise ControlBodyError("chaos: give a number from 0 to 1")
    return Rules(**members)
