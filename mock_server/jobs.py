"""A job is its schedule.

When a job is submitted, the times at which it will change are drawn once. Where it
stands at any later moment follows from that schedule, the clock and the events that
were forced upon it, and from nothing else: no task advances it, a restart loses
nothing, and any number of processes agree. `Lifecycle`, the provider's transition
table, decides which change is possible; a scheduled one that a forced event has made
impossible is passed over.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from operator import attrgetter
from random import Random
from typing import NamedTuple

import msgspec

from mock_server.media.shapes import Source
from mock_server.scenarios import Scenario
from mock_server.timing import Timing
from specs import Event, Json, Lifecycle


class Change(msgspec.Struct, frozen=True, gc=False):
    """An event, and when it happens, in seconds since the epoch."""

    at: float
    event: Event


class Standing(NamedTuple):
    """Where a job stands: its state, since when, and the event that led there."""

    state: str
    since: float
    event: Event | None = None


class Attempt(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One delivery of a webhook: the status code of its answer, or why there is none."""

    at: float
    status: int | None = None
    problem: str | None = None


class Webhook(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Where the end of a job is told, and how far that has come.

    `origin` begins the URLs in what is told. `due` is when the next delivery may be
    made, `claimed` until when, by the time of day, somebody is making one. `outcome`
    is None while there is still one to make. `attempts` are the last ones.
    """

    url: str
    origin: str
    tries: int = 0
    due: float = 0.0
    claimed: float = 0.0
    outcome: str | None = None
    attempts: tuple[Attempt, ...] = ()


class Job(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One generation.

    `key` is the part of `id` that is drawn, and what the store finds it by. `inputs`
    holds the members of the submit body that shape the video or that a later answer
    repeats, `source` what the input video measures where that could be read, `seed` what
    the model would have drawn for itself.
    """

    key: str
    id: str
    contract: str
    scenario: str
    submitted: float
    schedule: tuple[Change, ...]
    forced: tuple[Change, ...] = ()
    seed: int = 0
    inputs: Mapping[str, Json] = msgspec.field(default_factory=dict)
    source: Source | None = None
    webhook: Webhook | None = None

    def history(self, lifecycle: Lifecycle, now: float) -> Iterator[Standing]:
        """Yield every standing the job has had up to *now*, the present one last."""
        standing = Standing(lifecycle.initial, self.submitted)
        yield standing
        changes: Iterable[Change] = self.schedule
        if self.forced:
            # The sort is stable: of two changes at one moment the scheduled one, which
            # was there first, counts first.
            changes = sorted((*changes, *self.forced), key=attrgetter("at"))
        for change in changes:
            if change.at > now:
                break
            state = lifecycle.transitions[standing.state].get(change.event)
            if state is not None:
                standing = Standing(state, change.at, change.event)
                yield standing

    def standing(self, lifecycle: Lifecycle, now: float) -> Standing:
        """Return where the job stands at *now*."""
        *_, last = self.history(lifecycle, now)
        return last

    def force(self, event: Event, lifecycle: Lifecycle, now: float) -> "Job":
        """Return the job as *event* leaves it; raise IllegalEventError if it cannot be."""
        lifecycle.advance(self.standing(lifecycle, now).state, event)
        forced = (*self.forced, Change(now, event))
        return msgspec.structs.replace(self, forced=forced)

    @property
    def due(self) -> float | None:
        """When the schedule ends the job, or None if it never does."""
        last = self.schedule[-1]
        return None if last.event is Event.START else last.at

    @property
    def expires(self) -> bool:
        """Whether the schedule withdraws the job, since it is queued for too long."""
        return self.schedule[-1].event is Event.CANCEL

    def next_change(self, now: float) -> float | None:
        """Return when the schedule has its next change, or None if it has no more."""
        return next((it.at for it in self.schedule if it.at > now), None)


def draw_schedule(
    lifecycle: Lifecycle,
    scenario: Scenario,
    *,
    now: float,
    timing: Timing,
    random: Random,
    patience: float = math.inf,
) -> tuple[Change, ...]:
    """Return the changes of a job that is submitted at *now* and goes by *scenario*.

    One that would be queued for longer than *patience* is withdrawn by then.
    """
    state, at, changes = lifecycle.initial, now, list[Change]()
    while (after := lifecycle.transitions[state].get(Event.START)) is not None:
        at += timing.draw("queued", scenario, random)
        changes.append(Change(at, Event.START))
        state = after
    if scenario.end is not None:
        at += timing.draw("generating", scenario, random)
        changes.append(Change(at, scenario.end))
    if changes and changes[0].at > now + patience:
        return (Change(now + patience, Event.CANCEL),)
    return tuple(changes)
