"""The server under test: where it is, who may enter, and how its time passes."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Protocol
from urllib.parse import quote

import httpx

from contract_tests.downloads import download
from contract_tests.errors import MissingKeyError, TargetError, UnreachableError
from contract_tests.failures import curl, show
from contract_tests.sockets import BoundedTransport
from specs import Answer, Contract, Operation, Provider, Request

NO_ANSWER = Answer(status=0, body=b"", content_type="")
"""What stands in an exchange that got none."""

_SHORTEST_SECRET = 6  # hiding a shorter one would riddle every message with holes


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A server that claims to keep the contracts.

    `keys` are by provider. `transport` sends in process instead of over the network.
    `advance` moves the server's clock by so many seconds; unless given, time really
    passes. `stands_still` says that nothing else moves that clock. `patience` ends the wait for one job, in seconds of that clock; unless
    given, the provider's own deadline does. `failing` are headers that make the
    server fail the job of a submit, where it can be told to. `restart` stops the server
    and starts it again with the jobs it had, `renew` starts it without any, so that no
    contract's answers depend on which others were tested before. `checks_keys` says that a well-formed key
    which nobody was given opens nothing; a stand-in may take any.
    """

    base_url: str
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    transport: httpx.BaseTransport | None = None
    advance: Callable[[float], None] = time.sleep
    stands_still: bool = False
    patience: float | None = None
    timeout: float = 30.0
    failing: Mapping[str, str] = field(default_factory=dict)
    restart: Callable[[], object] | None = None
    renew: Callable[[], object] = lambda: None
    checks_keys: bool = False

    def __post_init__(self) -> None:
        url = httpx.URL(self.base_url)
        if url.scheme not in {"http", "https"} or not url.host or url.userinfo:
            raise TargetError(
                "target",
                f"{show(self.base_url)!r} is no address of a server",
                fix="give one like http://127.0.0.1:8000",
            )

    @property
    def is_live(self) -> bool:
        """Whether waiting costs real time."""
        return self.advance is time.sleep

    def key(self, provider: Provider) -> str:
        """Return the key for *provider*; MissingKeyError or TargetError if unusable."""
        key = self.keys.get(provider.name, "")
        fix = f"pass --key {provider.name}=KEY or set " + " or ".join(
            provider.auth.environment
        )
        where = f"target {self.base_url}"
        if not key:
            raise MissingKeyError(
                where, f"no key for provider {provider.name!r}", fix=fix
            )
        if not key.isascii() or not key.isprintable():
            # What would refuse it further down would also print it.
            raise TargetError(
                where,
                f"the key for provider {provider.name!r} holds letters that no header "
                "may carry",
                fix=fix,
            )
        return key

    def connect(self, contract: Contract) -> "Connection":
        """Return a connection for the requests of *contract*."""
        return Connection(self, contract)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request, what came back, and the command that repeats it.

    `broken` says why no whole answer came, where none did; `answer` is then empty.
    """

    request: Request
    answer: Answer
    curl: str
    broken: str = ""
    secrets: tuple[str, ...] = field(default=(), repr=False)


class Sender(Protocol):
    """Whatever sends the requests of one contract to a target."""

    credential: str

    def send(self, request: Request, *, credential: str | None) -> Exchange:
        """Return the exchange that sending *request* makes."""
        ...


class Connection:
    """Sends requests of one contract to a target, and nothing else anywhere."""

    def __init__(self, target: Target, contract: Contract) -> None:
        auth = contract.provider.auth
        self._where = f"{contract.id} at {target.base_url}"
        key = target.key(contract.provider)
        # Of an `id:secret` key the second half alone is worth hiding too.
        parts = (key, key.partition(":")[2])
        self._secrets = tuple(it for it in parts if len(it) >= _SHORTEST_SECRET)
        self._header = auth.header
        self.credential = f"{auth.scheme} {key}"
        self._shown = f"{auth.scheme} ${auth.environment[0]}"
        # Requests go where the target says, past any proxy and after no redirect.
        self._transport = target.transport or BoundedTransport(timeout=target.timeout)
        self._is_own = target.transport is None
        self._client = httpx.Client(
            base_url=target.base_url,
            transport=self._transport,
            timeout=target.timeout,
            headers={"Accept-Encoding": "identity"},
            trust_env=False,
        )

    def send(self, request: Request, *, credential: str | None) -> Exchange:
        """Return the exchange that sending *request* makes; UnreachableError if none.

        *credential* is the whole value of the provider's header; None leaves it out.
        """
        headers = dict(request.headers)
        if request.body is not None:
            headers["Content-Type"] = request.content_type
        if credential is not None:
            headers[self._header] = credential
        sent = self._client.build_request(
            request.operation.method,
            _path(request),
            params=dict(request.query) or None,
            headers=headers,
            content=request.body,
        )
        if credential == self.credential:
            headers[self._header] = self._shown
        return self._exchange(request, sent, headers)

    def _exchange(
        self, request: Request, sent: httpx.Request, shown: dict[str, str]
    ) -> Exchange:
        exchange = Exchange(
            request=request,
            answer=NO_ANSWER,
            curl=curl(
                sent.method,
                str(sent.url),
                headers=shown,
                body=request.body,
                secrets=self._secrets,
            ),
            secrets=self._secrets,
        )
        try:
            # Past the client, which would keep cookies and look for redirects.
            response = self._transport.handle_request(sent)
            response.read()
        except (httpx.ConnectError, httpx.ConnectTimeout) as exc:
            raise UnreachableError(
                self._where,
                f"{sent.method} {show(sent.url.path)} got no answer ({exc!r})",
                fix="see that the server runs and that the address is right",
            ) from exc
        except httpx.TransportError as exc:
            return replace(exchange, broken=str(exc) or type(exc).__name__)
        return replace(exchange, answer=_answer(response))

    def download(self, operation: Operation, url: str) -> tuple[Exchange, bytes]:
        """Return what stands at *url*, which *operation* told; the key stays here."""
        found = download(self._client, url, named_by=self._client.base_url.host)
        exchange = Exchange(
            request=Request(operation=operation),
            answer=NO_ANSWER,
            curl=curl("GET", url, headers={}, body=None, secrets=self._secrets),
            broken=found.problem,
            secrets=self._secrets,
        )
        return exchange, found.content

    def __enter__(self) -> "Connection":
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # A transport that was handed in is its owner's to close.
        if self._is_own:
            self._transport.close()


def _answer(response: httpx.Response) -> Answer:
    return Answer(
        status=response.status_code,
        body=response.content,
        headers=dict(response.headers),
        content_type=response.headers.get("content-type", ""),
    )


def _path(request: Request) -> str:
    path = request.operation.wire_path
    for name, value in request.path.items():
        path = path.replace(f"{{{name}}}", quote(value, safe=""))
    return path
