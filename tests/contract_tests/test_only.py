"""A fault can be looked for alone, by the command that its report gives."""

import pytest

from contract_tests import Report, TargetError, run
from contract_tests.bridge import AsgiBridge
from specs import Registry, UnknownModelError
from tests.contract_tests import faulty
from tests.contract_tests.conftest import AIMLAPI
from tests.contract_tests.reference import Service

KINDS = [
    faulty.TakesMoreThanTheMaximum,
    faulty.PollsWithoutAKey,
    faulty.MovesTheVideo,
    faulty.AnswersAPollWith500,
]


def report_on(
    kind: type[Service],
    small_registry: Registry,
    *,
    only: str | None = None,
    seed: int = 11,
) -> Report:
    service = kind(small_registry)
    with AsgiBridge(service) as bridge:
        return run(
            small_registry,
            service.target(bridge),
            contracts=[AIMLAPI],
            seed=seed,
            only=only,
        )


@pytest.mark.parametrize("kind", KINDS)
def test_each_fault_is_found_again_alone(
    kind: type[Service], small_registry: Registry
) -> None:
    for it in report_on(kind, small_registry).faults:
        again = report_on(kind, small_registry, only=it.key)

        (found,) = again.faults
        assert (found.key, found.fault) == (it.key, it.fault)
        assert not again.is_kept


def test_a_run_ends_once_the_fault_was_seen(small_registry: Registry) -> None:
    whole = report_on(faulty.TakesMoreThanTheMaximum, small_registry)

    again = report_on(
        faulty.TakesMoreThanTheMaximum, small_registry, only=whole.faults[0].key
    )

    assert again.contracts[0].requests < whole.contracts[0].requests


def test_a_fault_that_is_mended_is_seen_no_more(small_registry: Registry) -> None:
    key = report_on(faulty.TakesMoreThanTheMaximum, small_registry).faults[0].key

    again = report_on(Service, small_registry, only=key)

    assert again.is_kept
    assert [it.contract for it in again.contracts] == [AIMLAPI]


def test_other_faults_do_not_fail_a_run_that_looks_for_one(
    small_registry: Registry,
) -> None:
    key = report_on(faulty.MovesTheVideo, small_registry).faults[0].key

    assert report_on(faulty.TakesMoreThanTheMaximum, small_registry, only=key).is_kept


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
