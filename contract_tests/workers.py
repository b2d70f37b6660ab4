"""The contract tests in several processes of pytest-xdist, reported as one run.

The process that was started collects nothing and runs nothing: it throws the dice for
all workers, and adds up what they send home when they are done.
"""

import pickle
import secrets
from collections.abc import Sequence
from typing import Any

import pytest

from contract_tests.tally import Findings

_TESTS = "test_contracts.py::"
_DICE, _FINDINGS = "contract_dice", "contract_findings"


class Workers:
    """The hooks of pytest-xdist, in the process that starts the workers.

    `total` is how many tests they were told to run, `dice` the number from which they
    all draw where nobody asked for another.
    """

    def __init__(self, findings: Findings, config: pytest.Config) -> None:
        self._findings = findings
        given: int | None = getattr(config, "workerinput", {}).get(_DICE)
        self.dice = secrets.randbelow(2**32) if given is None else given
        self.total = 0

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Let the worker draw from the same number."""
        node.workerinput[_DICE] = self.dice

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        """Note how much there is to do: every worker collects all of it."""
        self.total = len(ids)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> Any:
        """Keep the tests of one contract together under `--dist loadgroup`.

        What one worker draws then does not depend on how many there are.
        """
        if config.getvalue("dist") != "loadgroup":
            return None
        from xdist.scheduler import LoadGroupScheduling  # type: ignore[import-untyped]  # noqa: PLC0415 - is there when this hook is called

        class ByContract(LoadGroupScheduling):  # type: ignore[misc]  # xdist is untyped
            def _split_scope(self, nodeid: str) -> str:
                if _TESTS not in nodeid:
                    return str(super()._split_scope(nodeid))
                return nodeid.partition("[")[2]

        return ByContract(config, log)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Add what a worker found; one that crashed brings nothing."""
        if raw := getattr(node, "workeroutput", {}).get(_FINDINGS):
            self._findings.merge(pickle.loads(raw))  # noqa: S301 - from our own process


def is_worker(config: pytest.Config) -> bool:
    """Say whether another process started this one to do a part of its work."""
    return hasattr(config, "workerinput")


def send_home(findings: Findings, config: pytest.Config) -> None:
    """Leave *findings* where the process that started this worker collects them."""
    output: dict[str, bytes] = vars(config)["workeroutput"]
    output[_FINDINGS] = pickle.dumps(findings)
