"""The page about the contract tests, held against the contract tests."""

import re

from contract_tests import PROFILES
from contract_tests.live import plan_calls, published
from contract_tests.sockets import MOST_BYTES
from contract_tests.target import Target
from reelspec.test_command import command
from specs import Registry, vendored_folder
from tests.contract_tests.mutants import MUTANTS
from tests.contract_tests.mutants.page import PAGE, claims_table, row_of, table_in

TEXT = PAGE.read_text("utf-8")


def test_the_page_lists_every_claim_in_the_order_of_judgement() -> None:
    assert table_in(TEXT, "claims") == claims_table()


def test_the_page_lists_every_mutant_and_what_kills_it() -> None:
    rows = [it for it in table_in(TEXT, "kills").splitlines() if "`" in it]
    known = [row_of(it) for it in MUTANTS.values()]

    assert [it.partition("` | ")[0] + "` |" for it in rows] == known
    assert {it.partition("` | ")[2] for it in rows} <= {
        "the plan |",
        "50 of 50 seeds |",
    }


def test_the_page_tells_the_limits_as_they_are() -> None:
    seconds = "{:g} seconds in the `quick` profile, {:g} in `ci` and {:g} in `nightly`"

    assert seconds.format(*(it.shrinking for it in PROFILES.values())) in TEXT
    assert f"{MOST_BYTES / 2**20:g} MiB" in TEXT
    assert f"{Target(base_url='http://a.test').timeout:g} seconds unless set" in TEXT


def test_the_page_names_options_that_there_are() -> None:
    named = set(re.findall(r"--[a-z][a-z-]+", TEXT))
    known = {name for it in command.params for name in it.opts}
    forms = {f"--contract-{it}" for it in ("json", "html", "junit", "github")}
    plugin = forms | {"--failing-header", "--strict-reading"}

    assert named <= known | plugin


def test_the_page_tells_how_many_calls_a_run_that_is_paid_for_makes() -> None:
    contract = Registry.load(vendored_folder()).of("fal")[0]
    calls = plan_calls([contract], published)
    refusals = len(calls.calls) - len(calls.submits)

    assert len(calls.submits) == 7
    assert f"seven submits, which show every rule together with {refusals}" in TEXT
