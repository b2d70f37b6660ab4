"""The workflow and the hooks for other repositories, held against what commands there are.

The scripts of a pull request's job are run as they are, in a repository of their own,
with a `gh` that writes down what it was asked.
"""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from reelspec.cli import main
from reelspec.codes import Exit
from specs import vendored_folder
from specs.yamltext import read_yaml
from tests.test_changes_page import PAGE, parse

ROOT = Path(__file__).resolve().parents[1]
WORKFLOW: Any = read_yaml((ROOT / ".github/workflows/contracts.yml").read_bytes())
HOOKS: Any = read_yaml((ROOT / ".pre-commit-hooks.yaml").read_bytes())
POSE = "wan2.2-vace-fun-a14b-pose.json"
STEPS = [
    pytest.param(it, id=f"{name}: {it['name']}")
    for name, job in WORKFLOW["jobs"].items()
    for it in job["steps"]
]
GH = """#!/bin/sh
printf '%s\\n' "$*" >> "$GH_CALLS"
case "$*" in *--paginate*) printf '%s' "$GH_KNOWN";; esac
"""


@pytest.mark.parametrize("step", STEPS)
def test_a_step_is_a_script_that_takes_no_text_from_outside(
    step: dict[str, Any],
) -> None:
    script = step["run"]

    assert "uses" not in step
    assert "${{" not in script
    checked = subprocess.run(
        ["bash", "-n"], input=script, capture_output=True, text=True, check=False
    )
    assert checked.stderr == ""


@pytest.mark.parametrize("step", STEPS)
def test_a_step_names_commands_that_there_are(step: dict[str, Any]) -> None:
    script = step["run"].replace("\\\n", " ")
    for line in re.findall(r"^\s*(reelspec .*)$", script, re.M):
        command = re.sub(r"\$\{\w+:\+(.*?)\}(?=\s|$)", r"\1", line)
        parse(re.sub(r" (\d?>|\|\|).*", "", command))


def test_every_input_is_used_and_every_used_one_declared() -> None:
    call = WORKFLOW["on"]["workflow_call"]
    text = (ROOT / ".github/workflows/contracts.yml").read_text("utf-8")

    assert set(re.findall(r"inputs\.([\w-]+)", text)) == set(call["inputs"])
    assert set(re.findall(r"secrets\.([\w-]+)", text)) == set(call["secrets"])


@pytest.mark.parametrize("hook", HOOKS, ids=[it["id"] for it in HOOKS])
def test_a_hook_is_a_command_that_there_is(hook: dict[str, Any]) -> None:
    parse(" ".join([hook["entry"], *hook["args"]]))


