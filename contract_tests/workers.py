"""The contract tests in several processes of pytest-xdist, reported as one run.

The process that was started collects nothing and runs nothing: it gives each worker
the seed of the run, and adds up what they send home when they are done.
"""

import pickle
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from contract_tests.tally import Findings

_SEED, _FINDINGS = "contract_seed", "contract_findings"


class Workers:
    """The hooks of pytest-xdist, in the process that starts the workers.

    `total` is how many tests they were told to run.
    """

    def __init__(self, findings: Findings, seed: Callable[[], int]) -> None:
        self._findings = findings
        self._seed = seed
        self.total = 0

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Let the worker draw from the seed of this run."""
        node.workerinput[_SEED] = self._seed()

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        """Note how much there is to do: every worker collects all of it."""
        self.total = len(ids)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Add what a worker found; one that crashed brings nothing."""
        if raw := getattr(node, "workeroutput", {}).get(_FINDINGS):
            self._findings.merge(pickle.loads(raw))  # noqa: S301 - from our own process


def seed_given(config: pytest.Config) -> int | None:
    """Return the seed that this process was given, if it is a worker."""
    seed: int | None = getattr(config, "workerinput", {}).get(_SEED)
    return seed


def is_worker(config: pytest.Config) -> bool:
    """Say whether another process started this one to do a part of its work."""
    return hasattr(config, "workerinput")


def send_home(findings: Findings, config: pytest.Config) -> None:
    """Leave *findings* where the process that started this worker collects them."""
    output: dict[str, bytes] = vars(config)["workeroutput"]
    output[_FINDINGS] = pickle.dumps(findings)
