"""Two contracts side by side, say of one model at two providers.

`compare_contracts` finds what only one has, what is called otherwise and what differs;
it can be said as a table, as JSON and as a page.
"""

from specs.comparison.machine import as_json
from specs.comparison.page import as_html
from specs.comparison.pairs import Comparison, Pair, compare_contracts
from specs.comparison.words import TITLES, show

__all__ = [
    "TITLES",
    "Comparison",
    "Pair",
    "as_html",
    "as_json",
    "compare_contracts",
    "show",
]
