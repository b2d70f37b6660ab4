"""The documents, and an examiner of any service, for the tests of the contract tests."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest

from contract_tests.bridge import AsgiBridge
from contract_tests.examiner import Examiner
from contract_tests.tally import Tally
from specs import Contract, Registry, vendored_folder
from tests.contract_tests.mutants.reference import Service

AIMLAPI = "aimlapi:alibaba/wan2.2-vace-fun-a14b-reframe"
FAL = "fal:fal-ai/wan-22-vace-fun-a14b/inpainting"


@pytest.fixture(scope="session")
def registry() -> Registry:
    return Registry.load(vendored_folder())


def small(contract: Contract, *members: str) -> Contract:
    """Return *contract* with few members, so that a run of it is short."""
    wanted = {"model", "prompt", "video_url", *members}
    known = contract.body.properties
    body = replace(
        contract.body, properties={it: known[it] for it in known if it in wanted}
    )
    return replace(contract, submit=replace(contract.submit, body=body))


@pytest.fixture(scope="session")
def small_registry(registry: Registry) -> Registry:
    """Return the documents of one contract of each provider, with few members."""
    chosen = (small(registry.contract(it), "num_frames") for it in (AIMLAPI, FAL))
    return replace(registry, contracts=tuple(chosen))


@pytest.fixture
def examine(registry: Registry) -> Iterator[Callable[..., Examiner]]:
    """Return a function that puts a kind of service under examination."""
    with ExitStack() as stack:

        def examiner_of(
            kind: type[Service] = Service, contract: str = AIMLAPI, **options: Any
        ) -> Examiner:
            service = kind(registry)
            bridge = stack.enter_context(AsgiBridge(service))
            target = service.target(bridge, **options)
            found = registry.contract(contract)
            connection = stack.enter_context(target.connect(found))
            return Examiner(found, target, connection, Tally(contract=found.id))

        yield examiner_of
