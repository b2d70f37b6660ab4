"""Pages of documentation, held to the contracts that they are about.

`check_pages` reads Markdown, HTML and plain text; `OUTPUTS` say what it found. It is a
static reading: nothing in a page is ever run, and nothing is fetched.
"""

from specs.pages.check import check_pages
from specs.pages.errors import PageError
from specs.pages.found import Finding, PageReport
from specs.pages.outputs import OUTPUTS
from specs.pages.rules import Level, list_rules

__all__ = [
    "OUTPUTS",
    "Finding",
    "Level",
    "PageError",
    "PageReport",
    "check_pages",
    "list_rules",
]
