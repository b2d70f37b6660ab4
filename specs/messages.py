"""Text for people, made of text that nobody vouches for.

Documents, requests and answers may carry line breaks, terminal escapes and lone
surrogates; none of them reaches a message.
"""


def one_line(text: str, *, longest: int) -> str:
    """Return *text* on one printable line, cut where it is longer than *longest*."""
    line = " ".join(text.split())
    if len(line) > longest:
        line = f"{line[:longest]}…"
    if line.isprintable():
        return line
    return "".join(it if it.isprintable() else ascii(it)[1:-1] for it in line)
