"""A comparison as one page of HTML that needs nothing else: no script, no other file."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from specs.comparison.pairs import Comparison
from specs.comparison.words import TITLES, show

if TYPE_CHECKING:
    from jinja2 import Template

_TEMPLATE = Path(__file__).with_name("page.html.jinja")


def as_html(found: Comparison) -> str:
    """Return *found* as a page, in which no text of a document is ever markup."""
    return _template().render(found=found, titles=TITLES, show=show)


@cache
def _template() -> "Template":
    # Jinja takes long to import, and most who read documents want no page.
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415 - as said

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(_TEMPLATE.read_text("utf-8"))
