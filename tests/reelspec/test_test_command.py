import json
import shlex
import socket
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from contract_tests.cases import bare_body
from contract_tests.evidence import Situation
from contract_tests.examiner import Examiner
from contract_tests.tally import Tally
from reelspec.cli import main
from reelspec.codes import Exit
from reelspec.live_plan import dollars
from reelspec.targets import PLACEHOLDER_KEY, mock_target
from specs import Registry, vendored_folder
from tests.contract_tests.mutants.faulty import TakesMoreThanTheMaximum
from tests.contract_tests.mutants.reference import KEYS
from tests.contract_tests.mutants.serving import served

FAL = "fal:fal-ai/wan-22-vace-fun-a14b/inpainting"
AIMLAPI = "aimlapi:alibaba/wan2.2-vace-fun-a14b-depth"


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ["test", *arguments], env={"FAL_KEY": None})
    return result.exit_code, result.stdout, result.stderr


def test_the_mock_keeps_a_contract_and_every_form_of_the_report_says_so(
    tmp_path: Path,
) -> None:
    files = {it: tmp_path / f"report.{it}" for it in ("json", "junit", "html")}
    options = [word for it, path in files.items() for word in (f"--{it}", str(path))]

    code, out, _ = run("--contract", AIMLAPI, "--github", *options)

    report = json.loads(files["json"].read_text("utf-8"))
    assert code == Exit.OK, out
    assert f"{AIMLAPI} kept" in " ".join(out.split())
    assert out.splitlines()[-1].startswith("::")
    assert report["is_kept"] is True
    assert [it["contract"] for it in report["contracts"]] == [AIMLAPI]
    assert report["contracts"][0]["checks"] > 100
    assert all(AIMLAPI in it.read_text("utf-8") for it in files.values())


def test_a_fault_is_found_again_alone_by_the_command_that_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AIMLAPI_API_KEY", KEYS["aimlapi"])
    service = TakesMoreThanTheMaximum(Registry.load(vendored_folder()))
    with served(service) as url:
        server = ("--base-url", url, "--advance-url", f"{url}/advance")
        _, out, _ = run(*server, "--contract", AIMLAPI, "--seed", "3", "--json")
        fault = json.loads(out)["contracts"][0]["faults"][-1]
        program, command, *words = shlex.split(fault["again"])
        code, again, _ = run(*words, "--json")

    (found,) = json.loads(again)["contracts"][0]["faults"]
    assert (program, command) == ("reelspec", "test")
    assert code == Exit.FINDINGS
    assert (found["key"], found["case"]) == (fault["key"], fault["case"])


def test_a_server_at_an_address_is_tested_over_a_real_socket() -> None:
    registry = Registry.load(vendored_folder())
    with mock_target(registry, socket=True) as target:
        url = target.base_url
        code, out, _ = run(
            "--contract", FAL, "--json", "--base-url", url,
            "--key", f"fal={PLACEHOLDER_KEY}", "--advance-url", f"{url}/__mock__/clock/advance",
        )  # fmt: skip

    assert code == Exit.OK
    assert json.loads(out)["base_url"] == url


def test_a_key_in_the_wrong_form_breaks_the_contract_visibly() -> None:
    registry = Registry.load(vendored_folder())
    with mock_target(registry, socket=True) as target:
        url = target.base_url
        code, out, _ = run("--contract", FAL, "--base-url", url, "--key", "fal=nocolon",
                           "--advance-url", f"{url}/__mock__/clock/advance")  # fmt: skip

    assert code == Exit.FINDINGS
    assert "BROKEN" in out
    assert "nocolon" not in out
    assert "curl" in out


def test_a_missing_key_is_named_with_what_to_set() -> None:
    code, _, err = run("--contract", FAL, "--base-url", "http://127.0.0.1:9")

    assert code == Exit.ENVIRONMENT
    assert "FAL_KEY" in err
    assert len(err.strip().splitlines()) == 1


def test_a_server_that_does_not_answer_is_named_in_one_line() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"

    code, _, err = run(
        "--contract", FAL, "--base-url", url, "--key", f"fal={PLACEHOLDER_KEY}"
    )

    assert code == Exit.ENVIRONMENT
    assert url in err
    assert len(err.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param(("--contract", "no/such-model"), Exit.DOCUMENT, id="contract"),
        pytest.param(("--profile", "quik"), Exit.USAGE, id="profile"),
        pytest.param(("--key", "secret"), Exit.USAGE, id="key"),
        pytest.param(("--base-url", "ftp://x"), Exit.ENVIRONMENT, id="address"),
    ],
)
def test_a_mistyped_argument_ends_with_its_code(
    arguments: tuple[str, ...], code: Exit
) -> None:
    found, _, err = run(*arguments)

    assert found == code
    assert "Traceback" not in err


def test_the_mock_comes_back_with_its_jobs_when_it_restarts() -> None:
    registry = Registry.load(vendored_folder())
    contract = registry.contract(FAL)
    with mock_target(registry, socket=True) as target:
        assert target.restart is not None
        with target.connect(contract) as connection:
            examiner = Examiner(contract, target, connection, Tally(contract=FAL))
            job = examiner.submit(bare_body(contract))
            examiner.restart()
            state = examiner.poll(job, situation=Situation.RESTARTED)

    assert state == contract.lifecycle.initial


@pytest.fixture
def live_mock() -> Iterator[tuple[str, ...]]:
    """Return the options that make the mock, on a clock that is moved, a live service."""
    with mock_target(Registry.load(vendored_folder()), socket=True) as target:
        url = target.base_url
        yield (
            "--live", "fal", "--base-url", url, "--key", f"fal={PLACEHOLDER_KEY}",
            "--advance-url", f"{url}/__mock__/clock/advance",
        )  # fmt: skip


