"""The services under test, each on a port of its own, and the documents they are under."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import uvicorn

from specs import Contract, Registry
from tests.contract_tests.mutants import Service

_SPEED = 20  # a job takes four seconds; whoever cannot move the clock is not to wait


@dataclass(kw_only=True)
class Subject:
    """A served *service*, and how many requests it has been sent."""

    service: Service
    url: str
    requests: int = 0

    @property
    def accepted(self) -> int:
        """How many submits it has taken."""
        return len(self.service.work)


@contextmanager
def served(
    build: Callable[..., Service], registry: Registry, *, ticking: bool
) -> Iterator[Subject]:
    """Serve what *build* makes; its time passes of itself if it is *ticking*."""
    clock = (lambda: time.monotonic() * _SPEED) if ticking else (lambda: 0.0)
    service = build(registry)
    service._clock = clock  # noqa: SLF001 - no variant takes a clock
    listener = socket.create_server(("127.0.0.1", 0))
    subject = Subject(
        service=service, url=f"http://127.0.0.1:{listener.getsockname()[1]}"
    )

    async def counted(scope: Any, receive: Any, send: Any) -> None:
        subject.requests += 1
        await service(scope, receive, send)

    config = uvicorn.Config(
        counted,
        lifespan="off",
        ws="none",
        log_level="critical",
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield subject
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def document_of(contract: Contract) -> str:
    """Return all that is published of *contract* as one document, at the paths it has.

    The provider splits it over files, and serves some of it where no document says.
    """
    merged: dict[str, Any] = {**deepcopy(contract.submit.document.raw), "paths": {}}
    for operation in contract.operations:
        raw = operation.document.raw
        path = operation.pointer.partition("#")[2].split("/")[2]
        item = raw["paths"][path.replace("~1", "/").replace("~0", "~")]
        place = merged["paths"].setdefault(operation.wire_path, {})
        place |= {
            key: it
            for key, it in item.items()
            if key in ("parameters", operation.method.lower())
        }
        for kind, parts in raw.get("components", {}).items():
            merged.setdefault("components", {}).setdefault(kind, {}).update(parts)
    return json.dumps(merged)
