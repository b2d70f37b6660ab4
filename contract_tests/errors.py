"""What can keep the contract tests from judging at all.

A service that breaks its contract is not here: that is a `Failure`.

ContractTestError
├── UnreachableError    nobody answers at the target's address
├── MissingKeyError     the target holds no key for a provider under test
├── RefusedKeyError     the service does not take the key that it is paid with
├── TargetError         a target, or the text that names one, cannot be used
├── PriceError          nobody knows what a call may cost at most
├── BudgetError         the next call might cost more than is left
├── LedgerError         the file of what was paid for cannot be used
└── UnmetSchemaError    no valid value of a schema can be built
"""

from collections.abc import Callable
from functools import partial


class ContractTestError(Exception):
    """The contract tests cannot run as asked.

    The message is one line: `where: what is wrong, with the value; what to do`.
    """

    def __init__(self, where: str, problem: str, *, fix: str) -> None:
        super().__init__(" ".join(f"{where}: {problem}; {fix}".split()))
        self._facts = (where, problem, fix)

    def __reduce__(
        self,
    ) -> tuple[Callable[..., "ContractTestError"], tuple[str, str]]:
        """Let a worker of pytest-xdist send this error home."""
        where, problem, fix = self._facts
        return partial(type(self), fix=fix), (where, problem)


class UnreachableError(ContractTestError):
    """Nobody answers at the target's address, or the answer breaks off."""


class MissingKeyError(ContractTestError):
    """The target holds no key for a provider that is to be tested."""


class RefusedKeyError(ContractTestError):
    """The service does not take the key, so nothing that it answers tells anything."""


class TargetError(ContractTestError):
    """A target, or the text that names one, cannot be used."""


class PriceError(ContractTestError):
    """Nobody knows what a call may cost at most, so none may be made."""


class BudgetError(ContractTestError):
    """The next call might cost more than is left of the budget."""


class LedgerError(ContractTestError):
    """The file of what was paid for cannot be read, or not be written to."""


class UnmetSchemaError(ContractTestError):
    """No valid value of a schema can be built, so its contract cannot be tested."""
