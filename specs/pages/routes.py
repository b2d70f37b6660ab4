"""Which operation of which contract a call in a page means."""

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from specs.model import Contract, Operation
from specs.provider import Provider
from specs.registry import Registry

_URL = re.compile(r"(?:(https?)://([^/?#]*))?([^?#]*)(?:\?([^#]*))?.*", re.DOTALL)
_ALIKE = 0.75
_LONGEST = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A URL, taken apart; `host` is empty where it is not known."""

    host: str
    path: str
    query: tuple[str, ...]
    is_tail: bool = False


def read_address(url: str) -> Address:
    """Take *url* apart, in which `{}` stands for what is not known."""
    found = _URL.fullmatch(url[:2_000])
    assert found is not None  # it takes any text
    _, host, path, query = (it or "" for it in found.groups())
    names = tuple(it.partition("=")[0] for it in query.split("&") if it)
    host = host.rpartition("@")[2].partition(":")[0].casefold()
    is_tail = "{" in host or path.startswith("{}/")
    return Address(
        host="" if "{" in host else host,
        path=path.removeprefix("{}").rstrip("/") or "/",
        query=names,
        is_tail=is_tail,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One way to call *operation* of *contract*."""

    contract: Contract
    operation: Operation
    hosts: frozenset[str]
    path: str

    @property
    def words(self) -> str:
        """The call as a reader would write it."""
        return f"{self.operation.method} {self.contract.provider.base_url}{self.path}"

    def takes(self, address: Address) -> bool:
        """Say whether a call to *address* means this operation, whatever its method."""
        pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(self.path))
        if address.is_tail and not address.host:
            # What stands before is not known: it may be any part of the path.
            tail = address.path.strip("/")
            return (
                tail.count("/") > 0
                and re.fullmatch(
                    f"(?:.*/)?{re.escape(tail).replace(re.escape('{}'), '[^/]+')}",
                    self.path,
                )
                is not None
            )
        if address.host and address.host not in self.hosts:
            return False
        return re.fullmatch(pattern, address.path) is not None


class Directory:
    """The routes of every contract of *registry*."""

    def __init__(self, registry: Registry) -> None:
        self.contracts = registry.contracts
        self.models = {it.model: it for it in registry.contracts}
        self.routes = tuple(_routes(registry.contracts))
        self._providers = registry.providers

    def find(self, address: Address) -> list[Route]:
        """Return the routes that *address* may mean."""
        return [it for it in self.routes if it.takes(address)]

    def placed(self, model: str) -> list[Contract]:
        """Return the contracts that a path or an SDK names by *model*."""
        return [it for it in self.contracts if it.model == model]

    def provider(self, host: str) -> Provider | None:
        """Return the provider that *host* is of, or is nearly of."""
        for provider in self._providers:
            if host in provider.hosts:
                return provider
        for provider in self._providers:
            if difflib.get_close_matches(
                host[:_LONGEST], provider.hosts, n=1, cutoff=_ALIKE
            ):
                return provider
        return None

    def near(self, model: str) -> str:
        """Return the vendored models that are much like *model*, in words."""
        found = difflib.get_close_matches(
            model[:_LONGEST], self.models, n=2, cutoff=_ALIKE
        )
        return " or ".join(found)


def _routes(contracts: Iterable[Contract]) -> Iterator[Route]:
    for contract in contracts:
        provider = contract.provider
        for operation in contract.operations:
            hosts = {provider.base_url.removeprefix("https://")}
            if provider.queue and operation is contract.submit:
                hosts.add(provider.queue.run_host)
            for path in dict.fromkeys(
                (operation.wire_path, operation.path, *operation.aliases)
            ):
                yield Route(
                    contract=contract,
                    operation=operation,
                    hosts=frozenset(hosts),
                    path=path,
                )


def is_near(address: Address, routes: Iterable[Route]) -> Route | None:
    """Return the one of *routes* whose path is nearly that of *address*."""
    paths = {it.path: it for it in routes}
    found = difflib.get_close_matches(
        address.path[:_LONGEST], paths, n=1, cutoff=_ALIKE
    )
    return paths[found[0]] if found else None
