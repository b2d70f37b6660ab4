"""A failure can be read, repeated and passed on without harm."""

import json
import shlex
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract_tests.failures import Failure, Fault, curl, show, try_all

ANY_TEXT = st.text(st.characters(codec="utf-8"))


def fault(**facts: str) -> Fault:
    return Fault(**({"claim": "c", "contract": "p:m", "problem": "is wrong"} | facts))


@settings(deadline=None)
@given(ANY_TEXT | st.binary())
def test_show_lets_nothing_through_that_drives_a_terminal(text: str | bytes) -> None:
    assert show(text).isprintable()


@settings(deadline=None)
@given(before=ANY_TEXT, after=ANY_TEXT)
def test_show_hides_a_key_wherever_an_answer_repeats_it(
    before: str, after: str
) -> None:
    assert "sesame-42" not in show(f"{before}sesame-42{after}", secrets=("sesame-42",))


def test_show_cuts_a_long_text_and_says_how_long_it_was() -> None:
    assert show("x" * 1000, longest=10) == "xxxxxxxxxx… (1000 letters)"


def test_show_hides_the_longer_of_two_secrets_first() -> None:
    assert show("id:secret", secrets=("secret", "id:secret")) == "[key]"


@settings(deadline=None)
@given(value=ANY_TEXT)
def test_curl_passes_any_body_through_a_shell_as_it_was(value: str) -> None:
    body = json.dumps({"prompt": value}, ensure_ascii=False).encode()

    line = curl("POST", "http://a.test/x", headers={}, body=body)

    words = shlex.split(line)
    assert line.isprintable()
    assert json.loads(words[words.index("--data-binary") + 1]) == {"prompt": value}


def test_curl_leaves_the_key_to_the_shell_and_hides_it_elsewhere() -> None:
    headers = {"Authorization": "Key $FAL_KEY", "X-Other": "Basic sesame-42"}

    line = curl(
        "GET", "http://a.test/", headers=headers, body=None, secrets=("sesame-42",)
    )

    assert '-H "Authorization: Key $FAL_KEY"' in line
    assert "sesame-42" not in line


def test_a_fault_keeps_its_key_whatever_was_sent() -> None:
    one = fault(pointer="d.json#/a", rule="minimum", case="x", curl="curl 1")
    other = fault(pointer="d.json#/a", rule="minimum", case="yy", curl="curl 2")

    assert one.key == other.key == "p:m c d.json#/a minimum"


def test_a_failure_shows_only_what_is_known() -> None:
    assert str(Failure(fault(curl="curl x"))) == ("p:m: c: is wrong\n  again   curl x")


def test_a_failure_counts_the_faults_it_does_not_show() -> None:
    faults = [fault(rule=str(it)) for it in range(7)]

    assert str(Failure(*faults)).endswith("... and 2 more faults")


def test_try_all_goes_on_after_a_failure_and_keeps_the_smallest_sighting() -> None:
    seen: list[str] = []

    def attempt(curl: str) -> None:
        seen.append(curl)
        raise Failure(fault(curl=curl))

    with pytest.raises(Failure) as caught:
        try_all(partial(attempt, it) for it in ("long one", "short", "middle"))

    assert seen == ["long one", "short", "middle"]
    assert [it.curl for it in caught.value.faults] == ["short"]


def test_try_all_is_silent_when_every_attempt_holds() -> None:
    try_all([lambda: None, lambda: 1])
