"""Every rule of what a changed document means, in one table.

A rule is about one direction: what a caller sends, or what comes back. What narrows a
request breaks callers, what widens one does not; an answer is the other way round. So
most rows give a change two severities, and make two rules.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

Direction = Literal["request", "response"]


class Severity(StrEnum):
    """How much a change matters, the worst first."""

    BREAKING = "breaking"
    RISKY = "risky"
    COMPATIBLE = "compatible"
    COSMETIC = "cosmetic"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Severity).index(self)

    @property
    def meaning(self) -> str:
        """What it says of a program that keeps to the old document."""
        return _MEANINGS[self]


_MEANINGS = {
    Severity.BREAKING: "it may be refused, or meet an answer that it cannot read",
    Severity.RISKY: "it goes on, but may get something else, or not for long",
    Severity.COMPATIBLE: "it goes on as before; a new one may do more",
    Severity.COSMETIC: "it cannot tell; only words for people changed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One kind of change; its *id* never changes once released.

    `mirror` is the rule of the same change made backwards, its own id where it is its
    own. Where the mirror has another one, `lopsided` says why.
    """

    id: str
    severity: Severity
    direction: Direction
    meaning: str
    mirror: str
    lopsided: str = ""

    @property
    def words(self) -> str:
        """The change in a few words: the id without its direction."""
        return self.id.removeprefix(f"{self.direction}-").replace("-", " ")


_B, _R, _C, _W = Severity  # breaking, risky, compatible, and words alone

_SCHEMA: Final = (
    # change, its reverse, in a request, in an answer, what it is
    ("type-narrowed", "type-widened", _B, _C, "Fewer types are allowed."),
    ("type-widened", "type-narrowed", _C, _B, "More types are allowed."),
    ("type-changed", "type-changed", _B, _B, "The type is another one."),
    ("nullable-removed", "nullable-added", _B, _C, "Null is no longer allowed."),
    ("nullable-added", "nullable-removed", _C, _B, "Null is allowed now."),
    ("enum-added", "enum-dropped", _B, _C, "Only listed values are allowed now."),
    ("enum-dropped", "enum-added", _C, _B, "The list of allowed values is gone."),
    ("enum-value-removed", "enum-value-added", _B, _C, "A listed value is gone."),
    ("enum-value-added", "enum-value-removed", _C, _B, "A listed value is new."),
    ("format-narrowed", "format-widened", _B, _C, "A format is new, or stricter."),
    ("format-widened", "format-narrowed", _C, _B, "A format is gone, or wider."),
    ("format-changed", "format-changed", _B, _B, "The format is another one."),
    ("pattern-added", "pattern-removed", _B, _C, "Text must match a pattern now."),
    ("pattern-removed", "pattern-added", _C, _B, "Text need not match a pattern."),
    ("pattern-changed", "pattern-changed", _B, _B, "The pattern is another one."),
    ("minimum-tightened", "minimum-widened", _B, _C, "The minimum is new or higher."),
    ("minimum-widened", "minimum-tightened", _C, _B, "The minimum is gone or lower."),
    ("maximum-tightened", "maximum-widened", _B, _C, "The maximum is new or lower."),
    ("maximum-widened", "maximum-tightened", _C, _B, "The maximum is gone or higher."),
    ("multiple-of-tightened", "multiple-of-widened", _B, _C, "Steps are coarser."),
    ("multiple-of-widened", "multiple-of-tightened", _C, _B, "Steps are finer."),
    ("multiple-of-changed", "multiple-of-changed", _B, _B, "Steps are other ones."),
    ("min-length-tightened", "min-length-widened", _B, _C, "Text must be longer."),
    ("min-length-widened", "min-length-tightened", _C, _B, "Text may be shorter."),
    ("max-length-tightened", "max-length-widened", _B, _C, "Text must be shorter."),
    ("max-length-widened", "max-length-tightened", _C, _B, "Text may be longer."),
    ("min-items-tightened", "min-items-widened", _B, _C, "Lists must be longer."),
    ("min-items-widened", "min-items-tightened", _C, _B, "Lists may be shorter."),
    ("max-items-tightened", "max-items-widened", _B, _C, "Lists must be shorter."),
    ("max-items-widened", "max-items-tightened", _C, _B, "Lists may be longer."),
    ("min-properties-tightened", "min-properties-widened", _B, _C, "More members."),
    ("min-properties-widened", "min-properties-tightened", _C, _B, "Fewer members."),
    ("max-properties-tightened", "max-properties-widened", _B, _C, "Fewer members."),
    ("max-properties-widened", "max-properties-tightened", _C, _B, "More members."),
    ("unique-items-added", "unique-items-removed", _B, _C, "Items must differ now."),
    ("unique-items-removed", "unique-items-added", _C, _B, "Items may be equal now."),
    ("additional-closed", "additional-opened", _B, _C, "Only named members may come."),
    # Whoever reads JSON skips members that it does not know.
    ("additional-opened", "additional-closed", _C, _C, "Other members may come too."),
    ("option-removed", "option-added", _B, _C, "One of several schemas is gone."),
    ("option-added", "option-removed", _C, _B, "One of several schemas is new."),
    ("default-changed", "default-changed", _R, _R, "What is left out means another."),
    ("default-added", "default-removed", _R, _R, "What is left out has a meaning now."),
    ("default-removed", "default-added", _R, _R, "What is left out has none now."),
    ("deprecated", "undeprecated", _R, _R, "Announced to go."),
    ("undeprecated", "deprecated", _C, _C, "No longer announced to go."),
    (
        "keyword-changed",
        "keyword-changed",
        _R,
        _R,
        "A keyword that no rule here reads.",
    ),
    ("description-changed", "description-changed", _W, _W, "Title, text or examples."),
    ("extension-changed", "extension-changed", _W, _W, "A member that begins with x-."),
)

