"""What a server says never becomes a command of GitHub's."""

import re
from urllib.parse import unquote

from hypothesis import given
from hypothesis import strategies as st

from contract_tests import Report, Verdict, annotations, fenced
from contract_tests.reports.annotations import command
from tests.contract_tests.reports.conftest import (
    make_contract,
    make_report,
    make_rule,
)

# How the runner reads a line: properties end at the first two colons.
COMMAND = re.compile(r"::error ([^:]*)::([^\r\n]*)")


def read(line: str) -> tuple[dict[str, str], str]:
    """Return the properties and the message of a command, as GitHub would."""
    found = COMMAND.fullmatch(line)
    assert found, line
    pairs = (it.split("=", 1) for it in found[1].split(","))
    return {name: unquote(value) for name, value in pairs}, unquote(found[2])


TEXT = st.text(st.sampled_from("ab:,%\r\n\t=#[]0123456789AD ")) | st.text(
    st.characters(codec="utf-8")
)


@given(message=TEXT, title=TEXT.filter(bool))
def test_a_command_carries_any_text_as_text(message: str, title: str) -> None:
    properties, told = read(command(message, title=title))

    assert told == message.replace("##[", "# #[")
    assert properties == {"title": title.replace("##[", "# #[")}


def test_a_report_is_one_command_for_each_finding(broken: Report) -> None:
    found = [read(it) for it in annotations(broken)]

    assert len(found) == len(broken.faults)
    for (properties, told), fault in zip(found, broken.faults, strict=True):
        assert fault.fault.claim in properties["title"]
        assert fault.fault.curl in told


def test_a_hostile_report_gives_no_command_of_its_own(hostile: Report) -> None:
    for line in annotations(hostile):
        properties, _ = read(line)
        assert set(properties) <= {"title", "file"}
        assert "##[" not in line


def test_a_rule_that_was_never_reached_is_annotated_where_it_must_be() -> None:
    result = make_contract(rules=(make_rule(verdict=Verdict.MISSED),))

    (line,) = annotations(make_report(result, must_be_complete=True))

    assert "never accepted" in read(line)[1]
    assert not list(annotations(make_report(result)))


def test_a_fence_ends_with_the_token_that_nobody_could_guess() -> None:
    first, *rest, last = fenced(["::error::x", "y"])

    token = first.removeprefix("::stop-commands::")
    assert (rest, last) == (["::error::x", "y"], f"::{token}::")
    assert re.fullmatch("[0-9a-f]{32}", token)
    assert next(fenced([])) != first
