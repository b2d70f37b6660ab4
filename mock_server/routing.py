"""Which contracts a method and a path may mean.

The table is a tree of path segments, built once. Models that share the path of their
submit share one route; the body tells them apart later. Empty segments do not count,
so that a trailing slash, which some clients send, changes nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Literal
from urllib.parse import unquote

from mock_server.errors import AmbiguousRouteError
from mock_server.memory import Memory
from mock_server.refusals.reasons import Reason, RefusedError
from specs import Contract, Operation, Provider, Role

_MOST_PLACES, _ROOM = 50_000, 8_000_000  # paths, and their bytes

Act = Role | Literal["stream", "output"]
"""What a call asks for: an operation of the documents, or what the service has beside.

A `stream` is a poll that goes on, an `output` a submit that is answered by a stream.
"""


@dataclass(frozen=True, slots=True)
class Route:
    """What one method does on one path: an act, for the contracts that share it."""

    role: Act
    provider: Provider
    names: tuple[str, ...]  # of the path parameters, from the left
    contracts: dict[str, Contract] = field(default_factory=dict)  # by model


@dataclass(slots=True)
class _Node:
    """A segment of the tree; `wildcard` is where a path parameter leads."""

    segments: "dict[str, _Node]" = field(default_factory=dict)
    wildcard: "_Node | None" = None
    routes: dict[str, Route] = field(default_factory=dict)  # by method
    providers: dict[str, Provider] = field(default_factory=dict)  # of all below


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a method and a path lead.

    `provider` is the one that answers there, even to refuse; None where the path
    resembles nobody's. `values` are those of the path parameters, `allowed` the
    methods of the path, `near` the paths it resembles where it is no one's.
    """

    provider: Provider | None
    route: Route | None = None
    values: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    near: tuple[str, ...] = ()

    def require_route(self) -> Route:
        """Return the route; raise RefusedError where there is none."""
        if self.route is not None:
            return self.route
        if self.allowed:
            raise RefusedError(Reason.WRONG_METHOD, allowed=self.allowed)
        hint = f"Did you mean {' or '.join(self.near)}?" if self.near else ""
        raise RefusedError(Reason.UNKNOWN_PATH, hint)


class Routes:
    """Every call that the contracts answer."""

    def __init__(self, contracts: Iterable[Contract]) -> None:
        self._root = _Node()
        self._places: Memory[tuple[str, str], Place] = Memory(_MOST_PLACES, room=_ROOM)
        self._paths: dict[str, None] = {}  # of the submits, for suggestions
        for contract in contracts:
            self._paths[contract.submit.wire_path] = None
            for operation in contract.operations:
                paths = (operation.path, operation.wire_path, *operation.aliases)
                for path in dict.fromkeys(paths):
                    self._add(path, operation, contract, operation.role)
                    if operation is contract.poll and contract.result is not None:
                        self._add(f"{path}/stream", operation, contract, "stream")
                    if operation is contract.submit and contract.provider.queue:
                        self._add(f"{path}/stream", operation, contract, "output")

    def locate(self, method: str, path: str) -> Place:
        """Return where *method* and the percent-encoded *path* lead."""
        place = self._places.get((method, path))
        if place is None:
            place = self._locate(method, path)
            if place.route is not None:
                self._places.keep((method, path), place, size=len(path))
        return place

    def _locate(self, method: str, path: str) -> Place:
        node, values = self._root, []
        for segment in _split(path):
            decoded = unquote(segment)
            if decoded in node.segments:
                node = node.segments[decoded]
            elif node.wildcard is not None:
                node = node.wildcard
                values.append(decoded)
            else:
                return self._miss(path, node)
        if not node.routes:
            return self._miss(path, node)
        route = node.routes.get(method)
        return Place(
            provider=(route or next(iter(node.routes.values()))).provider,
            route=route,
            values=tuple(values),
            allowed=tuple(node.routes),
        )

    def _miss(self, path: str, node: _Node) -> Place:
        """Return the place of a path that ends at *node* without being anyone's."""
        owners = [] if node is self._root else [*node.providers.values()]
        near = get_close_matches(path[:200], self._paths, n=3, cutoff=0.8)
        owner = owners[0] if len(owners) == 1 else None
        return Place(provider=owner, near=tuple(near))

    def _add(
        self, path: str, operation: Operation, contract: Contract, role: Act
    ) -> None:
        node, names = self._root, []
        for segment in _split(path):
            node.providers[contract.provider.name] = contract.provider
            if segment.startswith("{") and segment.endswith("}"):
                names.append(segment[1:-1])
                node.wildcard = node.wildcard or _Node()
                node = node.wildcard
            else:
                node = node.segments.setdefault(segment, _Node())
        node.providers[contract.provider.name] = contract.provider
        route = Route(role, contract.provider, tuple(names))
        route = node.routes.setdefault(operation.method, route)
        _check_shared(route, f"{operation.method} {path}", role, contract)
        route.contracts[contract.model] = contract


def _check_shared(route: Route, call: str, role: Act, contract: Contract) -> None:
    """Raise AmbiguousRouteError where *route* and *contract* cannot be told apart."""
    others = [it for it in route.contracts.values() if it is not contract]
    if not others and route.role == role:
        return
    owner = route.provider.name == contract.provider.name
    by_body = contract.provider.model.location == "body"
    # A job's id says which contract it belongs to; a submit has only its body.
    told_apart = role != "submit" or by_body
    if not owner or route.role != role or not told_apart:
        other = others[0] if others else contract
        raise AmbiguousRouteError(
            f"{call}: both {other.id} ({route.role}) and {contract.id} ({role}) "
            "answer it; "
            "serve one provider at a time or mend its provider.toml"
        )


def _split(path: str) -> list[str]:
    return [it for it in path.split("/") if it]
