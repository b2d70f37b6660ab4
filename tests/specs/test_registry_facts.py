from collections.abc import Callable
from typing import Any

import pytest

from specs import (
    LifecycleError,
    ProviderError,
    Registry,
)

Load = Callable[..., Registry]

Make = Callable[..., dict[str, Any]]


def job(document: dict[str, Any], path: str = "/jobs", method: str = "get") -> Any:
    """Return the members of the job that *path* of *document* answers with."""
    answer = document["paths"][path][method]["responses"]["200"]
    return answer["content"]["application/json"]["schema"]["properties"]


@pytest.mark.parametrize("path", ["/make", "/jobs"])
@pytest.mark.parametrize(
    ("states", "shown"),
    [
        pytest.param(["new", "busy", "done"], "['busy', 'done', 'new']", id="too-few"),
        pytest.param(
            ["new", "busy", "done", "failed", "paused"],
            "['busy', 'done', 'failed', 'new', 'paused']",
            id="too-many",
        ),
        pytest.param(
            ["new", "busy", "Done", "failed"], "['Done', 'busy', 'f", id="spelt"
        ),
    ],
)
def test_states_are_refused_when_the_lifecycle_does_not_cover_them(
    load: Load, document: Make, path: str, states: list[str], shown: str
) -> None:
    broken = document()
    method = "post" if path == "/make" else "get"
    job(broken, path, method)["status"]["enum"] = states

    with pytest.raises(LifecycleError) as caught:
        load(broken)

    assert f"/{method}/responses/200/" in caught.value.pointer
    assert f"properties/status: declares the states {shown}" in str(caught.value)
    assert "the lifecycle of acme has ['busy', 'done', 'failed', 'new']" in str(
        caught.value
    )
    assert "; make [lifecycle] in acme/provider.toml cover them" in str(caught.value)


@pytest.mark.parametrize(
    "status",
    [
        pytest.param({"type": "string"}, id="no-enum"),
        pytest.param({"enum": [1, 2]}, id="numbers"),
        pytest.param({"type": "array", "enum": [["new"]]}, id="lists"),
    ],
)
def test_states_are_refused_when_the_document_lists_no_names(
    load: Load, document: Make, status: dict[str, Any]
) -> None:
    broken = document()
    job(broken)["status"] = status

    with pytest.raises(LifecycleError, match="declares the states"):
        load(broken)


def test_states_are_refused_when_another_success_answer_differs(
    load: Load, document: Make
) -> None:
    broken = document()
    answers = broken["paths"]["/jobs"]["get"]["responses"]
    answers["202"] = document()["paths"]["/jobs"]["get"]["responses"]["200"]
    answers["202"]["content"]["application/json"]["schema"]["properties"]["status"] = {
        "enum": ["new", "busy"]
    }

    with pytest.raises(
        LifecycleError, match=r"responses/202/.*the states .'busy', 'new'"
    ):
        load(broken)


@pytest.mark.parametrize(
    ("pointer", "fact"),
    [
        ("/id", "id"),
        ("/status", "status"),
        ("/video/url", "video"),
        ("/error", "error"),
    ],
)
def test_fact_is_refused_when_the_answers_have_nothing_there(
    load: Load, document: Make, facts: str, pointer: str, fact: str
) -> None:
    moved = facts.replace(f'{fact} = "{pointer}"', f'{fact} = "{pointer}/deeper"')

    with pytest.raises(ProviderError) as caught:
        load(document(), provider=moved)

    assert str(caught.value).endswith(
        f": answers nothing at '{pointer}/deeper', where job.{fact} should stand; mend "
        f"job.{fact} in provider.toml"
    )


def test_fact_is_refused_when_no_success_answer_is_json(
    load: Load, document: Make
) -> None:
    broken = document()
    broken["paths"]["/jobs"]["get"]["responses"] = {"200": {}, "404": {}}

    with pytest.raises(ProviderError, match="get: answers nothing at '/id'"):
        load(broken)


def test_error_is_not_asked_for_when_no_state_says_failure(
    load: Load, document: Make, facts: str
) -> None:
    plain = document()
    del job(plain)["error"]
    provider = facts.replace('failed = "failure"', 'failed = "result"')

    assert len(load(plain, provider=provider).contracts) == 1


NEUTRAL = '\n[neutral.draw]\nmodel = "acme/{0}"\nnames = {{ size = "{1}" }}\nsource = "made up"\n'


def test_names_of_our_own_are_held_against_the_members_of_the_model(
    load: Load, document: Make, facts: str
) -> None:
    made = document({"width": {"type": "integer"}})

    assert load(made, provider=facts + NEUTRAL.format("one", "width")).contracts
    with pytest.raises(
        ProviderError,
        match=r"#/neutral/draw/names: names the members \['height'\], which acme/one",
    ):
        load(made, provider=facts + NEUTRAL.format("one", "height"))


def test_names_of_our_own_wait_for_a_model_that_is_not_vendored(
    load: Load, document: Make, facts: str
) -> None:
    facts += NEUTRAL.format("another", "height")

    assert load(document(), provider=facts).providers[0].neutral
