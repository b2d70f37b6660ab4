"""What failed once is tried first the next time, on this machine or another."""

import builtins
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests import TargetError, UnreachableError, run
from contract_tests.bridge import AsgiBridge
from contract_tests.examples import examples_at
from contract_tests.profiles import Draws, Profile
from specs import Contract, Registry
from tests.contract_tests.conftest import AIMLAPI, FAL, small
from tests.contract_tests.mutants.reference import Reply, Service

MANY = Profile(name="many", drawn=500, lives=1, steps=1, shrinking=9)


@pytest.fixture(params=["folder", "redis"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A place that keeps failures, of each kind there is."""
    if request.param == "folder":
        return str(tmp_path / "failures")
    url: str = request.getfixturevalue("redis_url")
    return url


def tried(place: str | None, contract: str, *, seed: int) -> list[int]:
    """Return what a test that fails for large numbers tries, in order."""
    seen: list[int] = []

    @Draws(MANY, seed, examples_at(place)(contract, "test_x"))
    @given(st.integers(0, 10**6))
    def small(value: int) -> None:
        seen.append(value)
        assert value < 987_654

    with pytest.raises(AssertionError):
        small()
    return seen


def test_another_machine_tries_first_what_failed_on_this_one(place: str) -> None:
    here = tried(place, AIMLAPI, seed=1)
    there = tried(place, AIMLAPI, seed=2)

    assert here[0] != 987_654
    assert there[0] == 987_654


def test_nothing_is_kept_without_a_place() -> None:
    tried(None, AIMLAPI, seed=1)

    assert tried(None, AIMLAPI, seed=2)[0] != 987_654


def test_each_contract_has_its_own_failures(place: str) -> None:
    tried(place, AIMLAPI, seed=1)

    assert tried(place, FAL, seed=2)[0] != 987_654


class RefusesALargeShift(Service):
    """Refuses a valid request that no plan holds."""

    def submit(
        self, contract: Contract, value: Any, headers: Mapping[str, str]
    ) -> Reply:
        if isinstance(value, dict) and (value.get("shift") or 0) > 10**6:
            return self.refuse(contract, 400, {"shift": "is too large"})
        return super().submit(contract, value, headers)


def test_a_run_keeps_what_it_saw_fail(registry: Registry, tmp_path: Path) -> None:
    contract = small(registry.contract(AIMLAPI), "shift")
    service = RefusesALargeShift(replace(registry, contracts=(contract,)))
    with AsgiBridge(service) as bridge:
        report = run(
            replace(registry, contracts=(contract,)),
            service.target(bridge),
            contracts=[AIMLAPI],
            failures=str(tmp_path),
        )

    kept = {
        it.relative_to(tmp_path).parts[:2] for it in tmp_path.rglob("*") if it.is_file()
    }
    drawn = "test_drawn_requests_are_accepted"
    assert drawn in {it.test for it in report.faults}
    assert (quote(AIMLAPI, safe=""), drawn) in kept


@pytest.mark.parametrize(
    ("place", "told"),
    [
        pytest.param("/dev/null/x", "--failures /dev/null/x: ", id="folder"),
        pytest.param("redis://:hush@127.0.0.1:9/0", "does not answer", id="nobody"),
        pytest.param("redis://:hush@127.0.0.1:x/0", "does not answer", id="no port"),
    ],
)
def test_a_place_that_cannot_be_used_is_refused_in_a_line(
    place: str, told: str
) -> None:
    with pytest.raises((TargetError, UnreachableError)) as caught:
        examples_at(place)

    assert told in str(caught.value)
    assert "hush" not in str(caught.value)


def test_a_redis_needs_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def import_(name: str, *rest: Any) -> Any:
        if name == "redis":
            raise ModuleNotFoundError("No module named 'redis'", name="redis")
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", import_)

    with pytest.raises(TargetError, match=r"install reelspec\[redis\]"):
        examples_at("redis://127.0.0.1:9/0")
