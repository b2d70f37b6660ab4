import itertools

import pytest

from specs import (
    Event,
    IllegalEventError,
    Lifecycle,
    Outcome,
    Registry,
    vendored_folder,
)

PROVIDERS = {it.name: it.lifecycle for it in Registry.load(vendored_folder()).providers}

# Every step that a service may take, spelled out once more.
STEPS = {
    "aimlapi": {
        ("queued", Event.START): "generating",
        ("queued", Event.FAIL): "error",
        ("generating", Event.COMPLETE): "completed",
        ("generating", Event.FAIL): "error",
    },
    "fal": {
        ("IN_QUEUE", Event.START): "IN_PROGRESS",
        ("IN_QUEUE", Event.CANCEL): "COMPLETED",
        ("IN_PROGRESS", Event.COMPLETE): "COMPLETED",
        ("IN_PROGRESS", Event.FAIL): "COMPLETED",
        ("IN_PROGRESS", Event.CANCEL): "COMPLETED",
    },
}
EVERYTHING = [
    pytest.param(name, state, event, id=f"{name}-{state}-{event}")
    for name, table in PROVIDERS.items()
    for state, event in itertools.product(table.states, Event)
]


def test_every_provider_has_its_steps_spelled_out() -> None:
    assert STEPS.keys() == PROVIDERS.keys()


@pytest.mark.parametrize(("name", "state", "event"), EVERYTHING)
def test_event_leads_where_the_table_says_and_nowhere_else(
    name: str, state: str, event: Event
) -> None:
    lifecycle = PROVIDERS[name]
    if (state, event) in STEPS[name]:
        assert lifecycle.advance(state, event) == STEPS[name][state, event]
        return

    with pytest.raises(IllegalEventError) as caught:
        lifecycle.advance(state, event)

    assert (caught.value.state, caught.value.event) == (state, event)
    assert (
        str(caught.value) == f"event {event.value!r} is not allowed in state {state!r}"
    )


def test_unknown_state_allows_no_event() -> None:
    with pytest.raises(IllegalEventError, match="in state 'lost'"):
        PROVIDERS["fal"].advance("lost", Event.START)


@pytest.mark.parametrize(
    ("name", "event", "states"),
    [
        ("aimlapi", Event.COMPLETE, ("queued", "generating", "completed")),
        ("aimlapi", Event.FAIL, ("queued", "generating", "error")),
        ("fal", Event.COMPLETE, ("IN_QUEUE", "IN_PROGRESS", "COMPLETED")),
        ("fal", Event.FAIL, ("IN_QUEUE", "IN_PROGRESS", "COMPLETED")),
        ("fal", Event.CANCEL, ("IN_QUEUE", "IN_PROGRESS", "COMPLETED")),
    ],
)
def test_path_of_an_undisturbed_job_ends_by_its_event(
    name: str, event: Event, states: tuple[str, ...]
) -> None:
    assert PROVIDERS[name].path(event) == states


def test_path_is_refused_when_no_job_can_end_by_the_event() -> None:
    with pytest.raises(
        IllegalEventError, match="'cancel' is not allowed in state 'generating'"
    ):
        PROVIDERS["aimlapi"].path(Event.CANCEL)


@pytest.mark.parametrize(
    ("name", "states", "pending", "terminal"),
    [
        (
            "aimlapi",
            ("queued", "generating", "completed", "error"),
            ("queued", "generating"),
            {"completed": Outcome.SUCCESS, "error": Outcome.FAILURE},
        ),
        (
            "fal",
            ("IN_QUEUE", "IN_PROGRESS", "COMPLETED"),
            ("IN_QUEUE", "IN_PROGRESS"),
            {"COMPLETED": Outcome.RESULT},
        ),
    ],
)
def test_states_are_in_the_order_of_the_table(
    name: str,
    states: tuple[str, ...],
    pending: tuple[str, ...],
    terminal: dict[str, Outcome],
) -> None:
    lifecycle = PROVIDERS[name]

    assert lifecycle.initial == states[0]
    assert lifecycle.states == states
    assert lifecycle.pending == pending
    assert lifecycle.terminal == terminal


FOLLOWERS = {
    "queued": {"queued", "generating", "completed", "error"},
    "generating": {"generating", "completed", "error"},
    "completed": {"completed"},
    "error": {"error"},
    "IN_QUEUE": {"IN_QUEUE", "IN_PROGRESS", "COMPLETED"},
    "IN_PROGRESS": {"IN_PROGRESS", "COMPLETED"},
    "COMPLETED": {"COMPLETED"},
}


@pytest.mark.parametrize(
    ("lifecycle", "before", "after"),
    [
        pytest.param(it, before, after, id=f"{before}-{after}")
        for it in PROVIDERS.values()
        for before, after in itertools.product(it.states, it.states)
    ],
)
def test_poller_sees_a_job_stay_or_move_forward(
    lifecycle: Lifecycle, before: str, after: str
) -> None:
    assert lifecycle.may_follow(before, after) is (after in FOLLOWERS[before])
    assert lifecycle.reachable(before) == FOLLOWERS[before]
