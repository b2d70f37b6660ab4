"""Calls by curl in a page, read as a shell would split them and never run."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

_COMMAND = re.compile(r"(?:^|[|;&(]|&&)\s*(?:\$ )?(?:sudo )?curl\s", re.MULTILINE)
_SET = re.compile(
    r"^\s*(?:export )?([A-Za-z_]\w*)=(\"[^\"\n]*\"|'[^'\n]*'|[^\s;]*)\s*$", re.MULTILINE
)
_VARIABLE = re.compile(r"\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))")
_CONTINUED = re.compile(r"\\[ \t]*\n")
_LONGEST = 100_000
"""Characters of one command; shlex takes its time."""

_OTHERS = (
    "-H --header -u --user -o --output -A --user-agent -b --cookie -e --referer -m "
    "--max-time -x --proxy -w --write-out --retry --connect-timeout --cacert -c -K"
)
_TAKES = {
    **dict.fromkeys(_OTHERS.split(), "other"),
    **dict.fromkeys(
        ["-d", "--data", "--data-raw", "--data-binary", "--data-ascii", "--json"],
        "body",
    ),
    **dict.fromkeys(["-F", "--form", "--form-string", "-T", "--upload-file"], "form"),
    **dict.fromkeys(("--data-urlencode", "--url-query"), "query"),
    **dict.fromkeys(("-X", "--request"), "method"),
    "--url": "url",
}
"""Options that a value follows, and what it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One call by curl; *body_line* is where the text of its body begins."""

    line: int
    method: str
    url: str
    body: str | None = None
    body_line: int = 0
    query: tuple[str, ...] = field(default=())


def find_commands(text: str, *, line: int) -> Iterator[Command]:
    """Yield each call by curl in *text*, which begins at *line*."""
    known = {name: value.strip("\"'") for name, value in _SET.findall(text)}
    for found in _COMMAND.finditer(text):
        start = found.end() - len("curl ")
        words = _words(_CONTINUED.sub("  ", text[start : start + _LONGEST]))
        command = _command(
            [_filled(it, known) for it in words],
            line=line + text.count("\n", 0, start),
        )
        head = (command.body or "").partition("\n")[0]
        body = max(text.find(head, start), start)
        yield replace(command, body_line=line + text.count("\n", 0, body))


def _words(text: str) -> list[str]:
    """Return the words of the command that *text* begins with; none if it never ends."""
    lexer = shlex.shlex(text, posix=True, punctuation_chars="|;&()\n")
    lexer.whitespace = " \t\r"
    lexer.whitespace_split = True
    lexer.commenters = ""
    words: list[str] = []
    try:
        for word in lexer:
            if word and not word.strip("|;&()\n"):
                break
            words.append(word)
    except ValueError:  # a quotation that is not closed
        return []
    return words


def _filled(word: str, known: dict[str, str]) -> str:
    """Return *word* with the variables that the text sets, and `{}` for the others."""
    return _VARIABLE.sub(lambda it: known.get(it[1] or it[2], "{}"), word)


def _command(words: list[str], *, line: int) -> Command:
    given: dict[str, list[str]] = {}
    rest = iter(words[1:])
    for word in rest:
        option, value = _option(word)
        kind = _TAKES.get(option)
        if kind:
            given.setdefault(kind, []).append(value or next(rest, ""))
        elif option in ("-G", "--get"):
            given["get"] = [option]
        elif not word.startswith("-"):
            given.setdefault("url", []).append(word)
    bodies, query = given.get("body", []), given.get("query", [])
    if "get" in given:
        bodies, query = [], [*query, *bodies]
    sends = bool(bodies) or "form" in given
    (method, *_) = given.get("method", ["POST" if sends else "GET"])
    return Command(
        line=line,
        method=method.upper(),
        url=given.get("url", [""])[0],
        body=bodies[0] if bodies else None,
        query=tuple(it.partition("=")[0] for it in query),
    )


def _option(word: str) -> tuple[str, str]:
    """Return the option that *word* is and the value that it carries itself."""
    if word.startswith("--"):
        option, _, value = word.partition("=")
        return option, value
    if word.startswith("-") and word[:2] in _TAKES:
        return word[:2], word[2:]
    return word, ""
