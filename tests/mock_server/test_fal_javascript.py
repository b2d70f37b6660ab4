"""fal's own JavaScript client, pointed at the mock by its addresses."""

import json
import subprocess

from mock_server import Server, Timing, build_app
from specs import Registry
from tests.conftest import NODE


def test_the_javascript_client_does_everything_it_can(
    registry: Registry, node_with_packages: str
) -> None:
    timing = Timing(queued=0.5, generating=0.3)
    with Server(build_app(registry, timing=timing)) as server:
        done = subprocess.run(
            [node_with_packages, "fal_by_address.mjs", server.base_url],
            cwd=NODE,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    followed = told.pop("followed")

    assert told == {
        "status": "IN_QUEUE",
        "failure": 499,
        "run": "a cat",
        "stored": "abc",
        "long": 91 * 1024 * 1024,
    }
    lines = ["job: start", *(f"generating: {it} %" for it in (25, 50, 75))]
    for mode in ("polling", "streaming"):
        assert followed[mode]["last"] == ["COMPLETED", [*lines, "job: complete"]]
        assert followed[mode]["prompt"] == "a cat"
        assert followed[mode]["requestId"]
