"""A proxy between a program and the world that lets the mock stand in for services.

It takes `CONNECT`, and for http:// URLs a request in absolute form. A tunnel to a
service's host ends here: the TLS comes off, and the mock answers. One to this machine
or to a host that was allowed goes through untouched. Anything else is refused before
so much as its name is looked up.
"""

import asyncio
import re
from asyncio import StreamReader, StreamWriter
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from ipaddress import ip_address
from ssl import SSLContext
from threading import Event
from types import TracebackType
from typing import Self

from mock_server.threads import PATIENCE, start_serving

_FIRST_LINE = re.compile(
    r"(?P<method>[A-Z]{1,20}) (?P<scheme>http://)?"
    r"(?P<host>[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:(?P<port>\d{1,5}))?"
    r"(?P<path>[/?][!-~]*)? HTTP/1\.[01]"
)
_OF_THE_HOP = re.compile(
    rb"(proxy-[a-z-]+|connection|keep-alive)[ \t]*:", re.IGNORECASE
)
_LONGEST_HEAD = 65_536
_CHUNK = 65_536
_PATIENCE = 10.0  # seconds for a client to send a head

_HTTP, _HTTPS, _LAST_PORT = 80, 443, 65_535
_MOST_REFUSALS = 100  # that are told of, should a program try host after host

Address = tuple[str, int]
Ends = tuple[StreamReader, StreamWriter]


class _RefusedError(Exception):
    """A request to the proxy is answered by itself: with a status and one line."""

    def __init__(self, status: str, line: str) -> None:
        super().__init__(line)
        self.status = status

    @property
    def answer(self) -> bytes:
        """The refusal as HTTP has it."""
        body = f"{self}\n"
        head = (
            f"HTTP/1.1 {self.status}",
            "Content-Type: text/plain; charset=utf-8",
            f"Content-Length: {len(body.encode())}",
            "Connection: close",
        )
        return "\r\n".join((*head, "", body)).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    """What a client asks of a proxy; `head` is all but the first line."""

    method: str
    host: str
    port: int
    path: str
    head: bytes

    @property
    def is_tunnel(self) -> bool:
        """Whether the client wants a connection, and not an answer."""
        return self.method == "CONNECT"

    @property
    def origin_form(self) -> bytes:
        """The request as the host itself expects it, which is to hang up after it."""
        lines = self.head.split(b"\r\n")
        kept = [it for it in lines if it and not _OF_THE_HOP.match(it)]
        first = f"{self.method} {self.path} HTTP/1.1".encode()
        return b"\r\n".join((first, *kept, b"Connection: close", b"", b""))


