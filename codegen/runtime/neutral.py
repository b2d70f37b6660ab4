"""One program, any of several providers: what more than one can do, under one name.

The arguments are held against every provider that may come to do it before anything is
sent. Another takes over where the first is out: nothing of the submit can have arrived
there, or it answers 503, that it takes none. After any other failure the job may have
been accepted, and a second submit would be a second bill.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from inspect import signature
from typing import Any, ClassVar, Generic, Self, TypeAlias, cast

from .client import BaseAsyncClient, BaseClient
from .errors import InvalidInputError, NetworkError, Problem, ServerError
from .inputs import UNSET
from .resource import Resource, StartedT_co
from .session import log

AnyClient: TypeAlias = BaseClient | BaseAsyncClient
_Try: TypeAlias = tuple[Resource[Any, Any], dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a provider does it: the attribute of its client, its names of arguments."""

    attribute: str
    names: Mapping[str, str]


class Operations(Generic[StartedT_co]):
    """What several providers can do; `_ways` says how, by operation and provider."""

    _ways: ClassVar[Mapping[str, Mapping[str, Way]]]
    _kind: ClassVar[str]

    def __init__(self, wanted: Sequence[str | AnyClient], **options: Any) -> None:
        """Ask *wanted* one after the other; open those given by name with *options*.

        The option api_key is the first one's.
        """
        self._clients: list[Any] = []
        self._own: list[Any] = []
        for it in wanted:
            if isinstance(it, str):
                self._own.append(self._open(it, options))
            self._clients.append(self._own[-1] if isinstance(it, str) else it)
            options.pop("api_key", None)

    def _open(self, provider: str, options: Mapping[str, Any]) -> Any:
        known = sorted({name for ways in self._ways.values() for name in ways})
        if provider not in known:
            near = get_close_matches(provider, known, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            told = f"{provider!r:.40} is none of {', '.join(known)}{hint}"
            raise InvalidInputError("open", (Problem("provider", told),))
        package = type(self).__module__.rpartition(".")[0]
        return getattr(import_module(f"{package}.{provider}"), self._kind)(**options)

    def _start(self, operation: str, arguments: Mapping[str, Any]) -> StartedT_co:
        """Start *operation* at the first provider that is not out."""
        given = {
            name: it
            for name, it in arguments.items()
            if name != "self" and it is not UNSET
        }
        tries = [self._try(it, operation, given) for it in self._clients]
        for resource, own in tries:
            resource.check(own)
        blocking = isinstance(self._clients[0], BaseClient)
        start = _start if blocking else _start_async
        return cast("StartedT_co", start(tries))

    def _try(
        self, client: AnyClient, operation: str, arguments: Mapping[str, Any]
    ) -> _Try:
        way = self._ways[operation].get(client.provider)
        if way is None:
            problem = Problem(operation, "is nothing that this provider can do")
            raise InvalidInputError(client.provider, (problem,))
        resource: Resource[Any, Any] = getattr(client, way.attribute)
        known = signature(getattr(resource, "submit")).parameters  # noqa: B009 - a generated class has it
        renamed = {name: way.names.get(name, name) for name in arguments}
        if lacking := [name for name, own in renamed.items() if own not in known]:
            told = "is no argument of this provider; leave it out, or choose another"
            problems = tuple(Problem(name, told) for name in lacking)
            raise InvalidInputError(f"{client.provider} {operation}", problems)
        return resource, {own: arguments[name] for name, own in renamed.items()}

    def __repr__(self) -> str:
        return f"<{' or '.join(it.provider for it in self._clients)}>"


class Closing:
    """Closes what was opened, for programs that block."""

    _own: list[Any]

    def close(self) -> None:
        """Close the connections that were opened here; a client given is yours."""
        for it in self._own:
            it.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncClosing:
    """Closes what was opened, for asyncio."""

    _own: list[Any]

    async def close(self) -> None:
        """Close the connections that were opened here; a client given is yours."""
        for it in self._own:
            await it.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


def _start(tries: list[_Try]) -> Any:
    *first, (last, given) = tries
    for resource, own in first:
        try:
            return resource.start(own)
        except (NetworkError, ServerError) as exc:
            _go_on(exc)
    return last.start(given)


async def _start_async(tries: list[_Try]) -> Any:
    *first, (last, given) = tries
    for resource, own in first:
        try:
            return await resource.start(own)
        except (NetworkError, ServerError) as exc:
            _go_on(exc)
    return await last.start(given)


def _go_on(exc: NetworkError | ServerError) -> None:
    """Raise *exc* again where the job may have been accepted."""
    if exc.sent if isinstance(exc, NetworkError) else exc.status != 503:
        raise exc
    log.warning("%s; the next provider is asked", exc)
