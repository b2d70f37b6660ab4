import ast
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from codegen.errors import UnnameableError
from codegen.ir import ModelsModule
from codegen.models import render_models
from codegen.sentences import sentence

PLAIN = {"type": "string"}

TEXT = st.text(st.characters(exclude_categories=()))

HOSTILE = [
    '"""\nimport os\nos.system("echo")\n"""',
    "'''\nimport os",
    '"; import os; "',
    "\\",
    '\\"',
    "{{ 7 * 7 }}{% raw %}",
    "a\r\nb\x00c\ud800\u2028d\x85e\x0cf",
    "ends in a quote'",
    'ends in a quote"',
    "# type: ignore",
    "𝕏 astral",
    "",
]


def rendered(properties: dict[str, Any], *, is_input: bool = True) -> str:
    schema = {"type": "object", "properties": properties, "required": []}
    module = ModelsModule(
        name="m", doc="", schemas={"Input": schema}, is_input=is_input
    )
    return render_models(module, where="a.json")


def fields(text: str) -> list[ast.AnnAssign]:
    (model,) = (it for it in ast.parse(text).body if isinstance(it, ast.ClassDef))
    return [it for it in model.body if isinstance(it, ast.AnnAssign)]


def hostile(function: Any) -> Any:
    for text in HOSTILE:
        function = example(text)(function)
    return settings(deadline=None)(given(TEXT)(function))


@hostile
def test_any_description_stays_a_text(text: str) -> None:
    described = {"type": "string", "description": sentence(text)}
    found = rendered({"a": described})

    assert [ast.unparse(it) for it in fields(found)] == ["a: str | MISSING = MISSING"]


@hostile
def test_any_default_evaluates_back(text: str) -> None:
    (field,) = fields(rendered({"a": {"type": "string", "default": text}}))

    assert field.value is not None
    assert ast.literal_eval(field.value) == text


@hostile
def test_any_enum_value_evaluates_back(text: str) -> None:
    (field,) = fields(rendered({"a": {"enum": [text, f"{text}!"]}}))

    values = next(it for it in ast.walk(field.annotation) if isinstance(it, ast.Tuple))
    assert ast.literal_eval(values) == (text, f"{text}!")


@example("º")
@hostile
def test_any_property_keeps_its_wire_name_or_is_refused(text: str) -> None:
    try:
        (field,) = fields(rendered({text: {"type": "string"}}))
    except UnnameableError:
        return

    assert isinstance(field.target, ast.Name)
    aliases = [
        ast.literal_eval(it.value)
        for it in ast.walk(field.annotation)
        if isinstance(it, ast.keyword) and it.arg == "alias"
    ]
    assert (aliases or [field.target.id]) == [text]


@pytest.mark.parametrize("text", HOSTILE)
def test_any_format_and_pattern_evaluate_back(text: str) -> None:
    rules = {"type": "string", "x-format": text, "pattern": text}
    (field,) = fields(rendered({"a": rules}))

    found = ast.unparse(field.annotation)
    assert found.count("Field(") <= 1


def test_an_answer_may_lack_what_it_need_not_hold() -> None:
    found = rendered({"a": {"type": "string"}}, is_input=False)

    assert [ast.unparse(it) for it in fields(found)] == ["a: str | None = None"]


def test_names_that_python_would_fold_together_stay_apart() -> None:
    names = {
        "o": PLAIN,
        "º": PLAIN,
        "ｏ": PLAIN,
        "o_2": PLAIN,
        "O": PLAIN,
        "o-2": PLAIN,
    }

    assert len(fields(rendered(names))) == len(names)