class Proxy:
    """A proxy in a thread of its own, for as long as the `with` lasts.

    *hosts* are those of the services: what goes to them over https is decrypted with
    *context* and handed to the mock at *upstream*. *allowed* hosts are passed through.
    Before a host is refused, *look* says whether it is a service's by now. *on_refusal*
    is told once, in one line, of each host that is refused.
    """

    url: str
    """Where the proxy listens, from when the `with` is entered."""

    def __init__(
        self,
        upstream: Address,
        *,
        hosts: Collection[str],
        context: SSLContext,
        allowed: Collection[str] = (),
        look: Callable[[], Collection[str]] = tuple,
        on_refusal: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._upstream = upstream
        self._hosts = frozenset(hosts)
        self._context = context
        self._allowed = {it.lower() for it in allowed}
        self._look = look
        self._on_refusal = on_refusal
        self._refused: set[str] = set()
        self._ready = Event()

    def __enter__(self) -> Self:
        self._thread = start_serving(
            lambda: asyncio.run(self._run()), self._ready, name="reelspec-proxy"
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        exc: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(PATIENCE)

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        ending = await asyncio.start_server(
            self._accept(self._end_tls), "127.0.0.1", 0, ssl=self._context
        )
        self._tls_end: Address = ending.sockets[0].getsockname()[:2]
        entrance = await asyncio.start_server(
            self._accept(self._enter), "127.0.0.1", 0, limit=_LONGEST_HEAD
        )
        self.url = "http://{}:{}".format(*entrance.sockets[0].getsockname())
        self._ready.set()
        async with ending, entrance:
            await self._stop.wait()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _accept(
        self, handle: Callable[[StreamReader, StreamWriter], Awaitable[None]]
    ) -> Callable[[StreamReader, StreamWriter], None]:
        """Return *handle* as a task of ours, so that it can be ended with the proxy."""

        async def serve(reader: StreamReader, writer: StreamWriter) -> None:
            try:
                await handle(reader, writer)
            except OSError:
                pass  # the client has gone, or the mock has
            except asyncio.CancelledError:
                writer.transport.abort()
            finally:
                writer.close()

        def accept(reader: StreamReader, writer: StreamWriter) -> None:
            task = asyncio.create_task(serve(reader, writer))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        return accept

    async def _enter(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Serve one client of the proxy."""
        try:
            request = await _read_request(reader)
            far_reader, far_writer = await self._reach(request)
        except _RefusedError as refusal:
            writer.write(refusal.answer)
            await writer.drain()
            return
        if request.is_tunnel:
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            far_writer.write(request.origin_form)
        await _relay((reader, writer), (far_reader, far_writer))

    async def _end_tls(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Hand a decrypted connection to the mock."""
        await _relay((reader, writer), await asyncio.open_connection(*self._upstream))

    async def _reach(self, request: _Request) -> Ends:
        """Return a connection to where *request* may lead; else raise _RefusedError."""
        host, port = request.host, request.port
        passes = _is_local(host) or host in self._allowed
        if host not in self._hosts and not passes:
            self._hosts |= frozenset(await asyncio.to_thread(self._look))
        if host in self._hosts:
            if not request.is_tunnel or port != _HTTPS:
                raise self._refuse(
                    host, f"{host}:{port}: the mock serves https:// alone"
                )
            return await asyncio.open_connection(*self._tls_end)
        if not passes:
            raise self._refuse(
                host,
                f"{host}:{port}: refused, so that nothing leaves this machine; "
                f"--allow-host {host} lets it through",
            )
        try:
            return await asyncio.open_connection(host, port)
        except (OSError, UnicodeError) as exc:
            line = f"{host}:{port}: cannot be reached: {exc}"
            raise _RefusedError("502 Bad Gateway", line) from exc

    def _refuse(self, host: str, line: str) -> _RefusedError:
        if host not in self._refused and len(self._refused) < _MOST_REFUSALS:
            self._refused.add(host)
            self._on_refusal(line)
        return _RefusedError("403 Forbidden", line)


async def _read_request(reader: StreamReader) -> _Request:
    """Return the request at the head of *reader*; raise _RefusedError for anything else."""
    try:
        async with asyncio.timeout(_PATIENCE):
            head = await reader.readuntil(b"\r\n\r\n")
    except (
        asyncio.LimitOverrunError,
        asyncio.IncompleteReadError,
        TimeoutError,
    ) as exc:
        raise _RefusedError("400 Bad Request", "no head of a request") from exc
    first, _, rest = head.partition(b"\r\n")
    found = _FIRST_LINE.fullmatch(first.decode("latin-1"))
    if found is None or (found["method"] == "CONNECT") == bool(found["scheme"]):
        line = "a proxy takes CONNECT host:port, or a URL that begins with http://"
        raise _RefusedError("400 Bad Request", line)
    path = found["path"] or "/"
    return _Request(
        method=found["method"],
        host=found["host"].strip("[]").lower(),
        port=min(int(found["port"] or _HTTP), _LAST_PORT),
        path=path if path.startswith("/") else f"/{path}",
        head=rest,
    )


def _is_local(host: str) -> bool:
    """Say whether *host* is this machine, by its name or by its number."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


async def _relay(near: Ends, far: Ends) -> None:
    """Carry what either end says to the other, until one has no more to say."""
    (near_reader, near_writer), (far_reader, far_writer) = near, far
    await asyncio.gather(_pour(near_reader, far_writer), _pour(far_reader, near_writer))


async def _pour(source: StreamReader, sink: StreamWriter) -> None:
    try:
        while chunk := await source.read(_CHUNK):
            sink.write(chunk)
            await sink.drain()
    except OSError:
        pass  # one end has broken off, so that the other gets no more
    finally:
        sink.close()
