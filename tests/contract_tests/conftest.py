"""The documents, and an examiner of any service, for the tests of the contract tests."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from contract_tests.bridge import AsgiBridge
from contract_tests.examiner import Examiner
from contract_tests.tally import Tally
from specs import Registry, vendored_folder
from tests.contract_tests.mutants.reference import Service

AIMLAPI = "aimlapi:alibaba/wan2.2-vace-fun-a14b-reframe"
FAL = "fal:fal-ai/wan-22-vace-fun-a14b/inpainting"


@pytest.fixture(scope="session")
def registry() -> Registry:
    return Registry.load(vendored_folder())


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
