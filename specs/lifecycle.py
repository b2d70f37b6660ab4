"""The states of a job, spelled as the document spells them, and how they follow.

One table per provider, `{state: {event: state}}`, is the only statement of a job's
life in this project: the mock moves jobs by it, the contract tests judge by it and
the documentation draws it. An event is what happens *inside* the service; a poller
sees only states, and may miss some: between two polls a job may move forward by more
than one step, never backward, and a terminal state never changes.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from specs.facts import Facts


class Event(StrEnum):
    """What can happen to a job after it was submitted."""

    START = "start"  # a worker takes the job up
    COMPLETE = "complete"  # the video is there
    FAIL = "fail"  # the model or the service gave up
    CANCEL = "cancel"  # the caller withdrew the job


class Outcome(StrEnum):
    """What a terminal state says of the job."""

    SUCCESS = "success"
    FAILURE = "failure"
    RESULT = "result"  # the state does not say: the answer of the result operation does


class IllegalEventError(Exception):
    """An event that the table does not allow in the state the job is in."""

    def __init__(self, state: str, event: Event) -> None:
        super().__init__(f"event {event.value!r} is not allowed in state {state!r}")
        self.state = state
        self.event = event


class Lifecycle(Facts, frozen=True, kw_only=True):
    """The transition table of one provider's jobs.

    `terminal` maps each state without a way out to what it says of the job.
    """

    initial: str
    transitions: Mapping[str, Mapping[Event, str]]
    terminal: Mapping[str, Outcome]
    source: str

    def __post_init__(self) -> None:
        table = self.transitions
        targets = {it for row in table.values() for it in row.values()}
        if strays := sorted(
            ({self.initial} | targets | set(self.terminal)) - set(table)
        ):
            raise ValueError(f"states {strays} have no row in transitions")
        if lost := sorted(set(table) - self.reachable(self.initial)):
            raise ValueError(f"no event leads to the states {lost}")
        for state, row in table.items():
            if any(state in self.reachable(it) for it in row.values()):
                raise ValueError(f"state {state!r} leads back to itself")
        ends = {state for state, row in table.items() if not row}
        if ends != set(self.terminal):
            raise ValueError(
                f"terminal names {sorted(self.terminal)}, but the states without a way "
                f"out are {sorted(ends)}"
            )

    @property
    def states(self) -> tuple[str, ...]:
        """Every state, in the order of the table."""
        return tuple(self.transitions)

    @property
    def pending(self) -> tuple[str, ...]:
        """The states that a job can still leave."""
        return tuple(it for it in self.transitions if it not in self.terminal)

    def advance(self, state: str, event: Event) -> str:
        """Return the state that *event* leads to; raise IllegalEventError if to none."""
        try:
            return self.transitions[state][event]
        except KeyError:
            raise IllegalEventError(state, event) from None

    def path(self, event: Event) -> tuple[str, ...]:
        """Return the states of a job that ends by *event* and is otherwise undisturbed.

        START is taken wherever the table allows it, then *event*:
        `path(COMPLETE)` is the happy path, `path(FAIL)` that of a job that fails.
        Raises IllegalEventError where *event* is not allowed there.
        """
        states = [self.initial]
        while Event.START in self.transitions[states[-1]]:
            states.append(self.advance(states[-1], Event.START))
        return (*states, self.advance(states[-1], event))

    def reachable(self, state: str) -> frozenset[str]:
        """Return the states that a poller may see after *state*, itself included."""
        return frozenset(self._walk(state, set()))

    def may_follow(self, before: str, after: str) -> bool:
        """Say whether a poller who saw *before* may see *after* next."""
        return after in self.reachable(before)

    def _walk(self, state: str, seen: set[str]) -> Iterator[str]:
        if state not in seen:
            seen.add(state)
            yield state
            for target in self.transitions[state].values():
                yield from self._walk(target, seen)
