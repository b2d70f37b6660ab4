"""Refusals, packed: many members of one request broken at once, each in a way of its own.

A service that reads a body by its schema tells of every member that is wrong. So a
dozen requests show hundreds of ways to break a rule, where each by itself would need
a request. What no other fault may stand beside is sent alone: a body that is no JSON,
or none of an object, a model that nobody has, a parameter outside of the body.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from contract_tests.boundaries import STRANGER, stranger_values
from contract_tests.cases import bare_body
from contract_tests.malformed import few_malformed_requests
from contract_tests.plan import Way, invalid_requests, submit_of
from contract_tests.rules import RuleSide, broken_by
from contract_tests.violations import Violation
from contract_tests.wire import decode, encode
from specs import Contract, Json, Request

Row = dict[str, Way]
"""The way in which each member of one request is broken."""

Cost = Callable[[Json], Decimal]

_FREE = Decimal(0)

_ROWS = 7
"""How many requests break members, if no price forbids: a member has few more ways."""

_MOST_ROWS = 10
"""How many do where what is dear must not be broken together, but for what rules ask."""

_FAR = frozenset({"a JSON array", "a JSON object"})
_FAR_FROM_A_LIST = frozenset({"a JSON number", "a JSON boolean"})
"""The labels of values that few readers take for one of a member's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """A *request* that is to be refused for each of its *ways*, alone or together."""

    request: Request
    ways: tuple[Way, ...]


def packed_refusals(
    contract: Contract,
    *,
    thrift: Mapping[str, Any] = MappingProxyType({}),
    cost: Cost = lambda _: _FREE,
    most: Decimal = _FREE,
) -> Iterator[Packed]:
    """Yield few requests that break each rule of *contract* in each way there is.

    Members that stand in *thrift* have the value there unless they are broken. No
    more is put into one request than may *cost* so much, should the service take it.
    """
    for violation, request in _alone(contract):
        way = (violation, _made_cheap(request, violation, thrift))
        yield Packed(request=way[1], ways=(way,))
    packer = _Packer(contract, thrift, cost, most)
    for row in packer.pack(_by_member(contract)):
        ways = tuple(
            (violation, _made_cheap(request, violation, thrift))
            for violation, request in row.values()
        )
        yield Packed(request=submit_of(contract, encode(packer.body(row))), ways=ways)


def is_packable(contract: Contract, way: Way) -> bool:
    """Say whether other members may be broken beside *way*."""
    violation, request = way
    is_submit = request.operation is contract.submit
    return (
        is_submit and bool(violation.path) and violation.path[0] not in contract.fixed
    )


def _alone(contract: Contract) -> Iterator[Way]:
    """Yield one way for each side that only a request of its own can show."""
    yield from few_malformed_requests(contract)
    shown = set[RuleSide]()
    for way in invalid_requests(contract):
        if is_packable(contract, way):
            continue
        sides = {*broken_by(contract, way[0])}
        if not sides <= shown:
            shown |= sides
            yield way


def _by_member(contract: Contract) -> dict[str, list[Way]]:
    """Return the ways to break each member, the most telling ones first."""
    members: dict[str, list[Way]] = {}
    for way in filter(lambda it: is_packable(contract, it), invalid_requests(contract)):
        members.setdefault(str(way[0].path[0]), []).append(way)
    return {
        name: _in_order(contract, ways, turn)
        for turn, (name, ways) in enumerate(members.items())
    }


def _in_order(contract: Contract, ways: Sequence[Way], turn: int) -> list[Way]:
    """Return *ways*: one for each side, one of each other kind, and then the rest.

    Of the kinds that few readers fall for, each member has another one first.
    """
    sides: dict[object, Way] = {}
    kinds: dict[object, Way] = {}
    for way in ways:
        for side in broken_by(contract, way[0]):
            sides.setdefault(side, way)
        kinds.setdefault((way[0].path, way[0].label), way)
    far = [it for it in kinds.values() if _is_far(it[0])]
    shift = turn % len(far) if far else 0
    near = [it for it in kinds.values() if not _is_far(it[0])]
    found = [*sides.values(), *near, *far[shift:], *far[:shift], *ways]
    return [*{id(it): it for it in found}.values()]


