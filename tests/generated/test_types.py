"""What type checkers see of the clients: every type is known, and a mistake is one."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import reel_clients
from reel_clients import aimlapi, fal

def blocking(client: aimlapi.Client) -> None:
    submit = client.wan2_2_vace_fun_a14b_reframe.submit
    job = submit(video_url="https://x.y", num_frames=81, resolution="720p")
    reveal_type(job)
    reveal_type(job.wait().output.video)
    reveal_type(job.wait().video_url)
    reveal_type(client.generate(submit, "out.mp4", video_url="https://x.y"))
    reveal_type(client.wait_all([job]))
    reveal_type(client.estimate(submit, video_url="https://x.y"))

async def awaited(client: fal.AsyncClient) -> None:
    model = client.wan_22_vace_fun_a14b_inpainting
    job = await model.submit(prompt="a", video_url="https://x.y", seed=aimlapi.UNSET)
    reveal_type(job)
    reveal_type(await job.cancel())
    reveal_type([it async for it in job])
    reveal_type(await job.download("out.mp4"))
    reveal_type(reel_clients.open("fal").inpaint(prompt="a", video_url="https://x.y"))

def mistakes(client: aimlapi.Client) -> None:
    submit = client.wan2_2_vace_fun_a14b_reframe.submit
    submit()
    submit(video_url="https://x.y", resolution="4k")
    submit(video_url="https://x.y", num_frames=None)
    submit(video_url="https://x.y", unheard_of=1)
    client.wan2_2_vace_fun_a14b_refraim
    client.estimate(submit, video_url=5)
    reel_clients.open("other")
    reel_clients.open("fal", max_spent=5)
"""
REVEALED = [
    "Job[Output]",
    "OutputVideo | None",
    "str",
    "Finished[Output]",
    "list[Finished[Output] | ReelError]",
    "Estimate | None",
    "AsyncCancellableJob[Output]",
    "None",
    "list[Progress]",
    "Path",
    "Job[Any]",
]
FIRST_MISTAKE = PROGRAM.splitlines().index("    submit()") + 1


def checked(program: Path, *command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *command, program.name],
        cwd=program.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    ("command", "revealed"),
    [
        (("mypy", "--strict"), r'Revealed type is "([^"]*)"'),
        (
            ("basedpyright", "--pythonpath", sys.executable),
            r'information: Type of ".*" is "([^"]*)"',
        ),
    ],
    ids=["mypy", "pyright"],
)
def test_type_checkers_know_what_comes_back_and_what_is_wrong(
    command: tuple[str, ...], revealed: str, tmp_path: Path
) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)

    told = checked(program, *command)

    plain = [re.sub(r"[\w.]+\.(?=\w)", "", it) for it in re.findall(revealed, told)]
    assert plain == REVEALED, told
    places = re.findall(r"program\.py:(\d+)(?::\d+)?(?: -|:) error", told)
    wrong = sorted({int(it) for it in places})
    assert wrong == [*range(FIRST_MISTAKE, FIRST_MISTAKE + 8)], told
