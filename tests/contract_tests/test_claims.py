"""Every claim can fail: a service with a fault of its own is told of it."""

import pytest

from contract_tests.checks.readings import is_url
from specs import Json, Registry
from tests.contract_tests.mutants import MUTANTS, Mutant
from tests.contract_tests.mutants.execution import execute

# One service for each claim, and for each other way that a claim has to fail; all the
# others, which there are two hundred of, are in the folder `mutants`.
FIRST = {it.claim: it for it in reversed(MUTANTS.values())}
MORE = ["aimlapi-shows-a-traceback", "fal-refuses-in-a-shape-of-its-own"]
BREAKING = {it.name: it for it in (*FIRST.values(), *map(MUTANTS.__getitem__, MORE))}


@pytest.mark.parametrize("mutant", BREAKING.values(), ids=BREAKING)
def test_a_claim_fails_when_a_service_breaks_it(
    mutant: Mutant, registry: Registry
) -> None:
    verdict = execute(mutant, registry)

    assert verdict.killers, str(verdict)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("https://a.test/v.mp4", True, id="address"),
        pytest.param("data:video/mp4;base64,AAAA", True, id="inline"),
        pytest.param("data:video/mp4;base64,", False, id="inline-without-a-video"),
        pytest.param("ftp://a.test/v.mp4", False, id="another-scheme"),
        pytest.param("https://[a.test/v.mp4", False, id="broken-host"),
        pytest.param(5, False, id="number"),
        pytest.param(None, False, id="null"),
    ],
)
def test_a_video_is_an_address_on_the_web_or_the_video_itself(
    value: Json, expected: bool
) -> None:
    assert is_url(value) is expected
