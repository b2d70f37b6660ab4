"""The generated TypeScript: strict to its compiler, and run by Node against the mock."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from mock_server import Server, Timing, build_app
from specs import Registry, vendored_folder
from tests.conftest import NODE

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "generated" / "typescript"
COMPILER = NODE / "node_modules" / "typescript" / "bin" / "tsc"

WRONG = """
import { Client, type wan2_2_vace_fun_a14b_reframe as reframe } from "./aimlapi/index.js";
import { Client as Fal } from "./fal/index.js";

const client = new Client({ apiKey: "k" });
const input: reframe.Input = { video_url: "https://x.test", resolution: "720p" };
const job = await client.wan2_2_vace_fun_a14b_reframe.submit(input);
const seconds: number | undefined = (await job.wait()).output.meta?.usage?.credits_used;
export { seconds };

// @ts-expect-error a member that the document requires
await client.wan2_2_vace_fun_a14b_reframe.submit({});
// @ts-expect-error a value that is not in the enum
await client.wan2_2_vace_fun_a14b_reframe.submit({ ...input, resolution: "1080p" });
// @ts-expect-error a member that nobody documented
await client.wan2_2_vace_fun_a14b_reframe.submit({ video_url: "", num_frame: 17 });
// @ts-expect-error a text for a number
await new Fal().wan_22_vace_fun_a14b_inpainting.submit({ prompt: "", video_url: "", seed: "1" });
"""


def run(*command: str | Path) -> str:
    done = subprocess.run(
        list(map(str, command)),
        cwd=NODE,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def compiled(node_with_packages: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the JavaScript that strict tsc makes of the sources."""
    root = tmp_path_factory.mktemp("typescript")
    shutil.copytree(SOURCES, root, dirs_exist_ok=True)
    (root / "src" / "wrong.ts").write_text(WRONG, "utf-8")
    run(node_with_packages, COMPILER, "-p", root)
    return root / "dist"


def test_the_types_say_what_the_documents_allow(compiled: Path) -> None:
    # The compiler has found every line that it was to find fault with, and no other.
    assert (compiled / "aimlapi" / "index.d.ts").is_file()


def test_the_client_takes_jobs_through_the_mock(node: str, compiled: Path) -> None:
    timing = Timing(queued=0.05, generating=0.05)
    with Server(build_app(Registry.load(vendored_folder()), timing=timing)) as server:
        url = server.base_url
        out = run(node, "typescript_client.mjs", compiled.as_uri(), url)

    assert json.loads(out) == {
        "last": "completed",
        "kind": "ftyp",
        "again": "success",
        "output": True,
        "queue": ["COMPLETED", "a cat"],
        "failed": ["JobFailed", True, True],
        "failedQueue": ["JobFailed", True, True],
        "refused": ["InvalidRequest", True, False],
        "limited": ["RateLimited", True, False],
        "unknown": ["NotFound", True, False],
        "late": ["DeadlineExceeded", True, True],
        "away": ["NetworkError", True, False],
        "keyless": ["MissingApiKeyError", True, False],
        "expired": ["DownloadError", True, False],
        "torn": ["DownloadError", True, False],
        "noHook": ["TypeError", False, False],
        "noCancel": ["TypeError", False, False],
        "flaky": "completed",
        "aborted": "enough",
        "submits": 1,
    }