_REQUEST: Final = (
    # id, its reverse, severity, what it is
    ("document-removed", "document-added", _B, "A whole document is gone."),
    ("document-added", "document-removed", _C, "A whole document is new."),
    ("operation-removed", "operation-added", _B, "A call is gone."),
    ("operation-added", "operation-removed", _C, "A call is new."),
    ("operation-moved", "operation-moved", _B, "A call has another path."),
    ("operation-method-changed", "operation-method-changed", _B, "Another method."),
    ("operation-id-changed", "operation-id-changed", _C, "Its name for generators."),
    ("operation-deprecated", "operation-undeprecated", _R, "A call is to go."),
    ("operation-undeprecated", "operation-deprecated", _C, "A call is to stay."),
    ("operation-description-changed", "operation-description-changed", _W, "Words."),
    ("operation-extension-changed", "operation-extension-changed", _W, "An x- member."),
    (
        "operation-keyword-changed",
        "operation-keyword-changed",
        _R,
        "Such as callbacks.",
    ),
    ("document-description-changed", "document-description-changed", _W, "Words."),
    ("document-extension-changed", "document-extension-changed", _W, "An x- member."),
    ("document-keyword-changed", "document-keyword-changed", _R, "Such as webhooks."),
    ("server-removed", "server-added", _B, "An address is gone."),
    ("server-added", "server-removed", _C, "An address is new."),
    ("server-changed", "server-changed", _B, "The address is another one."),
    ("security-added", "security-removed", _B, "A call without a key is refused now."),
    ("security-removed", "security-added", _C, "A call needs no key any more."),
    ("security-option-removed", "security-option-added", _B, "A way in is gone."),
    ("security-option-added", "security-option-removed", _C, "A way in is new."),
    ("security-changed", "security-changed", _B, "The way in is another one."),
    ("security-scope-added", "security-scope-removed", _B, "A key must do more."),
    ("security-scope-removed", "security-scope-added", _C, "A key may do less."),
    ("security-scheme-removed", "security-scheme-added", _B, "A declared way is gone."),
    ("security-scheme-added", "security-scheme-removed", _C, "A declared way is new."),
    ("security-scheme-changed", "security-scheme-changed", _B, "Keys go elsewhere."),
    (
        "request-parameter-added",
        "request-parameter-removed",
        _C,
        "One more may be sent.",
    ),
    ("request-parameter-removed", "request-parameter-added", _B, "No longer taken."),
    ("request-parameter-renamed", "request-parameter-renamed", _B, "Another name."),
    ("request-parameter-moved", "request-parameter-moved", _B, "Sent elsewhere."),
    ("request-parameter-required", "request-parameter-optional", _B, "Must be sent."),
    (
        "request-parameter-optional",
        "request-parameter-required",
        _C,
        "May be left out.",
    ),
    ("request-placeholder-renamed", "request-placeholder-renamed", _C, "In the path."),
    ("request-serialization-changed", "request-serialization-changed", _B, "Style."),
    ("request-body-added", "request-body-removed", _C, "A body may be sent."),
    ("request-body-removed", "request-body-added", _B, "A body is no longer taken."),
    ("request-body-required", "request-body-optional", _B, "A body must be sent."),
    ("request-body-optional", "request-body-required", _C, "A body may be left out."),
    ("request-schema-added", "request-schema-removed", _B, "A body must fit now."),
    ("request-schema-removed", "request-schema-added", _C, "A body may be anything."),
    ("request-media-type-removed", "request-media-type-added", _B, "Not taken."),
    ("request-media-type-added", "request-media-type-removed", _C, "Taken as well."),
)

