"""The page about the contract tests, held against the contract tests."""

import re
from decimal import Decimal

from contract_tests import PROFILES
from contract_tests.live import fixed, plan_calls, published
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

    told = f"2.28 dollars at most, and {refusals} requests that must be refused"
    assert len(calls.submits) == 8
    assert round(calls.total, 2) == Decimal("2.28")
    assert f"those are eight submits, {told}" in TEXT


def test_the_page_tells_how_many_calls_a_run_without_a_price_list_makes() -> None:
    for contract in Registry.load(vendored_folder()).of("aimlapi"):
        calls = plan_calls([contract], fixed(Decimal(1)))
        refusals = len(calls.calls) - len(calls.submits)

        assert len(calls.submits) == 10
        assert f"ten submits and {refusals} refusals" in TEXT
