import pytest

from codegen.errors import FormatError, UnsafeOutputError
from codegen.vet import vet_models

HONEST = '''
"""Doc."""
from __future__ import annotations
from typing import Annotated, Any, Literal
from pydantic import ConfigDict, Field, MISSING, RootModel
from reel_clients._runtime.models import Model

class Item(RootModel[str]):
    root: Annotated[str, Field(min_length=1)]

class Empty(Model):
    pass

class Input(Model):
    """Doc."""
    model_config = ConfigDict(extra="forbid")
    a: Annotated[int | MISSING, Field(ge=-1, json_schema_extra={"format": "x"})] = MISSING
    """Doc."""
    b: Annotated[Literal["__import__('os')", -1], Field(alias="b-b")] = "__import__('os')"
    c: dict[str, list[Item] | None] = []
    d: str
'''


def vet(text: str, *fields: str) -> None:
    vet_models(text, where="a.json", classes={"Input": fields})


def test_types_and_data_pass() -> None:
    vet(HONEST, "a", "b-b", "c", "d")


@pytest.mark.parametrize(
    "line",
    [
        "import os",
        "from os import system",
        "from typing import get_type_hints",
        "from . import x",
        "print(1)",
        "x = 1",
        "@print\nclass A: pass",
        "class A(metaclass=print): pass",
        "class A(print()): pass",
        "class A:\n    x: int = print()",
        "class A:\n    x: print()",
        "class A:\n    x: list['print()']",
        "class A:\n    x: Annotated[str, print()]",
        "class A:\n    x: Annotated['print()', Field()]",
        "class A:\n    x: Literal[print()]",
        "class A:\n    x: int = Field(default_factory=lambda: print())",
        "class A:\n    x: int = Field(**{'default_factory': print})",
        "class A:\n    x: int = Field({**{}})",
        "class A:\n    x: int = f'{print()}'",
        "class A:\n    x: int = -print()",
        "class A:\n    x: int = [print()]",
        "class A:\n    def f(self): ...",
        "class A:\n    y = 1",
        "class A:\n    model_config = print()",
        "class A:\n    x.y: int = 1",
    ],
)
def test_anything_that_could_run_is_refused(line: str) -> None:
    with pytest.raises(UnsafeOutputError, match="not as they should be"):
        vet(f"{line}\nclass Input(Model): pass")


@pytest.mark.parametrize(
    "text",
    [
        "class Model_(Model): pass",
        "class Input(Model):\n    a: str",
        "class Input(Model):\n    a: str\n    b: str\n    b: str",
        "class Input(Model):\n    a: str\n    b: Annotated[str, Field(alias='c')]",
    ],
)
def test_a_class_or_field_that_was_lost_is_missed(text: str) -> None:
    with pytest.raises(UnsafeOutputError, match="Input was not generated with its own"):
        vet(text, "a", "b")


def test_text_that_is_no_python_is_refused() -> None:
    with pytest.raises(FormatError, match=r"^a\.json: generated text is not Python"):
        vet("class")
