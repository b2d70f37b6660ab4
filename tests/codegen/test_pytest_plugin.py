import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from codegen.runtime import pytest_plugin
from codegen.runtime.pytest_plugin import find_command, serving

PROGRAM = """
import asyncio
from reel_clients import aimlapi

def test_a_client_in_one_line(reel_mock, tmp_path):
    job = reel_mock.client("fal").wan_22_vace_fun_a14b_inpainting.submit(
        prompt="a kite", video_url="https://x.y", num_frames=17
    )
    assert job.download(tmp_path / "out.mp4").stat().st_size > 100

def test_an_async_client_in_one_line(reel_mock):
    async def work():
        async with reel_mock.async_client("fal", max_retries=0) as client:
            model = client.wan_22_vace_fun_a14b_inpainting
            job = await model.submit(prompt="a kite", video_url="https://x.y")
            return await job.wait()

    assert asyncio.run(work()).output.video.url.startswith("http")

def test_a_program_that_opens_its_own_client(reel_mock):
    with aimlapi.Client() as client:
        assert reel_mock.base_url in repr(client)
        job = client.wan2_2_vace_fun_a14b_reframe.submit(video_url="https://x.y")
        assert job.wait().output.status == "completed"
"""


def test_a_program_gets_a_mock_and_clients_for_its_own_tests(tmp_path: Path) -> None:
    (tmp_path / "test_program.py").write_text(PROGRAM)
    # Installed, it is found by its entry point.
    plugin = ("-p", "no:reel_clients", "-p", "codegen.runtime.pytest_plugin")

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *plugin, "-p", "no:cacheprovider", "."],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert "3 passed" in done.stdout, done.stdout + done.stderr


def test_a_mock_that_does_not_start_ends_the_test_with_what_it_said() -> None:
    program = "import sys; print('{'); sys.exit('the port is taken')"

    with (
        pytest.raises(pytest.fail.Exception, match="not start: the port is taken"),
        serving(sys.executable, "-c", program),
    ):
        pass


def test_the_command_is_looked_for_where_the_package_is_not_installed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert find_command() == [sys.executable, "-m", "reelspec"]
    monkeypatch.setattr(pytest_plugin, "find_spec", lambda name: None)
    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}")
    assert find_command() == ["/bin/reelspec"]
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(pytest.fail.Exception, match="needs the command reelspec"):
        find_command()
