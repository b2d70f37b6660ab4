from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.jobs import Change, Job, draw_schedule
from mock_server.scenarios import SCENARIOS
from mock_server.timing import Timing
from specs import Event, IllegalEventError, Lifecycle, Registry, vendored_folder

LIFECYCLES = {
    it.name: it.lifecycle for it in Registry.load(vendored_folder()).providers
}
STEPS = [
    pytest.param(lifecycle, state, event, id=f"{name}-{state}-{event}")
    for name, lifecycle in LIFECYCLES.items()
    for state in lifecycle.states
    for event in Event
]


def job_in(state: str, lifecycle: Lifecycle) -> Job:
    """Return a job that stands in *state* at time 10, and goes nowhere by itself."""
    events: dict[str, list[Event]] = {lifecycle.initial: []}
    for reached in lifecycle.states:
        for event, target in lifecycle.transitions[reached].items():
            events.setdefault(target, [*events[reached], event])
    forced = tuple(Change(float(at), it) for at, it in enumerate(events[state]))
    return make_job(forced=forced)


def make_job(schedule: tuple[Change, ...] = (), forced: tuple[Change, ...] = ()) -> Job:
    return Job(
        key="k",
        id="k",
        contract="c",
        scenario="success",
        submitted=0.0,
        schedule=schedule,
        forced=forced,
    )


@pytest.mark.parametrize(("lifecycle", "state", "event"), STEPS)
def test_an_event_leads_where_the_table_says_or_raises_and_changes_nothing(
    lifecycle: Lifecycle, state: str, event: Event
) -> None:
    job = job_in(state, lifecycle)
    target = lifecycle.transitions[state].get(event)

    if target is None:
        with pytest.raises(IllegalEventError):
            job.force(event, lifecycle, 10.0)
        assert job.standing(lifecycle, 10.0).state == state
    else:
        forced = job.force(event, lifecycle, 10.0)
        assert forced.standing(lifecycle, 10.0).state == target


@pytest.mark.parametrize("lifecycle", LIFECYCLES.values(), ids=LIFECYCLES)
@pytest.mark.parametrize(
    ("scenario", "end"),
    [("success", Event.COMPLETE), ("slow", Event.COMPLETE), ("error", Event.FAIL)],
)
def test_a_job_passes_the_states_of_its_scenario_in_order(
    lifecycle: Lifecycle, scenario: str, end: Event
) -> None:
    schedule = draw_schedule(
        lifecycle, SCENARIOS[scenario], now=0.0, timing=Timing(), random=Random(1)
    )

    history = make_job(schedule).history(lifecycle, 1e6)

    assert tuple(it.state for it in history) == lifecycle.path(end)


@pytest.mark.parametrize("lifecycle", LIFECYCLES.values(), ids=LIFECYCLES)
def test_a_stuck_job_is_taken_up_and_never_ends(lifecycle: Lifecycle) -> None:
    schedule = draw_schedule(
        lifecycle, SCENARIOS["stuck"], now=0.0, timing=Timing(), random=Random(1)
    )

    standing = make_job(schedule).standing(lifecycle, 1e9)

    assert standing.state == lifecycle.path(Event.COMPLETE)[-2]


def test_the_waits_are_around_those_of_the_timing() -> None:
    timing = Timing(queued=10, generating=100, spread=0.1)
    schedule = draw_schedule(
        LIFECYCLES["fal"], SCENARIOS["success"], now=0, timing=timing, random=Random(1)
    )

    start, end = (it.at for it in schedule)

    assert 9 <= start <= 11
    assert 90 <= end - start <= 110


def test_a_forced_event_makes_the_schedule_pass_over_what_it_rules_out() -> None:
    lifecycle = LIFECYCLES["aimlapi"]
    schedule = (Change(1.0, Event.START), Change(4.0, Event.COMPLETE))

    job = make_job(schedule).force(Event.FAIL, lifecycle, 2.0)

    assert job.standing(lifecycle, 5.0).state == "error"
    assert job.standing(lifecycle, 1.5).state == "generating"


def test_the_next_change_is_the_schedule_s_next() -> None:
    job = make_job((Change(1.0, Event.START), Change(4.0, Event.COMPLETE)))

    assert [job.next_change(it) for it in (0.0, 1.0, 4.0)] == [1.0, 4.0, None]


@given(
    name=st.sampled_from([*LIFECYCLES]),
    scenario=st.sampled_from([*SCENARIOS]),
    seed=st.integers(0, 1000),
    steps=st.lists(
        st.tuples(st.floats(0, 5), st.none() | st.sampled_from(list(Event))),
        max_size=8,
    ),
)
def test_a_job_only_ever_moves_forward(
    name: str,
    scenario: str,
    seed: int,
    steps: list[tuple[float, Event | None]],
) -> None:
    lifecycle = LIFECYCLES[name]
    schedule = draw_schedule(
        lifecycle, SCENARIOS[scenario], now=0.0, timing=Timing(), random=Random(seed)
    )
    job, now, before = make_job(schedule), 0.0, lifecycle.initial
    for seconds, event in steps:
        now += seconds
        if event and event in lifecycle.transitions[job.standing(lifecycle, now).state]:
            job = job.force(event, lifecycle, now)
        after = job.standing(lifecycle, now).state
        assert lifecycle.may_follow(before, after)
        before = after
