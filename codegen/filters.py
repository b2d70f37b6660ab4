"""The two ways in which text of a document enters Python, and two for Markdown.

The first two are proven by property tests to evaluate back to the very text, whatever it holds.
"""

from typing import Any


def literal(value: Any) -> str:
    """Return *value*, plain data, as a Python literal.

    Not by JSON: that writes an astral character as two, which Python reads as two.
    """
    return repr(value)


def docstring(text: str) -> str:
    """Return *text* as a triple-quoted literal that evaluates back to it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    safe = (it if it == "\n" or it.isprintable() else repr(it)[1:-1] for it in escaped)
    return f'"""{"".join(safe)}"""'


def prose(text: str) -> str:
    """Return *text* for a line of Markdown: one line, letters and plain punctuation."""
    line = " ".join(text.split())
    return "".join(it for it in line if it.isalnum() or it in " .,:;/_-+()")


def markdown(text: str) -> str:
    """Return *text* on one line that Markdown shows as it is, in a table too.

    What could mean something to Markdown or HTML is written as a number.
    """
    line = " ".join(text.split())
    return "".join(
        it if it.isalnum() or it in " .,:;/-+()'\"_%?!" else f"&#{ord(it)};"
        for it in line
    )
