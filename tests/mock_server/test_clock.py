import math

import pytest

from mock_server import ClockError, ManualClock, SystemClock


def test_a_manual_clock_stands_still_until_it_is_moved() -> None:
    clock = ManualClock(100.0)
    before = clock.now()

    clock.advance(2.5)

    assert (before, clock.now()) == (100.0, 102.5)


@pytest.mark.parametrize("seconds", [-1, math.nan, math.inf, 1e12])
def test_a_manual_clock_refuses_anything_but_a_step_forward(seconds: float) -> None:
    clock = ManualClock(100.0)

    with pytest.raises(ClockError, match="give a number from 0"):
        clock.advance(seconds)

    assert clock.now() == 100.0


def test_the_system_clock_never_runs_backward() -> None:
    clock = SystemClock()

    assert clock.now() <= clock.now()


def test_a_fast_clock_lets_a_minute_pass_in_a_second(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    passed = 100.0
    monkeypatch.setattr("time.monotonic", lambda: passed)
    clock = SystemClock(speed=60, start=5.0)

    passed += 1

    assert clock.now() == 65.0


@pytest.mark.parametrize("speed", [0, -1, 1e7, float("inf"), float("nan")])
def test_a_clock_goes_at_no_such_speed(speed: float) -> None:
    with pytest.raises(ClockError, match="give a number above 0"):
        SystemClock(speed=speed)
