"""Every rule of what a changed document means, in one table.

A rule is about one direction: what a caller sends, or what comes back. What narrows a
request breaks callers, what widens one does not; an answer is the other way round. So
most rows give a change two severities, and make two rules.
"""

import re
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
    Severity.BREAKING: "a program may be refused, or meet an answer it cannot read",
    Severity.RISKY: "a program goes on, but may get something else, or not for long",
    Severity.COMPATIBLE: "a program goes on as before; a new one may do more",
    Severity.COSMETIC: "no program can tell; only words for people changed",
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


_SCHEMA: Final = """
change                    mirror                    request     response    meaning
type-narrowed             type-widened              breaking    compatible  Fewer types of value are allowed.
type-widened              type-narrowed             compatible  breaking    More types of value are allowed.
type-changed              type-changed              breaking    breaking    The type is another one.
nullable-removed          nullable-added            breaking    compatible  Null is no longer allowed.
nullable-added            nullable-removed          compatible  breaking    Null is allowed now.
enum-added                enum-dropped              breaking    compatible  Only listed values are allowed now.
enum-dropped              enum-added                compatible  breaking    The list of allowed values is gone.
enum-value-removed        enum-value-added          breaking    compatible  A listed value is gone.
enum-value-added          enum-value-removed        compatible  breaking    A listed value is new.
format-narrowed           format-widened            breaking    compatible  A format is asked for that was not, or a stricter one.
format-widened            format-narrowed           compatible  breaking    No format is asked for any more, or a wider one.
format-changed            format-changed            breaking    breaking    The format is another one.
pattern-added             pattern-removed           breaking    compatible  Text must match a pattern now.
pattern-removed           pattern-added             compatible  breaking    Text need not match a pattern any more.
pattern-changed           pattern-changed           breaking    breaking    The pattern is another one; which of the two is stricter cannot be told.
minimum-tightened         minimum-widened           breaking    compatible  The minimum is new, higher, or excluded itself.
minimum-widened           minimum-tightened         compatible  breaking    The minimum is gone, lower, or allowed itself.
maximum-tightened         maximum-widened           breaking    compatible  The maximum is new, lower, or excluded itself.
maximum-widened           maximum-tightened         compatible  breaking    The maximum is gone, higher, or allowed itself.
multiple-of-tightened     multiple-of-widened       breaking    compatible  Steps are new, or a multiple of the old ones.
multiple-of-widened       multiple-of-tightened     compatible  breaking    Steps are gone, or divide the old ones.
multiple-of-changed       multiple-of-changed       breaking    breaking    Steps are others that neither contain the old ones nor are contained.
min-length-tightened      min-length-widened        breaking    compatible  Text must be longer.
min-length-widened        min-length-tightened      compatible  breaking    Text may be shorter.
max-length-tightened      max-length-widened        breaking    compatible  Text must be shorter.
max-length-widened        max-length-tightened      compatible  breaking    Text may be longer.
min-items-tightened       min-items-widened         breaking    compatible  A list must be longer.
min-items-widened         min-items-tightened       compatible  breaking    A list may be shorter.
max-items-tightened       max-items-widened         breaking    compatible  A list must be shorter.
max-items-widened         max-items-tightened       compatible  breaking    A list may be longer.
min-properties-tightened  min-properties-widened    breaking    compatible  An object must have more members.
min-properties-widened    min-properties-tightened  compatible  breaking    An object may have fewer members.
max-properties-tightened  max-properties-widened    breaking    compatible  An object must have fewer members.
max-properties-widened    max-properties-tightened  compatible  breaking    An object may have more members.
unique-items-added        unique-items-removed      breaking    compatible  No two items of a list may be equal now.
unique-items-removed      unique-items-added        compatible  breaking    Items of a list may be equal now.
additional-closed         additional-opened         breaking    compatible  Members that the schema does not name are no longer allowed.
additional-opened         additional-closed         compatible  compatible  Members that the schema does not name are allowed; whoever reads JSON skips what it does not know.
option-removed            option-added              breaking    compatible  One of several schemas is gone.
option-added              option-removed            compatible  breaking    One of several schemas is new.
default-changed           default-changed           risky       risky       What is left out means something else.
default-added             default-removed           risky       risky       What is left out has a declared meaning now.
default-removed           default-added             risky       risky       What is left out has no declared meaning any more.
deprecated                undeprecated              risky       risky       It is announced to go.
undeprecated              deprecated                compatible  compatible  It is no longer announced to go.
keyword-changed           keyword-changed           risky       risky       A keyword changed that no other rule reads; look at it.
description-changed       description-changed       cosmetic    cosmetic    A title, a description or an example changed.
extension-changed         extension-changed         cosmetic    cosmetic    A member changed whose name begins with x-.
"""

