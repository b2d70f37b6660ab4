"""Puts the mock in the place of the services, for programs that are told of nothing."""

import os
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

import certifi

from mock_server.errors import ServedHostError
from mock_server.interception.authority import Authority
from mock_server.interception.environment import (
    BUNDLE_VARIABLES,
    placeholder_keys,
    route_through,
)
from mock_server.interception.proxy import Proxy
from specs import Registry, SpecError, read_provider


@contextmanager
def intercept(
    registry: Registry,
    base_url: str,
    *,
    allowed: Collection[str] = (),
    keys: Mapping[str, str] | None = None,
    present: Mapping[str, str] = os.environ,
    on_refusal: Callable[[str], None] = lambda _: None,
) -> Iterator[dict[str, str]]:
    """Yield the variables that lead a program to the mock at *base_url*.

    They lead there for as long as the `with` lasts; the certificates, in a private
    folder, go with it. *allowed* hosts are reached as ever, all others are refused,
    and *on_refusal* is told. *present* is the environment as it was; a provider whose key
    it lacks gets the one of *keys*, or a placeholder. Raises ServedHostError where a
    host is to be both served and let through.
    """
    hosts = {host for it in registry.providers for host in it.hosts}
    passing = {it.lower() for it in allowed}
    if both := sorted(hosts & passing):
        raise ServedHostError(
            f"{both[0]}: the mock stands in for this host; it cannot be let through"
        )
    authority = Authority(hosts)

    def look() -> Collection[str]:
        """Return the hosts as they are now, for which the authority then vouches."""
        found = hosts | (_read_hosts(registry.folder) - passing)
        authority.vouch(found)
        return found

    address = urlsplit(base_url)
    upstream = (address.hostname or "127.0.0.1", address.port or 80)
    with (
        tempfile.TemporaryDirectory(prefix="reelspec-") as folder,
        Proxy(
            upstream,
            hosts=hosts,
            context=authority.context,
            allowed=allowed,
            look=look,
            on_refusal=on_refusal,
        ) as proxy,
    ):
        certificate, bundle = Path(folder) / "mock.pem", Path(folder) / "trusted.pem"
        certificate.write_bytes(authority.certificate)
        roots = _roots(present).read_bytes() if allowed else b""
        bundle.write_bytes(authority.certificate + roots)
        variables = route_through(
            proxy.url, certificate=certificate, bundle=bundle, present=present
        )
        yield variables | placeholder_keys(
            registry.providers, present=present, accepted=keys or {}
        )


def _read_hosts(folder: Path) -> set[str]:
    """Return the hosts of all services in *folder*, without those that have a fault."""
    found: set[str] = set()
    for path in folder.glob("*/provider.toml"):
        with suppress(SpecError, OSError):
            found |= _read_provider_hosts(path, path.stat().st_mtime_ns)
    return found


@lru_cache(64)
def _read_provider_hosts(path: Path, _: int) -> frozenset[str]:
    """Return the hosts of a service, read anew when its file has changed."""
    return frozenset(read_provider(path, name=str(path)).hosts)


def _roots(present: Mapping[str, str]) -> Path:
    """Return the file of what the program trusts where it is let through."""
    named = (Path(present[it]) for it in BUNDLE_VARIABLES if present.get(it))
    return next((it for it in named if it.is_file()), Path(certifi.where()))
