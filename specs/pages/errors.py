"""What can keep a page from being checked."""

from specs.errors import SpecError


class PageError(SpecError):
    """The file is no page, or is past a limit."""
