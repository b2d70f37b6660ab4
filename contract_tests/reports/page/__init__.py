"""A report as one HTML page that needs nothing else: no script, no other file."""

from contract_tests.reports.page.render import to_html

__all__ = ["to_html"]
