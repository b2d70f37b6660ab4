"""What a run found, as values: for a table, for a machine, for a line in a terminal."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from contract_tests.failures import Fault, show
from contract_tests.tally import Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimResult:
    """How often a claim held, and how many different faults break it."""

    claim: str
    passed: int
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractResult:
    """What was found about one contract.

    `errors` are what kept its tests from judging, one line each.
    """

    contract: str
    claims: tuple[ClaimResult, ...]
    faults: tuple[Fault, ...]
    errors: tuple[str, ...]
    states: tuple[str, ...]  # in the order first seen
    requests: int
    seconds: float

    @property
    def checks(self) -> int:
        """How many answers were judged, once per claim."""
        return sum(it.passed + it.failed for it in self.claims)

    @property
    def is_kept(self) -> bool:
        """Whether the service kept this contract, as far as it was judged."""
        return bool(self.checks) and not self.faults and not self.errors


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a run found about every contract it was asked about."""

    base_url: str
    profile: str
    seed: int | None
    contracts: tuple[ContractResult, ...]

    @property
    def is_kept(self) -> bool:
        """Whether every contract was judged and kept."""
        return bool(self.contracts) and all(it.is_kept for it in self.contracts)

    def to_json(self) -> dict[str, Any]:
        """Return the report as JSON values; every fault carries its stable key."""
        found = asdict(self)
        found["is_kept"] = self.is_kept
        for raw, result in zip(found["contracts"], self.contracts, strict=True):
            raw |= {"is_kept": result.is_kept, "checks": result.checks}
            for fault, kept in zip(raw["faults"], result.faults, strict=True):
                fault["key"] = kept.key
        return found

    def lines(self) -> Iterator[str]:
        """Yield one line per contract, for a terminal, and the seed if there is one."""
        for it in self.contracts:
            verdict = "kept" if it.is_kept else f"BROKEN ({len(it.faults)} faults)"
            if it.errors:
                verdict = "NOT JUDGED"
            yield (
                f"{show(it.contract)}: {verdict}, {it.checks} checks on {it.requests} "
                f"requests, states {', '.join(it.states) or 'none'}, {it.seconds:.1f} s"
            )
        if self.seed is not None:
            yield f"drawn from seed {self.seed}"


def report_on(
    tallies: Iterable[Tally], *, base_url: str, profile: str, seed: int | None
) -> Report:
    """Return the report on what *tallies* hold."""
    return Report(
        base_url=base_url,
        profile=profile,
        seed=seed,
        contracts=tuple(_result(it) for it in tallies),
    )


def _result(tally: Tally) -> ContractResult:
    broken = [it.claim for it in tally.faults.values()]
    names = sorted({*tally.passed, *broken})
    return ContractResult(
        contract=tally.contract,
        claims=tuple(
            ClaimResult(claim=it, passed=tally.passed[it], failed=broken.count(it))
            for it in names
        ),
        faults=tuple(tally.faults.values()),
        errors=tuple(tally.errors),
        states=tuple(tally.states),
        requests=tally.requests,
        seconds=tally.seconds,
    )
