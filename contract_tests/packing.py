"""Refusals, packed: many members of one request broken at once, each in a way of its own.

A service that reads a body by its schema tells of every member that is wrong. So a
dozen requests show hundreds of ways to break a rule, where each by itself would need
a request. What no other fault may stand beside is sent alone: a body that is no JSON,
or none of an object, a model that nobody has, a parameter outside of the body.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
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
    """Return the ways to break each member: one of each kind first, then the others."""
    first: dict[str, dict[object, Way]] = {}
    others: dict[str, list[Way]] = {}
    for way in filter(lambda it: is_packable(contract, it), invalid_requests(contract)):
        violation = way[0]
        name, kind = str(violation.path[0]), (violation.path, violation.label)
        if first.setdefault(name, {}).setdefault(kind, way) is not way:
            others.setdefault(name, []).append(way)
    return {name: [*it.values(), *others.get(name, ())] for name, it in first.items()}


class _Packer:
    """Puts ways to break members into rows, no two of one member into the same."""

    def __init__(
        self,
        contract: Contract,
        thrift: Mapping[str, Any],
        cost: Cost,
        most: Decimal,
    ) -> None:
        self._whole: dict[str, Any] = {**bare_body(contract), **thrift}
        strangers = stranger_values(contract.body)[:1]
        self._witness = dict(zip([STRANGER], strangers, strict=False))
        self._cost = cost
        self._most = max(most, cost(self._whole))

    def pack(self, members: Mapping[str, Sequence[Way]]) -> list[Row]:
        """Return as few rows as hold one way of each kind; others fill what is left."""
        kinds = {name: _kinds(ways) for name, ways in members.items()}
        rows: list[Row] = [{} for _ in range(max(kinds.values(), default=0))]
        # What makes a request dear is hardest to place, so it comes first.
        dear = sorted(members, key=lambda it: not self._matters(members[it]))
        for name in dear:
            for way in members[name][: kinds[name]]:
                self._place(rows, name, way)
        for name, ways in members.items():
            for way in ways[kinds[name] :]:
                self._fill(rows, name, way)
        return rows

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
        if not bearable:
            bearable = [{}]
            rows += bearable
        min(bearable, key=len)[name] = way

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
    body = decode(way[1].body or b"")
    assert isinstance(body, dict)
    return body.get(name, _MISSING)


def _kinds(ways: Sequence[Way]) -> int:
    return len({(it.path, it.label) for it, _ in ways})


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
