"""A report as lines for a terminal."""

from collections.abc import Iterator

from contract_tests.failures import show
from contract_tests.reports.model import ContractResult, FaultResult, Report

_MOST_UNREACHED = 10


def lines(report: Report) -> Iterator[str]:
    """Yield a line for each contract, and what was never reached, and the seed."""
    for it in report.contracts:
        yield (
            f"{show(it.contract)}: {verdict_on(it)}, {it.checks} checks on "
            f"{it.requests} requests, {share(it.coverage)} of {len(it.rules)} rule "
            f"sides, states {', '.join(it.states) or 'none'}, {it.seconds:.1f} s"
        )
    if report.must_be_complete:
        for it in report.contracts:
            yield from unreached(it)
    yield f"drawn from seed {report.seed}, profile {report.profile}"


def unreached(result: ContractResult) -> Iterator[str]:
    """Yield a line for each rule that was never reached, or for the first of many."""
    for it in result.unreached[:_MOST_UNREACHED]:
        rule = f"{it.place} {it.keyword} {it.value}"
        yield f"{show(result.contract)}: never {it.side}: {rule} ({it.pointer})"
    if rest := len(result.unreached[_MOST_UNREACHED:]):
        yield f"{show(result.contract)}: ... and {rest} more rules never reached"


def told(found: FaultResult) -> str:
    """Return a fault as a few lines: what, where, the smallest case, how to see it."""
    times = "once" if found.sightings == 1 else f"{found.sightings} times"
    rows = [str(found.fault), f"  seen    {times}, first by {found.test}"]
    return "\n".join([*rows, *([f"  alone   {found.again}"] if found.again else [])])


def verdict_on(result: ContractResult) -> str:
    """Return the verdict on one contract in a word or two."""
    if result.errors:
        return "NOT JUDGED"
    if result.is_kept:
        return "kept"
    return f"BROKEN ({len(result.faults)} faults)"


def share(part: float) -> str:
    """Return *part* of one as a percentage that is 100 only when nothing is missing."""
    return "100 %" if part == 1 else f"{min(part * 100, 99.9):.1f} %"
