"""The mock's own side, under `/__mock__`: its videos, its clock and its jobs.

No service has these addresses, so whatever goes wrong here is `problem+json`.
"""

import re
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

import orjson
from starlette.requests import Request
from starlette.routing import Route, Router
from starlette.types import Receive, Scope, Send

from mock_server.clock import ManualClock
from mock_server.errors import (
    ClockError,
    ControlBodyError,
    FixedClockError,
    UnknownJobError,
)
from mock_server.exchange import (
    BodyTooLargeError,
    Reply,
    json_reply,
    read_body,
    read_call,
)
from mock_server.jobs import Job
from mock_server.ledger import Ledger
from mock_server.media import Library, read_part
from mock_server.problems import problem
from mock_server.responses import MEDIA_PATH
from mock_server.shapes import read_shape
from specs import Contract, Event, Json

PREFIX = "/__mock__"
_LONGEST_BODY = 10_000
_MOST_JOBS = 100
_FILE_NAME = re.compile(r"([0-9a-f-]{36})\.mp4")


class Control:
    """The handlers of `/__mock__`."""

    def __init__(
        self, contracts: Mapping[str, Contract], *, ledger: Ledger, library: Library
    ) -> None:
        self._contracts = contracts
        self._ledger = ledger
        self._library = library

    async def health(self, _: Request) -> Reply:
        """Answer what is served, and by which version."""
        manual = isinstance(self._ledger.clock, ManualClock)
        content: Json = {
            "status": "ok",
            "version": version("reelspec"),
            "clock": "manual" if manual else "system",
            "now": self._ledger.clock.now(),
            "jobs": len(self._ledger.store),
            "contracts": [*self._contracts],
        }
        return json_reply(200, content)

    async def advance_clock(self, request: Request) -> Reply:
        """Move the clock on by the `seconds` of the body."""
        seconds = (await _read_members(request)).get("seconds")
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
        clock.advance(seconds)
        return json_reply(200, {"now": clock.now()})

    async def list_jobs(self, _: Request) -> Reply:
        """Answer the newest jobs and where each stands."""
        jobs = [self._describe(it) for it in self._ledger.store.newest(_MOST_JOBS)]
        return json_reply(200, {"count": len(self._ledger.store), "jobs": jobs})

    async def force_event(self, request: Request) -> Reply:
        """Have the `event` of the body happen to a job."""
        name = (await _read_members(request)).get("event")
        job = self._ledger.find(request.path_params["job_id"])
        known = [it.value for it in Event]
        if name not in known:
            raise ControlBodyError(
                f"event: is {name!r:.80}; known are {', '.join(known)}"
            )
        contract = self._contract(job)
        job = self._ledger.force(job, Event(name), contract.lifecycle)
        return json_reply(200, self._describe(job))

    async def reset(self, _: Request) -> Reply:
        """Forget every job and start the dice anew; the clock stays where it is."""
        self._ledger.reset()
        return json_reply(200, {"jobs": 0})

    async def video(self, request: Request) -> Reply:
        """Answer the video of a job that has completed, or the part that is wanted."""
        name = _FILE_NAME.fullmatch(request.path_params["name"])
        job = self._ledger.store.get(name[1]) if name else None
        if job is None or not self._has_video(job):
            return problem(
                404,
                "No such video",
                f"{request.path_params['name']:.200}: no video has this name",
            )
        shape = read_shape(self._contract(job).body, job.inputs)
        video = await self._library.fetch(shape)
        part = read_part(video, request.headers)
        return Reply(
            status=part.status,
            body=part.content,
            headers=part.headers,
            content_type="video/mp4",
        )

    def _has_video(self, job: Job) -> bool:
        contract = self._contract(job)
        standing = job.standing(contract.lifecycle, self._ledger.clock.now())
        return standing.event is Event.COMPLETE

    def _contract(self, job: Job) -> Contract:
        if job.contract not in self._contracts:
            raise UnknownJobError(
                f"job {job.id!r}: its contract {job.contract!r} is not served any more"
            )
        return self._contracts[job.contract]

    def _describe(self, job: Job) -> dict[str, Any]:
        """Return what the list of jobs says of one."""
        described: dict[str, Any] = {
            "id": job.id,
            "contract": job.contract,
            "scenario": job.scenario,
            "submitted": job.submitted,
            "state": None,
        }
        if job.contract in self._contracts:
            lifecycle = self._contracts[job.contract].lifecycle
            now = self._ledger.clock.now()
            standing = job.standing(lifecycle, now)
            described |= {
                "state": standing.state,
                "since": standing.since,
                "event": standing.event,
                "ended": standing.state in lifecycle.terminal,
            }
        return described


async def _read_members(request: Request) -> dict[str, Any]:
    """Return the JSON object that *request* carries."""
    call = read_call(request.scope)
    try:
        content = orjson.loads(
            await read_body(request.receive, call, limit=_LONGEST_BODY)
        )
    except (BodyTooLargeError, orjson.JSONDecodeError):
        content = None
    if not isinstance(content, dict):
        raise ControlBodyError(f"{call.path[:200]}: send a small JSON object")
    return content


async def _refuse_path(scope: Scope, receive: Receive, send: Send) -> None:
    call = read_call(scope)
    reply = problem(
        404,
        "No such address",
        f"{call.method} {call.path[:200]}: the mock has no such address of its own",
    )
    await reply(scope, receive, send)


def build_control(control: Control) -> Router:
    """Return the routes that lead to the handlers of *control*."""
    routes = [
        Route(f"{PREFIX}/health", control.health),
        Route(f"{PREFIX}/clock/advance", control.advance_clock, methods=["POST"]),
        Route(f"{PREFIX}/jobs", control.list_jobs),
        Route(
            f"{PREFIX}/jobs/{{job_id:path}}/events",
            control.force_event,
            methods=["POST"],
        ),
        Route(f"{PREFIX}/reset", control.reset, methods=["POST"]),
        Route(f"{MEDIA_PATH}/{{name}}", control.video),
    ]
    return Router(routes, default=_refuse_path)