def _is_far(violation: Violation) -> bool:
    """Say whether *violation* is of a kind that few readers fall for."""
    return violation.label in _FAR or (
        violation.rule == "enum" and violation.label in _FAR_FROM_A_LIST
    )


class _Packer:
    """Puts ways to break members into rows, no two of one member into the same."""

    def __init__(
        self,
        contract: Contract,
        thrift: Mapping[str, Any],
        cost: Cost,
        most: Decimal,
    ) -> None:
        self._contract = contract
        self._shown = set[RuleSide]()
        self._whole: dict[str, Any] = {**bare_body(contract), **thrift}
        strangers = stranger_values(contract.body)[:1]
        self._witness = dict(zip([STRANGER], strangers, strict=False))
        self._cost = cost
        self._most = max(most, cost(self._whole))

    def pack(self, members: Mapping[str, Sequence[Way]]) -> list[Row]:
        """Return few rows that hold the first ways of each member; others fill them."""
        rows: list[Row] = [{} for _ in range(_ROWS)]
        # What makes a request dear is hardest to place, so it comes first.
        dear = sorted(members, key=lambda it: not self._matters(members[it]))
        for name in dear:
            for way in members[name][:_ROWS]:
                self._place(rows, name, way)
        for name, ways in members.items():
            for way in ways[_ROWS:]:
                self._fill(rows, name, way)
        return [it for it in rows if it]

    def body(self, row: Row) -> dict[str, Any]:
        """Return a body in which all is right but what *row* breaks."""
        body = dict(self._whole)
        for name, way in row.items():
            if (value := _value(name, way)) is _MISSING:
                body.pop(name, None)
            else:
                body[name] = value
        if row.keys() >= body.keys():
            # Somebody who names whatever was sent must be told by a member that is right.
            body |= self._witness
        return body

    def _matters(self, ways: Sequence[Way]) -> bool:
        return any(
            self._price({str(it[0].path[0]): it}) != self._price({}) for it in ways
        )

    def _place(self, rows: list[Row], name: str, way: Way) -> None:
        free = [it for it in rows if name not in it]
        bearable = [it for it in free if self._bears(it, name, way)]
        sides = {*broken_by(self._contract, way[0])}
        if not bearable and (len(rows) < _MOST_ROWS or not sides <= self._shown):
            bearable = [{}]
            rows += bearable
        if bearable:
            min(bearable, key=len)[name] = way
            self._shown |= sides

    def _fill(self, rows: list[Row], name: str, way: Way) -> None:
        for row in rows:
            same = self._price({**row, name: way}) == self._price(row)
            if name not in row and same:
                row[name] = way
                return

    def _bears(self, row: Row, name: str, way: Way) -> bool:
        return self._price({**row, name: way}) <= self._most

    def _price(self, row: Row) -> Decimal:
        return self._cost(self.body(row))


_MISSING = object()


def _value(name: str, way: Way) -> Any:
    """Return what *way* puts in the place of the member *name*."""
    return _members(way[1].body or b"").get(name, _MISSING)


@lru_cache(4_096)
def _members(body: bytes) -> Mapping[str, Any]:
    """Read *body* once, in however many rows it is tried."""
    found = decode(body)
    assert isinstance(found, dict)
    return found


def _made_cheap(
    request: Request, violation: Violation, thrift: Mapping[str, Any]
) -> Request:
    """Return *request* with members that make it cheap, should the service take it."""
    body = decode(request.body or b"")
    if not isinstance(body, dict) or request.operation.role != "submit":
        return request
    broken = violation.path[:1]
    rest = {name: it for name, it in thrift.items() if (name,) != broken}
    return replace(request, body=encode(rest | body))
