"""A server on the loopback that publishes documents, and misbehaves when told to."""

import http.server
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

Act = Callable[[http.server.BaseHTTPRequestHandler], object]


class Upstream:
    """What is published, by path: bytes, or what to do with a request instead."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes | Act] = {}
        self.asked: list[tuple[str, str | None]] = []  # paths, and ETags sent
        self.ended = threading.Event()
        self.url = ""

    def answer(self, handler: http.server.BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        known = handler.headers.get("if-none-match")
        self.asked.append((handler.path, known))
        page = self.pages.get(handler.path)
        if page is None:
            handler.send_error(404)
        elif callable(page):
            page(handler)
        else:
            etag = f'"{hash(page)}"'
            send(handler, 304 if known == etag else 200, page, ETag=etag)


def send(
    handler: http.server.BaseHTTPRequestHandler,
    status: int,
    body: bytes,
    **headers: str,
) -> None:
    """Send a whole answer."""
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    if status != 304:
        handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    if status != 304:
        handler.wfile.write(body)


@contextmanager
def serve_upstream() -> Iterator[Upstream]:
    """Serve an `Upstream` on a free port."""
    upstream = Upstream()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with suppress(ConnectionError):  # the client has had enough
                upstream.answer(self)

        def log_message(self, *_: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        upstream.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield upstream
        finally:
            upstream.ended.set()
            server.shutdown()
            thread.join()
