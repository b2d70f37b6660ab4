"""A report as GitHub's workflow commands, which annotate a change where it is read.

GitHub reads commands from whatever a step prints, so what a server answered must not
be able to give one: neither on a line of its own nor, in the older form, within one.
"""

import secrets
from collections.abc import Iterable, Iterator

from contract_tests.reports.model import FaultResult, Report
from contract_tests.reports.terminal import told, unreached


def annotations(report: Report) -> Iterator[str]:
    """Yield a command for each fault, each error and each rule never reached."""
    for result in report.contracts:
        yield from map(_fault, result.faults)
        for it in result.errors:
            yield command(it, title=f"{result.contract} was not judged")
        if report.must_be_complete:
            for it in unreached(result):
                yield command(it, title="a rule was never reached")


def fenced(lines: Iterable[str]) -> Iterator[str]:
    """Yield *lines* so that no command within them is obeyed."""
    token = secrets.token_hex(16)
    yield f"::stop-commands::{token}"
    yield from lines
    yield f"::{token}::"


def command(message: str, *, title: str, file: str = "") -> str:
    """Return the command that shows *message* as an error."""
    properties = {"file": file, "title": title}
    shown = ",".join(f"{k}={_property(v)}" for k, v in properties.items() if v)
    return f"::error {shown}::{_data(message)}"


def _fault(found: FaultResult) -> str:
    fault = found.fault
    document = fault.pointer.partition("#")[0]
    return command(
        told(found),
        title=f"{fault.contract}: {fault.claim}",
        file=f"specs/{document}" if document else "",
    )


def _data(text: str) -> str:
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return escaped.replace("##[", "# #[")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
