"""Text for people, made of text that nobody vouches for.

Documents, requests and answers may carry line breaks, terminal escapes and lone
surrogates; none of them reaches a message.
"""

from collections.abc import Mapping

from pydantic import ValidationError

from specs.pointers import join_pointer


def one_line(text: str, *, longest: int) -> str:
    """Return *text* on one printable line, cut where it is longer than *longest*."""
    line = " ".join(text.split())
    if len(line) > longest:
        line = f"{line[:longest]}…"
    if line.isprintable():
        return line
    return "".join(it if it.isprintable() else ascii(it)[1:-1] for it in line)


def first_problem(exc: ValidationError) -> tuple[str, str]:
    """Return the first finding of *exc*: its place and what is wrong, with the value.

    The others follow once it is mended.
    """
    first = exc.errors(include_url=False)[0]
    value = first["input"]
    # Around a missing or a contradictory table all of it would be shown.
    shown = "" if isinstance(value, Mapping) else f", got {value!r:.80}"
    return join_pointer("", *first["loc"]), f"{first['msg']}{shown}"
