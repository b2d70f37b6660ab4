"""A broken promise, told so that a stranger can see it again.

What a server answers is not to be trusted: it may hold a key that was sent to it, or
letters that drive a terminal. Nothing reaches a message but through `show`.
"""

import json
import shlex
from collections.abc import Callable, Iterable
from dataclasses import dataclass

_LONGEST = 600
_MOST_SHOWN = 5
_HIDDEN = "[key]"


def show(
    text: str | bytes, *, secrets: tuple[str, ...] = (), longest: int = _LONGEST
) -> str:
    """Return *text* as one printable line without any of *secrets*, cut to *longest*."""
    plain = text if isinstance(text, str) else text.decode("utf-8", "replace")
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        plain = plain.replace(secret, _HIDDEN)
    line = "".join(it if it.isprintable() else repr(it)[1:-1] for it in plain)
    return line if len(line) <= longest else f"{line[:longest]}… ({len(line)} letters)"


def show_body(body: bytes, *, secrets: tuple[str, ...] = ()) -> str:
    """Return a JSON *body* on one line, whole, in letters that any shell passes on."""
    text = body.decode("utf-8", "replace")
    for secret in filter(None, secrets):
        text = text.replace(secret, _HIDDEN)
    return "".join(_escaped(it) for it in text)


def _escaped(letter: str) -> str:
    """Return *letter* as JSON may write it in a string, the only place where it matters."""
    if letter.isascii() and letter.isprintable():
        return letter
    return json.dumps(letter)[1:-1] if letter != "\x7f" else "\\u007f"


def curl(
    method: str,
    url: str,
    *,
    headers: dict[str, str],
    body: bytes | None,
    secrets: tuple[str, ...] = (),
) -> str:
    """Return the command that sends the same request again.

    A header may hold `$NAME` for the shell to fill in; nothing else is expanded.
    """
    words = ["curl", "-sS", "-i", "-X", method]
    for name, sent in headers.items():
        value = show(sent, secrets=secrets)
        quoted = (
            f'"{name}: {value}"' if "$" in value else shlex.quote(f"{name}: {value}")
        )
        words += ["-H", quoted]
    if body is not None:
        words += ["--data-binary", shlex.quote(show_body(body, secrets=secrets))]
    return " ".join([*words, shlex.quote(url)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What a check found: the claim that does not hold, and where.

    `rule` and `pointer` name the document's rule that is at stake, if it is one.
    `case` says in words what was sent, `answer` is what came back.
    """

    claim: str
    contract: str
    problem: str
    rule: str = ""
    pointer: str = ""
    case: str = ""
    curl: str = ""
    answer: str = ""

    @property
    def key(self) -> str:
        """What two sightings of one fault share, from run to run."""
        return " ".join(
            it for it in (self.contract, self.claim, self.pointer, self.rule) if it
        )

    @property
    def size(self) -> int:
        """How much there is to read before one sees it: the smallest sighting is kept."""
        return len(self.curl) + len(self.case)

    def __str__(self) -> str:
        rows = {
            "rule": self.rule,
            "at": self.pointer,
            "sent": self.case,
            "answer": self.answer,
            "again": self.curl,
        }
        lines = [f"{self.contract}: {self.claim}: {self.problem}"]
        lines += [f"  {name:<7} {value}" for name, value in rows.items() if value]
        return "\n".join(lines)


class Failure(AssertionError):  # noqa: N818 - the service's failure, no error here
    """The service broke its contract; *faults* says how, one entry per stable key."""

    def __init__(self, *faults: Fault) -> None:
        shown = [str(it) for it in faults[:_MOST_SHOWN]]
        if rest := len(faults) - len(shown):
            shown.append(f"... and {rest} more faults")
        super().__init__("\n\n".join(shown))
        self.faults = faults


class Attempts:
    """Makes one attempt after the other, and only then tells of all that failed."""

    def __init__(self) -> None:
        self._found: dict[str, Fault] = {}

    def __call__(self, attempt: Callable[[], object]) -> None:
        """Make *attempt*; of two sightings of one fault the smaller is kept."""
        try:
            attempt()
        except Failure as exc:
            for fault in exc.faults:
                known = self._found.get(fault.key, fault)
                self._found[fault.key] = min(fault, known, key=_size)

    def tell(self) -> None:
        """Raise one Failure for all that failed, if anything did."""
        if self._found:
            raise Failure(*self._found.values())


def try_all(attempts: Iterable[Callable[[], object]]) -> None:
    """Make every attempt, and only then raise one Failure for all that failed."""
    made = Attempts()
    for it in attempts:
        made(it)
    made.tell()


def _size(fault: Fault) -> int:
    return fault.size
