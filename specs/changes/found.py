"""What a comparison found: changes, each with the places of a call that it touches."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

from specs.changes.rules import RULES, Rule
from specs.changes.schemas import Difference
from specs.pointers import Json
from specs.schemas import UNSET, Unset


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a call something stands.

    *operation* is its method and path as the old document has them (the new one, where
    the old one has none), empty for what concerns the whole document. *location* is
    `body`, `path`, `query`, `header`, `cookie` or the status of an answer; *path* leads
    from there, by names, to what changed.
    """

    operation: str = ""
    location: str = ""
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One fact of a contract that is another one now.

    `pointer` leads into the new document, or into the old one where what it names is
    `gone`. `before` and `after` are UNSET where there was or is nothing to show.
    """

    rule: Rule
    places: tuple[Place, ...]
    pointer: str
    gone: bool = False
    before: Json | Unset = UNSET
    after: Json | Unset = UNSET

    @property
    def key(self) -> str:
        """What two changes have in common that are one change."""
        return f"{self.rule.id} {self.pointer} {self.gone} {self.values}"

    @property
    def values(self) -> str:
        """Both values as text, to compare."""
        return json.dumps(
            ["" if it is UNSET else [it] for it in (self.before, self.after)],
            sort_keys=True,
            default=str,
        )


class Findings:
    """Changes as they are found; one that several places share is one change."""

    def __init__(self) -> None:
        self._changes: dict[str, Change] = {}

    def __iter__(self) -> Iterator[Change]:
        """Yield the changes, the worst first, else in the order they were found."""
        yield from sorted(self._changes.values(), key=lambda it: it.rule.severity.rank)

    def add(
        self,
        rule: str,
        place: Place,
        pointer: str,
        *,
        gone: bool = False,
        before: Json | Unset = UNSET,
        after: Json | Unset = UNSET,
    ) -> None:
        """Add a change that breaks *rule*, an id, at *place*."""
        change = Change(
            rule=RULES[rule],
            places=(place,),
            pointer=pointer,
            gone=gone,
            before=before,
            after=after,
        )
        known = self._changes.setdefault(change.key, change)
        if place not in known.places:
            self._changes[change.key] = replace(known, places=(*known.places, place))

    def add_difference(self, rule: str, place: Place, found: Difference) -> None:
        """Add the difference *found* in the schema at *place*."""
        self.add(
            rule,
            replace(place, path=(*place.path, *found.path)),
            found.pointer,
            gone=found.gone,
            before=found.before,
            after=found.after,
        )
