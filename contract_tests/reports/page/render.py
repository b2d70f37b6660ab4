"""From a report to the text of its page.

Everything that a server or a document said is escaped by the template's environment.
The page forbids itself scripts, other files and forms; its one style is named by hash.
"""

import base64
import hashlib
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from contract_tests.checks import CLAIMS
from contract_tests.reports.model import Report
from contract_tests.reports.page.diagram import HEIGHT, WIDTH, diagram_of
from contract_tests.reports.page.grid import grid_of
from contract_tests.reports.terminal import share, verdict_on
from contract_tests.tally import Verdict

_FOLDER = Path(__file__).parent
_MARKS = {Verdict.PROVED: "✓", Verdict.FAILED: "✗", Verdict.MISSED: "○"}


def to_html(report: Report) -> str:
    """Return *report* as an HTML document."""
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "box": {"width": WIDTH, "height": HEIGHT},
        "diagram_of": diagram_of,
        "grid_of": grid_of,
        "mark": _MARKS.__getitem__,
        "share": share,
        "statement": _statement,
        "verdict_on": verdict_on,
    }
    style = (_FOLDER / "page.css").read_text("utf-8")
    digest = hashlib.sha256(style.encode()).digest()
    return environment.get_template("page.html.jinja").render(
        report=report,
        style=Markup(style),  # noqa: S704 - our own file
        style_hash=base64.b64encode(digest).decode(),
    )


def _statement(claim: str) -> str:
    """Return what *claim* says, in a sentence."""
    return CLAIMS[claim].check.__doc__ or ""
