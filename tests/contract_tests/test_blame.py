"""Which members a refusal blames, as services of many kinds write it."""

import json
from typing import Any

import pytest

from contract_tests.checks.readings import blamed_members
from specs import Answer

MEMBERS = ("prompt", "negative_prompt", "seed")


@pytest.mark.parametrize(
    ("told", "blamed"),
    [
        pytest.param(
            {"detail": [{"loc": ["body", "seed", 0], "input": {"loc": ["prompt"]}}]},
            {"seed"},
            id="pydantic repeats the input",
        ),
        pytest.param(
            {"issues": [{"path": ["seed"]}, {"path": ["prompt"]}], "path": "/prompt"},
            {"seed", "prompt"},
            id="zod lists paths",
        ),
        pytest.param(
            {"message": "Body validation error!\nnegative_prompt: Required\nseed: no"},
            {"negative_prompt", "seed"},
            id="a text of lines",
        ),
        pytest.param("negative_prompts", set(), id="another word"),
    ],
)
def test_a_refusal_blames_what_it_names(told: Any, blamed: set[str]) -> None:
    answer = Answer(status=400, body=json.dumps(told).encode())

    assert blamed_members(answer, MEMBERS) == blamed


def test_a_refusal_that_is_no_json_blames_the_words_in_it() -> None:
    answer = Answer(status=400, body=b"<p>seed: \xff</p>")

    assert blamed_members(answer, MEMBERS) == {"seed"}
