import json
import socket

import pytest
from click.testing import CliRunner

from contract_tests.cases import bare_body
from contract_tests.evidence import Situation
from contract_tests.examiner import Examiner
from contract_tests.tally import Tally
from reelspec.cli import main
from reelspec.codes import Exit
from reelspec.targets import PLACEHOLDER_KEY, mock_target
from specs import Registry, vendored_folder

FAL = "fal:fal-ai/wan-22-vace-fun-a14b/inpainting"


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ["test", *arguments], env={"FAL_KEY": None})
    return result.exit_code, result.stdout, result.stderr


def test_the_mock_keeps_a_contract_and_the_report_says_so() -> None:
    code, out, _ = run("--contract", FAL, "--json")

    report = json.loads(out)
    assert code == Exit.OK
    assert report["is_kept"] is True
    assert [it["contract"] for it in report["contracts"]] == [FAL]
    assert report["contracts"][0]["checks"] > 100


def test_the_table_names_contract_and_verdict() -> None:
    code, out, _ = run("--contract", FAL)

    assert code == Exit.OK
    assert f"{FAL} kept" in " ".join(out.split())


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
