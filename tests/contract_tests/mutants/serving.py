"""A service on a real socket, with a path of its own that moves its clock."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.contract_tests.mutants.reference import Service


@contextmanager
def served(service: Service) -> Iterator[str]:
    """Serve *service* on a free port; yield its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(service))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler_of(service: Service) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            value: Any = {}
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            path, _, query = self.path.partition("?")
            if path == "/advance":
                service.advance(json.loads(body)["seconds"])
                status = 200
            else:
                headers = [(k.encode(), v.encode()) for k, v in self.headers.items()]
                scope = {
                    "method": self.command,
                    "raw_path": path.encode(),
                    "query_string": query.encode(),
                    "headers": headers,
                }
                status, value = service.answer(scope, body)
            raw = value if isinstance(value, bytes) else json.dumps(value).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST = do_PUT = _answer  # noqa: N815 - names of the base class

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - likewise
            pass

    return Handler