_REQUEST: Final = """
rule                            mirror                          severity    meaning
document-removed                document-added                  breaking    A whole document is gone.
document-added                  document-removed                compatible  A whole document is new.
document-description-changed    document-description-changed    cosmetic    What the document says of itself changed: title, version, tags.
document-extension-changed      document-extension-changed      cosmetic    A member of the document changed whose name begins with x-.
document-keyword-changed        document-keyword-changed        risky       A member of the document changed that no other rule reads, such as webhooks.
operation-removed               operation-added                 breaking    A call is gone.
operation-added                 operation-removed               compatible  A call is new.
operation-moved                 operation-moved                 breaking    A call has another path.
operation-method-changed        operation-method-changed        breaking    A call has another method.
operation-id-changed            operation-id-changed            compatible  The name of a call changed; code that was generated by that name does too.
operation-deprecated            operation-undeprecated          risky       A call is announced to go.
operation-undeprecated          operation-deprecated            compatible  A call is no longer announced to go.
operation-description-changed   operation-description-changed   cosmetic    The summary, description or tags of a call changed.
operation-extension-changed     operation-extension-changed     cosmetic    A member of a call changed whose name begins with x-.
operation-keyword-changed       operation-keyword-changed       risky       A member of a call changed that no other rule reads, such as callbacks.
server-removed                  server-added                    breaking    An address that calls are sent to is gone.
server-added                    server-removed                  compatible  Calls may be sent to one more address.
server-changed                  server-changed                  breaking    Calls are sent to another address.
security-added                  security-removed                breaking    A call that needed no key needs one.
security-removed                security-added                  compatible  A call needs no key any more.
security-option-removed         security-option-added           breaking    One of several kinds of key is no longer taken.
security-option-added           security-option-removed         compatible  One more kind of key is taken.
security-changed                security-changed                breaking    Another kind of key is asked for.
security-scope-added            security-scope-removed          breaking    A key must be allowed to do more.
security-scope-removed          security-scope-added            compatible  A key need not be allowed to do as much.
security-scheme-removed         security-scheme-added           breaking    A declared kind of key is gone.
security-scheme-added           security-scheme-removed         compatible  A kind of key is declared that was not.
security-scheme-changed         security-scheme-changed         breaking    A key is of another kind, or goes elsewhere.
request-parameter-added         request-parameter-removed       compatible  One more parameter or body member may be sent.
request-parameter-removed       request-parameter-added         breaking    A parameter or body member is no longer declared: it is refused, or ignored.
request-parameter-renamed       request-parameter-renamed       breaking    A parameter or body member has another name.
request-parameter-moved         request-parameter-moved         breaking    A parameter travels elsewhere: query, header, cookie or path.
request-parameter-required      request-parameter-optional      breaking    A parameter or body member must be sent.
request-parameter-optional      request-parameter-required      compatible  A parameter or body member may be left out.
request-placeholder-renamed     request-placeholder-renamed     compatible  A placeholder of a path has another name, which no call carries.
request-serialization-changed   request-serialization-changed   breaking    A parameter or a part is written otherwise: style, explode, encoding.
request-body-added              request-body-removed            compatible  A body may be sent where none was taken.
request-body-removed            request-body-added              breaking    A body is no longer taken.
request-body-required           request-body-optional           breaking    A body must be sent.
request-body-optional           request-body-required           compatible  A body may be left out.
request-schema-added            request-schema-removed          breaking    A body must be of a declared media type or fit a schema now.
request-schema-removed          request-schema-added            compatible  A body need not fit a schema any more.
request-media-type-removed      request-media-type-added        breaking    A media type is no longer taken.
request-media-type-added        request-media-type-removed      compatible  One more media type is taken.
"""

