"""Where a report is to go, beside the terminal."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from contract_tests.errors import TargetError
from contract_tests.failures import show
from contract_tests.reports.junit import to_junit
from contract_tests.reports.model import Report
from contract_tests.reports.page import to_html
from contract_tests.reports.record import Paid, to_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs:
    """The files that a report is written to, each in a form of its own."""

    junit: Path | None = None
    json: Path | None = None
    html: Path | None = None

    def write(self, report: Report, *, paid: Paid = None) -> None:
        """Write *report* to every file that is wanted; TargetError if one cannot be."""
        _write(self.junit, lambda: to_junit(report))
        _write(self.json, lambda: as_text(report, paid=paid).encode())
        _write(self.html, lambda: to_html(report).encode())


def as_text(report: Report, *, paid: Paid = None) -> str:
    """Return *report* as the text of a JSON file, with what a live run has *paid*."""
    record = to_json(report, paid=paid)
    return json.dumps(record, indent=2, ensure_ascii=False) + "\n"


def _write(path: Path | None, content: Callable[[], bytes]) -> None:
    if path is None:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content())
    except OSError as exc:
        raise TargetError(
            show(str(path)),
            f"the report cannot be written there ({exc.strerror})",
            fix="name a file in a folder that can be written to",
        ) from exc