def test_the_page_calls_the_workflow_and_the_hooks_as_they_are() -> None:
    texts = re.findall(r"^```yaml\n((?:on|repos):.*?)^```", PAGE, re.M | re.S)
    parts: list[Any] = [read_yaml(it.encode()) for it in texts]
    job, hooks = parts

    (called,) = job["jobs"].values()
    call = WORKFLOW["on"]["workflow_call"]
    assert set(called["with"]) <= set(call["inputs"])
    assert set(called["secrets"]) <= set(call["secrets"])
    ids = [it["id"] for it in hooks["repos"][0]["hooks"]]
    assert ids == [it["id"] for it in HOOKS]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a repository whose last commit takes a value away from a document."""
    git(tmp_path, "init", "--quiet")
    text = (vendored_folder() / "aimlapi" / POSE).read_text("utf-8")
    for maximum in (241, 99):
        document = tmp_path / ".runner" / "pose.json"
        document.parent.mkdir(exist_ok=True)
        document.write_text(text.replace('"maximum": 241', f'"maximum": {maximum}'))
        add = ["specs", "add", str(document), "--provider", "aimlapi", "--yes"]
        folders = [
            "--specs",
            str(tmp_path / "specs"),
            "--out",
            str(tmp_path / "clients"),
        ]
        result = CliRunner().invoke(main, [*add, *folders])
        assert result.exit_code == Exit.OK, result.stderr
        git(tmp_path, "add", "specs", "clients")
        git(tmp_path, "commit", "--quiet", "--message", "A change")
    return tmp_path


def git(folder: Path, *arguments: str) -> str:
    who = ["-c", "user.name=A", "-c", "user.email=a@a.test"]
    done = subprocess.run(
        ["git", *who, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def carry_out(
    repository: Path, step: str, *, job: str = "change", **variables: str
) -> tuple[int, str]:
    """Run the script of *step* as a runner does; return its code and what it printed."""
    (script,) = (
        it["run"] for it in WORKFLOW["jobs"][job]["steps"] if it["name"] == step
    )
    temporary = repository / ".runner"
    (temporary / "bin").mkdir(parents=True, exist_ok=True)
    (temporary / "bin" / "gh").write_text(GH)
    (temporary / "bin" / "gh").chmod(0o755)
    (temporary / "bin" / "reelspec").write_text(
        f'#!/bin/sh\nexec "{sys.executable}" -m reelspec "$@"\n'
    )
    (temporary / "bin" / "reelspec").chmod(0o755)
    environment = {
        "PATH": f"{temporary / 'bin'}:/usr/bin:/bin",
        "PYTHONPATH": str(ROOT),
        "RUNNER_TEMP": str(temporary),
        "GITHUB_STEP_SUMMARY": str(temporary / "summary.md"),
        "GITHUB_REPOSITORY": "acme/films",
        "GH_CALLS": str(temporary / "calls.txt"),
        "GH_KNOWN": "",
        "BASE": git(repository, "rev-parse", "HEAD~1"),
        "NUMBER": "7",
        "SPECS": "specs",
        "OUT": "clients",
        "FAIL_ON": "",
        **variables,
    }
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=repository,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize(
    ("known", "call"),
    [
        ("", "api --silent repos/acme/films/issues/7/comments -F body=@"),
        ("5\n9", "api --silent --method PATCH repos/acme/films/issues/comments/5 -F"),
    ],
    ids=["first", "again"],
)
def test_a_pull_request_has_one_comment_that_says_what_changed(
    repository: Path, known: str, call: str
) -> None:
    assert carry_out(repository, "Say what the change means")[0] == 0
    assert carry_out(repository, "Comment it", GH_KNOWN=known)[0] == 0

    runner = repository / ".runner"
    report = (runner / "report.md").read_text("utf-8")
    assert report.startswith(
        "<!-- reelspec contracts -->\n**2 documents compared: 1 breaking"
    )
    assert "### Breaking" in report
    assert (runner / "summary.md").read_text("utf-8") == report
    assert (runner / "calls.txt").read_text("utf-8").splitlines()[-1].startswith(call)


@pytest.mark.parametrize(("fail_on", "code"), [("", 0), ("breaking", 1)])
def test_a_pull_request_fails_only_when_it_is_told_to(
    repository: Path, fail_on: str, code: int
) -> None:
    found, printed = carry_out(repository, "Mark what changed", FAIL_ON=fail_on)

    assert found == code
    assert printed.startswith("::error file=specs/aimlapi/pose.json,line=")


def test_a_pull_request_fails_when_the_clients_are_stale(repository: Path) -> None:
    step = "Hold the clients to the documents"
    fresh = carry_out(repository, step)
    next((repository / "clients").rglob("errors.py")).unlink()

    assert fresh == (Exit.OK, "")
    assert carry_out(repository, step) == (Exit.FINDINGS, "")


def test_what_became_of_the_sources_is_in_the_summary_alone(repository: Path) -> None:
    lock = repository / "specs" / "specs.lock"
    gone = 'source = "https://localhost:1/a.json"'
    lock.write_text(re.sub(r'source = "[^"]*"', gone, lock.read_text("utf-8")))

    done = carry_out(repository, "Look whether a source has moved", job="sources")

    assert done == (Exit.OFFLINE, "")
    summary = (repository / ".runner" / "summary.md").read_text("utf-8")
    assert "    offline: aimlapi/pose.json: https://localhost:1/a.json: " in summary