_RESPONSE: Final = """
rule                            mirror                          severity    meaning
response-field-added            response-field-removed          compatible  One more field may come.
response-field-removed          response-field-added            breaking    A field is no longer promised; most fields of a job are optional only because they come late.
response-field-renamed          response-field-renamed          breaking    A field has another name.
response-field-optional         response-field-required         breaking    A field that always came may be missing.
response-field-required         response-field-optional         compatible  A field that might be missing always comes.
response-success-added          response-success-removed        risky       One more status tells of success.
response-success-removed        response-success-added          breaking    A status that told of success is gone.
response-success-changed        response-success-changed        breaking    Success is told by another status.
response-error-added            response-error-removed          compatible  A refusal is declared that was not.
response-error-removed          response-error-added            risky       A refusal is no longer declared: it comes in another way.
response-schema-added           response-schema-removed         compatible  What an answer holds is declared now.
response-schema-removed         response-schema-added           breaking    What an answer holds is no longer declared.
response-media-type-added       response-media-type-removed     compatible  An answer can be had in one more media type.
response-media-type-removed     response-media-type-added       breaking    An answer cannot be had in a media type any more.
response-header-added           response-header-removed         compatible  One more header may come.
response-header-removed         response-header-added           breaking    A header is no longer promised.
response-header-optional        response-header-required        breaking    A header that always came may be missing.
response-header-required        response-header-optional        compatible  A header that might be missing always comes.
lifecycle-state-added           lifecycle-state-removed         breaking    A poller meets a state that it does not know.
lifecycle-state-removed         lifecycle-state-added           breaking    A poller may wait for a state that never comes.
lifecycle-initial-changed       lifecycle-initial-changed       risky       A job begins in another state.
lifecycle-outcome-changed       lifecycle-outcome-changed       breaking    A state says something else of how a job ended.
lifecycle-transition-added      lifecycle-transition-removed    risky       One state may follow another that it did not.
lifecycle-transition-removed    lifecycle-transition-added      compatible  One state no longer follows another.
"""

_LOPSIDED: Final = """
rule                              mirror                     severity  meaning                                    reason
request-required-parameter-added  request-parameter-removed  breaking  One more parameter or body member must be sent.  a parameter that is gone is gone, required or not
request-required-body-added       request-body-removed       breaking  A body must be sent where none was taken.  a body that is gone is gone, required or not
"""
"""Rules whose mirror is the mirror of another one, and why."""


def _read(table: str) -> Iterator[list[str]]:
    """Yield the cells of each row of *table*, its heading left out."""
    for line in table.strip().splitlines()[1:]:
        yield re.split(r"\s{2,}", line)


def list_rules() -> Iterator[Rule]:
    """Yield the rules of every row."""
    for table, direction in ((_REQUEST, "request"), (_RESPONSE, "response")):
        for name, mirror, severity, meaning in _read(table):
            yield _rule(name, mirror, severity, direction, meaning)
    for name, mirror, severity, meaning, reason in _read(_LOPSIDED):
        yield _rule(name, mirror, severity, "request", meaning, lopsided=reason)
    for change, mirror, sent, answered, meaning in _read(_SCHEMA):
        for direction, severity in (("request", sent), ("response", answered)):
            yield _rule(
                f"{direction}-{change}",
                f"{direction}-{mirror}",
                severity,
                direction,
                meaning,
            )


def _rule(
    name: str,
    mirror: str,
    severity: str,
    direction: str,
    meaning: str,
    *,
    lopsided: str = "",
) -> Rule:
    return Rule(
        id=name,
        mirror=mirror,
        severity=Severity(severity),
        direction="request" if direction == "request" else "response",
        meaning=meaning,
        lopsided=lopsided,
    )


RULES: Final = {it.id: it for it in list_rules()}
"""Every rule by its id."""
