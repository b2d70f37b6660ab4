"""A made-up provider of one model, without a fault, for tests to change in one place."""

import copy
import hashlib
import http.server
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from specs import Registry, Schema
from tests.specs.court import PROPERTIES, Court
from tests.specs.upstream import Upstream, serve_upstream

PROVIDER = """
name = "acme"
title = "Acme"
base_url = "https://api.acme.test"
hosts = ["api.acme.test"]
source = "made up"

[auth]
header = "Authorization"
scheme = "Bearer"
environment = ["ACME_KEY"]
key_pattern = ".+"
source = "made up"

[model]
in = "body"
name = "model"
source = "made up"

[operations.submit]
method = "POST"
path = "/make"

[operations.poll]
method = "GET"
path = "/jobs"
id = "job"

[job]
id = "/id"
status = "/status"
video = "/video/url"
error = "/error"
source = "made up"

[lifecycle]
initial = "new"
source = "made up"

[lifecycle.transitions]
new = { start = "busy", fail = "failed" }
busy = { complete = "done", fail = "failed" }
done = {}
failed = {}

[lifecycle.terminal]
done = "success"
failed = "failure"

[polling]
interval = 1.0
deadline = 60.0
source = "made up"

[errors]
style = "zod"
refused = 400
unauthorized = 401
unknown_job = 404
source = "made up"
schema = { type = "object" }

[limits]
body_bytes = 1000
source = "made up"
"""

JOB = {
    "type": "object",
    "required": ["id", "status"],
    "properties": {
        "id": {"type": "string"},
        "status": {"type": "string", "enum": ["new", "busy", "done", "failed"]},
        "video": {
            "type": "object",
            "required": ["url"],
            "properties": {"url": {"type": "string", "format": "uri"}},
        },
        "error": {"type": "object"},
    },
}

Document = dict[str, Any]


def make_document(
    properties: dict[str, Any] | None = None,
    *,
    version: str = "3.0.3",
    components: dict[str, Any] | None = None,
    models: tuple[str, ...] = ("acme/one",),
) -> Document:
    """Return a document whose submit body has *properties* beside the model."""
    body = {
        "type": "object",
        "required": ["model"],
        "properties": {
            "model": {"type": "string", "enum": list(models)},
            **(properties or {}),
        },
    }
    answer = {
        "description": "A job.",
        "content": {"application/json": {"schema": copy.deepcopy(JOB)}},
    }
    refusal = {"description": "A refusal."}
    job = {"name": "job", "in": "query", "required": True, "schema": {"type": "string"}}
    return {
        "openapi": version,
        "info": {"title": "Acme", "version": "1"},
        "security": [{"key": []}],
        "paths": {
            "/make": {
                "post": {
                    "operationId": "make",
                    "requestBody": {
                        "required": True,
                        "content": {"application/json": {"schema": body}},
                    },
                    "responses": {"200": answer, "400": refusal},
                }
            },
            "/jobs": {
                "get": {
                    "operationId": "look",
                    "parameters": [job],
                    "responses": {"200": copy.deepcopy(answer), "404": refusal},
                }
            },
        },
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            **(components or {}),
        },
    }


@pytest.fixture
def document() -> Callable[..., Document]:
    """Return what makes a document of the provider."""
    return make_document


@pytest.fixture
def facts() -> str:
    """Return the text of the provider's facts."""
    return PROVIDER


@pytest.fixture
def vendor(tmp_path: Path) -> Callable[..., Path]:
    """Return what writes a specs folder: documents by name, facts and waivers."""

    def write(
        *documents: Document | bytes, provider: str = PROVIDER, waivers: str = ""
    ) -> Path:
        folder = tmp_path / "acme"
        folder.mkdir(exist_ok=True)
        (folder / "provider.toml").write_text(provider, "utf-8")
        (tmp_path / "waivers.toml").write_text(waivers, "utf-8")
        for name, it in zip(
            ("one.json", "two.json", "zwei.json"), documents, strict=False
        ):
            content = it if isinstance(it, bytes) else json.dumps(it).encode()
            (folder / name).write_bytes(content)
        return tmp_path

    return write


@pytest.fixture
def load(vendor: Callable[..., Path]) -> Callable[..., Registry]:
    """Return what writes a specs folder and loads it."""

    def load(*documents: Document | bytes, **options: str) -> Registry:
        return Registry.load(vendor(*documents, **options))

    return load


@pytest.fixture
def read(load: Callable[..., Registry]) -> Callable[..., Schema]:
    """Return what reads one schema, as a member of the submit body."""

    def read(schema: Any, *, waivers: str = "", **options: Any) -> Schema:
        registry = load(make_document({"it": schema}, **options), waivers=waivers)
        return registry.contracts[0].body.properties["it"].schema

    return read


@pytest.fixture
def lock() -> Callable[..., None]:
    """Return what writes the `specs.lock` of a folder as it is."""

    def write(folder: Path) -> None:
        entries = [
            f'[[document]]\nfile = "{path.relative_to(folder).as_posix()}"\n'
            f'source = "https://acme.test"\nretrieved = 2026-01-02\norigin = "verbatim"\n'
            f'sha256 = "{hashlib.sha256(path.read_bytes()).hexdigest()}"\n'
            for path in sorted(folder.glob("*/*.json"))
        ]
        (folder / "specs.lock").write_text("\n".join(entries), "utf-8")

    return write


@pytest.fixture
def bait() -> Iterator[tuple[str, list[str]]]:
    """Serve a schema on the loopback; yield its address and the paths asked for."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"type": "string"}')

        def log_message(self, *_: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()
        thread.join()


@pytest.fixture
def court(load: Callable[..., Registry]) -> Court:
    """Bring a contract with a property of every kind to court."""
    return Court(load(make_document(PROPERTIES)).contracts[0])


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    """Publish documents on the loopback."""
    with serve_upstream() as found:
        yield found