_RESPONSE: Final = (
    ("response-field-added", "response-field-removed", _C, "One more may come."),
    # Most fields of a job are optional only since they come late: gone is gone.
    ("response-field-removed", "response-field-added", _B, "No longer promised."),
    ("response-field-renamed", "response-field-renamed", _B, "Another name."),
    ("response-field-optional", "response-field-required", _B, "May be missing now."),
    ("response-field-required", "response-field-optional", _C, "Always comes now."),
    ("response-success-added", "response-success-removed", _R, "Another good status."),
    (
        "response-success-removed",
        "response-success-added",
        _B,
        "A good status is gone.",
    ),
    ("response-success-changed", "response-success-changed", _B, "Another status."),
    ("response-error-added", "response-error-removed", _C, "A refusal is declared."),
    ("response-error-removed", "response-error-added", _R, "Refused in another way."),
    ("response-schema-added", "response-schema-removed", _C, "The answer is declared."),
    ("response-schema-removed", "response-schema-added", _B, "Anything may come."),
    ("response-media-type-added", "response-media-type-removed", _C, "On request."),
    ("response-media-type-removed", "response-media-type-added", _B, "Not given."),
    ("response-header-added", "response-header-removed", _C, "One more may come."),
    ("response-header-removed", "response-header-added", _B, "No longer promised."),
    ("response-header-optional", "response-header-required", _B, "May be missing."),
    ("response-header-required", "response-header-optional", _C, "Always comes."),
    (
        "lifecycle-state-added",
        "lifecycle-state-removed",
        _B,
        "A poller meets a new one.",
    ),
    ("lifecycle-state-removed", "lifecycle-state-added", _B, "Waited for in vain."),
    ("lifecycle-initial-changed", "lifecycle-initial-changed", _R, "Jobs start so."),
    ("lifecycle-outcome-changed", "lifecycle-outcome-changed", _B, "Ends otherwise."),
    ("lifecycle-transition-added", "lifecycle-transition-removed", _R, "Another way."),
    ("lifecycle-transition-removed", "lifecycle-transition-added", _C, "A way less."),
)

_LOPSIDED: Final = (
    # id, its reverse, severity, what it is, why its reverse has another one
    (
        "request-required-parameter-added",
        "request-parameter-removed",
        _B,
        "One more must be sent.",
        "a parameter that is gone is gone, required or not",
    ),
    (
        "request-required-body-added",
        "request-body-removed",
        _B,
        "A body must be sent where none was taken.",
        "a body that is gone is gone, required or not",
    ),
)


def _rows() -> Iterator[Rule]:
    for name, mirror, severity, meaning in _REQUEST:
        yield Rule(
            id=name,
            mirror=mirror,
            severity=severity,
            direction="request",
            meaning=meaning,
        )
    for name, mirror, severity, meaning, reason in _LOPSIDED:
        yield Rule(
            id=name,
            mirror=mirror,
            severity=severity,
            direction="request",
            meaning=meaning,
            lopsided=reason,
        )
    for change, back, sent, answered, meaning in _SCHEMA:
        for direction, severity in (("request", sent), ("response", answered)):
            yield Rule(
                id=f"{direction}-{change}",
                mirror=f"{direction}-{back}",
                severity=severity,
                direction="request" if direction == "request" else "response",
                meaning=meaning,
            )
    for name, mirror, severity, meaning in _RESPONSE:
        yield Rule(
            id=name,
            mirror=mirror,
            severity=severity,
            direction="response",
            meaning=meaning,
        )


RULES: Final = {it.id: it for it in _rows()}
"""Every rule by its id."""