def test_a_live_run_says_what_it_costs_and_shows_every_rule(
    live_mock: tuple[str, ...], tmp_path: Path
) -> None:
    ledger = tmp_path / "fal.jsonl"

    code, out, err = run(
        *live_mock, "--budget", "2.50", "--yes", "--json", "--ledger", str(ledger)
    )

    report = json.loads(out)
    (result,) = report["contracts"]
    paid = report["live"]
    calls = paid["calls"]
    told = " ".join(err.split())
    assert code == Exit.OK
    assert {it["verdict"] for it in result["rules"]} == {"proved"}
    assert paid["accepted"] == 8
    assert paid["spent"] == paid["planned"] == "2.275000"
    assert "8 calls to be accepted may cost $2.275 together" in " ".join(err.split())
    assert PLACEHOLDER_KEY not in ledger.read_text()
    assert len(calls) <= 60
    assert {it["outcome"] for it in calls} == {"accepted", "refused"}
    assert all(it["case"] in told for it in calls)
    assert "4 $0.10625 many values at once" in told
    assert ledger.read_text().count('"event": "call"') == len(calls)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0", "$0.00"),
        ("0.5", "$0.50"),
        ("2.162500", "$2.1625"),
        ("1e30", f"$1{'0' * 30}.00"),
    ],
)
def test_an_amount_is_told_exactly_in_dollars(amount: str, text: str) -> None:
    assert dollars(Decimal(amount)) == text


def test_a_live_run_keeps_to_a_small_budget_and_goes_on_later(
    live_mock: tuple[str, ...], tmp_path: Path
) -> None:
    ledger = ("--yes", "--ledger", str(tmp_path / "fal.jsonl"))

    poor, told, _ = run(*live_mock, *ledger, "--budget", "0.50")
    rich, rest, _ = run(*live_mock, *ledger, "--budget", "2.50")

    assert poor == Exit.FINDINGS
    assert "the budget does not bear all of it" in told
    assert "4 calls accepted, 0 without an answer; at most $0.425 spent" in told
    assert rich == Exit.OK
    assert "8 calls accepted" in rest


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--live", "fal"], "say how much with --budget"),
        (["--live", "fall", "--budget", "1"], "did you mean fal?"),
        (["--live", "fal", "--budget", "much"], "is no amount"),
        (["--live", "fal", "--budget", "-1"], "is no amount that can be spent"),
        (["--budget", "1"], "--budget means nothing without --live"),
        (["--yes"], "--yes means nothing without --live"),
        (["--input", "x=y"], "--input means nothing without --live"),
        (["--live", "fal", "--budget", "1", "--seed", "1"], "--seed means nothing"),
        (["--live", "fal", "--budget", "1", "--strict"], "--strict means nothing"),
        (["--live", "fal", "--budget", "1", "-n", "2"], "--workers means nothing"),
        (["--live", "fal", "--budget", "1", "--input", "x"], "NAME=VALUE"),
        (
            ["--live", "fal", "--budget", "1", "--contract", AIMLAPI],
            f"none of {AIMLAPI} is of fal",
        ),
    ],
)
def test_a_live_run_is_refused_when_it_is_asked_for_wrongly(
    arguments: list[str], message: str
) -> None:
    code, _, err = run(*arguments)

    assert code == Exit.USAGE
    assert message in " ".join(err.split())


def test_a_live_run_is_refused_when_nobody_is_there_to_agree(
    live_mock: tuple[str, ...], tmp_path: Path
) -> None:
    code, out, err = run(
        *live_mock, "--budget", "1", "--ledger", str(tmp_path / "ledger")
    )

    assert code == Exit.USAGE
    assert "may cost $2.275" in out
    assert "pass --yes" in err


def test_a_live_run_makes_no_call_when_the_answer_is_no(
    live_mock: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reelspec.live_test._is_somebody_there", lambda: True)
    ledger = tmp_path / "ledger"

    result = CliRunner().invoke(
        main,
        ["test", *live_mock, "--budget", "1", "--ledger", str(ledger)],
        input="n\n",
    )

    assert result.exit_code == 1
    assert ledger.read_text() == ""


def test_a_live_run_ends_with_a_code_of_its_own_when_the_key_is_refused(
    live_mock: tuple[str, ...], tmp_path: Path
) -> None:
    ledger = tmp_path / "ledger"

    code, out, err = run(
        *live_mock, "--key", "fal=nocolon", "--budget", "2.50", "--yes", "--json",
        "--ledger", str(ledger),
    )  # fmt: skip

    assert code == Exit.ENVIRONMENT
    assert err.splitlines()[-1].startswith("Error: fal:fal-ai/")
    assert "refuses the key (401 to a submit)" in err
    assert json.loads(out)["live"]["stopped"] in err
    assert len(ledger.read_text().splitlines()) == 2  # one call and its answer
    assert "nocolon" not in out + err + ledger.read_text()


def test_a_live_run_needs_a_price_when_none_is_published(tmp_path: Path) -> None:
    code, _, err = run(
        "--live", "aimlapi", "--budget", "1", "--yes",
        "--ledger", str(tmp_path / "ledger"), "--key", "aimlapi=KEY",
    )  # fmt: skip

    assert code == Exit.ENVIRONMENT
    assert "pass --price" in err


def test_a_live_run_needs_a_key_before_anything_else(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger"

    code, _, err = run(
        "--live", "fal", "--budget", "1", "--yes", "--ledger", str(ledger)
    )

    assert code == Exit.ENVIRONMENT
    assert "no key for provider 'fal'" in err
    assert not ledger.exists()
