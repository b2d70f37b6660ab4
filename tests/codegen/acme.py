"""A service of no document, for the tests of what is generated for every service."""

from codegen.runtime.protocol import Service

SERVICE = Service(
    name="acme",
    title="Acme",
    base_url="https://acme.test",
    header="Authorization",
    scheme="Key",
    environment=("ACME_KEY",),
    id="/id",
    status="/status",
    video="/video/url",
    error="/error",
    pending=("queued",),
    terminal={"done": "success", "broken": "failure"},
    interval=10.0,
    deadline=600.0,
)
