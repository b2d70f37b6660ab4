"""A fault can be looked for alone, by the command that its report gives."""

from collections.abc import Callable

import pytest

from contract_tests import Report, TargetError, run
from contract_tests.bridge import AsgiBridge
from specs import Registry, UnknownModelError
from tests.contract_tests.conftest import AIMLAPI
from tests.contract_tests.mutants import faulty
from tests.contract_tests.mutants.answers import AnswersAPollWith500
from tests.contract_tests.mutants.outcomes import MovesTheVideo
from tests.contract_tests.mutants.reference import Service
from tests.contract_tests.mutants.refusals import PollsWithoutAKey

KINDS = [
    faulty.TakesMoreThanTheMaximum,
    PollsWithoutAKey,
    MovesTheVideo,
    AnswersAPollWith500,
]


def report_on(
    kind: type[Service], registry: Registry, *, only: str | None = None
) -> Report:
    service = kind(registry)
    with AsgiBridge(service) as bridge:
        return run(
            registry,
            service.target(bridge),
            contracts=[AIMLAPI],
            seed=11,
            only=only,
        )


@pytest.fixture(scope="module")
def whole(small_registry: Registry) -> Callable[[type[Service]], Report]:
    """Return what makes the report on everything, once for each kind of service."""
    known = dict[type[Service], Report]()

    def report(kind: type[Service]) -> Report:
        if kind not in known:
            known[kind] = report_on(kind, small_registry)
        return known[kind]

    return report


@pytest.mark.parametrize("kind", KINDS)
def test_each_fault_is_found_again_alone(
    kind: type[Service],
    small_registry: Registry,
    whole: Callable[[type[Service]], Report],
) -> None:
    *_, last = whole(kind).faults

    again = report_on(kind, small_registry, only=last.key)

    (found,) = again.faults
    assert (found.key, found.test) == (last.key, last.test)
    assert not again.is_kept


def test_a_run_ends_once_the_fault_was_seen(
    small_registry: Registry, whole: Callable[[type[Service]], Report]
) -> None:
    report = whole(PollsWithoutAKey)

    again = report_on(PollsWithoutAKey, small_registry, only=report.faults[0].key)

    assert again.contracts[0].requests < report.contracts[0].requests


def test_only_what_is_looked_for_is_told_and_fails_the_run(
    small_registry: Registry, whole: Callable[[type[Service]], Report]
) -> None:
    key = whole(MovesTheVideo).faults[0].key

    again = report_on(faulty.TakesMoreThanTheMaximum, small_registry, only=key)

    assert again.is_kept
    assert again.faults == ()
    assert [it.contract for it in again.contracts] == [AIMLAPI]


@pytest.mark.parametrize(
    ("key", "told"),
    [
        (f"{AIMLAPI} no_servr_error", "did you mean no_server_error?"),
        (f"{AIMLAPI} xyzzy", "'xyzzy' is no claim; copy a fault's key"),
        (AIMLAPI, "'' is no claim"),
    ],
)
def test_a_key_is_refused_when_it_names_no_claim(
    key: str, told: str, small_registry: Registry
) -> None:
    with pytest.raises(TargetError) as caught:
        report_on(Service, small_registry, only=key)

    assert told in str(caught.value)


def test_a_key_is_refused_when_it_names_no_contract(small_registry: Registry) -> None:
    with pytest.raises(UnknownModelError):
        report_on(Service, small_registry, only="fal:nothing no_server_error")
