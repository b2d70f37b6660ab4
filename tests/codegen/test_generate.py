"""Whole distributions, generated from documents written here and then executed."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from codegen import (
    CodegenError,
    UnnameableError,
    UnsupportedShapeError,
    generate,
    resource_names,
    write,
)
from codegen.filters import literal
from specs import Prices, Registry, SpecError, join_pointer, vendored_folder

Documents = Callable[..., Registry]

COMPILER = Path(__file__).parents[1] / "node/node_modules/typescript/bin/tsc"
INDEX = "typescript/src/aimlapi/index.ts"

PLAIN = {"type": "string"}


@pytest.fixture
def documents(tmp_path: Path) -> Documents:
    """Return a function that loads documents, each a model's name and properties."""

    def load(**bodies: dict[str, Any]) -> Registry:
        folder = tmp_path / "specs" / "aimlapi"
        folder.mkdir(parents=True)
        for name in ("provider.toml", "universal-video-fetch.json"):
            shutil.copy(vendored_folder() / "aimlapi" / name, folder)
        for name, body in bodies.items():
            text = json.dumps(document(f"acme/{name}", **body))
            (folder / f"{name}.json").write_text(text)
        return Registry.load(tmp_path / "specs")

    return load


def document(
    model: str,
    *,
    properties: dict[str, Any],
    required: list[str] | None = None,
    parameters: list[dict[str, Any]] | None = None,
    components: dict[str, Any] | None = None,
    **operation: Any,
) -> dict[str, Any]:
    body = {
        "type": "object",
        "properties": {"model": {"type": "string", "enum": [model]}, **properties},
        "required": ["model", *(required or [])],
    }
    answer = json.loads(
        (vendored_folder() / "aimlapi/universal-video-fetch.json").read_bytes()
    )["paths"]["/v2/video/generations"]["get"]["responses"]
    return {
        "openapi": "3.0.0",
        "info": {"title": "t", "version": "1"},
        "paths": {
            "/v2/video/generations": {
                "post": {
                    "parameters": parameters or [],
                    "requestBody": {"content": {"application/json": {"schema": body}}},
                    "responses": answer,
                    **operation,
                }
            }
        },
        "components": {"schemas": components or {}},
    }


def executed(files: dict[str, str], folder: Path, program: str) -> Any:
    """Import every generated module in *folder*, run *program*, return what it prints.

    The working folder is empty before and must be empty after.
    """
    write(files, folder / "out")
    (folder / "cwd").mkdir()
    modules = [
        path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        for path in files
        if path.endswith(".py")
    ]
    done = subprocess.run(
        [
            sys.executable,
            "-W",
            "error",
            "-c",
            f"import {', '.join(modules)}\n{program}",
        ],
        env={**os.environ, "PYTHONPATH": str(folder / "out")},
        cwd=folder / "cwd",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert list((folder / "cwd").iterdir()) == []
    return json.loads(done.stdout)


SUBMIT = """
import json, httpx
from reel_clients.aimlapi import Client
sent = []
def handle(request):
    sent.append(json.loads(request.content))
    return httpx.Response(200, json={"id": "7", "status": "queued"})
client = Client(api_key="k", http_client=httpx.Client(transport=httpx.MockTransport(handle)))
"""

RICH = {
    "video_url": {"type": "string", "format": "uri"},
    "from": {"type": "integer", "minimum": 1, "maximum": 9, "default": 3},
    "imageUrl": {"type": "string", "nullable": True},
    "image_url": {
        "type": "string",
        "minLength": 1,
        "maxLength": 4,
        "pattern": "^(?!x)",
    },
    "self": {"type": "boolean", "default": True},
    "4k": {"type": "number", "minimum": 0, "exclusiveMinimum": True, "multipleOf": 0.5},
    "list": {
        "type": "array",
        "items": {"type": "string", "minLength": 2},
        "minItems": 1,
    },
    "sizes": {"type": "array", "items": {"type": "integer"}, "default": [1]},
    "ratio": {"type": "number", "enum": [1, 2], "default": 2},
    "maybe": {"type": "string", "enum": ["a", None], "nullable": True},
    "lora": {"$ref": "#/components/schemas/Field"},
    "loras": {"type": "array", "items": {"$ref": "#/components/schemas/Field"}},
    "nested": {
        "type": "object",
        "properties": {"deep": {"type": "object", "properties": {"x": PLAIN}}},
        "additionalProperties": False,
    },
    "free": {"type": "object"},
    "counts": {"type": "object", "additionalProperties": {"type": "integer"}},
    "named": {
        "type": "object",
        "additionalProperties": {"type": "object", "properties": {"x": PLAIN}},
    },
    "either": {"anyOf": [PLAIN, {"type": "object", "properties": {"y": PLAIN}}]},
    "any": {},
    "json": PLAIN,
    "model_dump": PLAIN,
}

COMPONENTS = {
    "Field": {
        "type": "object",
        "required": ["path"],
        "properties": {"path": PLAIN, "scale": {"type": "number", "default": 1}},
    }
}


def test_each_kind_of_parameter_reaches_the_wire(
    documents: Documents, tmp_path: Path
) -> None:
    files = generate(
        documents(
            rich={
                "properties": RICH,
                "required": ["video_url"],
                "components": COMPONENTS,
            }
        )
    )
    values = {
        "video_url": "https://x.y",
        "from_": 1,
        "image_url": None,
        "image_url_2": "abc",
        "self_2": False,
        "field_4k": 1.5,
        "list": ["ab"],
        "sizes": [2],
        "ratio": 1,
        "maybe": None,
        "lora": {"path": "p"},
        "loras": [{"path": "p", "scale": 2}],
        "nested": {"deep": {"x": "y"}},
        "free": {"a": 1},
        "counts": {"a": 1},
        "named": {"a": {"x": "y"}},
        "either": {"y": "z"},
        "any": [1, "a", None],
        "json": "j",
        "model_dump": "d",
    }
    program = (
        f"{SUBMIT}\nclient.rich.submit(**{literal(values)})\nprint(json.dumps(sent[0]))"
    )

    wire = executed(files, tmp_path, program)

    renamed = {
        "from_": "from",
        "image_url": "imageUrl",
        "image_url_2": "image_url",
        "self_2": "self",
        "field_4k": "4k",
    }
    expected = {renamed.get(name, name): it for name, it in values.items()}
    assert wire == {"model": "acme/rich", **expected}


def test_each_rule_of_the_document_holds_before_anything_is_sent(
    documents: Documents, tmp_path: Path
) -> None:
    files = generate(
        documents(
            rich={
                "properties": RICH,
                "required": ["video_url"],
                "components": COMPONENTS,
            }
        )
    )
    broken = {
        "from_": 10,
        "image_url_2": "xab",
        "field_4k": 0,
        "list": ["a"],
        "ratio": 3,
        "maybe": "b",
        "lora": {"scale": 1},
        "nested": {"other": 1},
        "counts": {"a": "b"},
        "self_2": "yes",
    }
    program = f"""{SUBMIT}
from reel_clients.errors import InvalidInputError
told = []
for name, value in {literal(broken)}.items():
    try:
        client.rich.submit(video_url="v", **{{name: value}})
    except InvalidInputError as exc:
        told.append(name)
print(json.dumps([told, sent]))"""

    told, sent = executed(files, tmp_path, program)

    assert (told, sent) == (list(broken), [])


def test_rich_output_is_clean_under_strict_checkers(
    documents: Documents, tmp_path: Path
) -> None:
    files = generate(
        documents(
            rich={
                "properties": RICH,
                "required": ["video_url"],
                "components": COMPONENTS,
            }
        )
    )
    write(files, tmp_path / "out")
    for command in (
        ["mypy", "--no-incremental", "."],
        ["ruff", "check", "--no-cache", "."],
    ):
        done = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=tmp_path / "out",
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout


HOSTILE = [
    '"""\nimport pathlib\npathlib.Path("pwned").touch()\n"""',
    "'''\nimport pathlib\npathlib.Path('pwned').touch()\n'''",
    '"; __import__("pathlib").Path("pwned").touch(); "',
    "a\\",
    'b\\"',
    "{{ 7 * 7 }} {% include 'x' %} ${c}",
    "d\r\ne\x00f\u2028g\x85h\x0ci\u202ej",
    "quote'",
    'quote"',
    "__import__('pathlib').Path('pwned').touch()",
    "noqa # type: ignore",
]


def hostile_body(text: str) -> dict[str, Any]:
    """Return a body that carries *text* wherever a document may put a text."""
    return {
        "summary": text,
        "description": text,
        "operationId": text,
        "properties": {
            f"x{text}": {"type": "string", "title": text, "description": text},
            "e": {"type": "string", "enum": [text, "b"], "default": text},
            "d": {
                "type": "string",
                "default": text,
                "examples": [text],
                "format": text,
            },
            "i": {"type": "string", "x-python-import": {"module": "os", "name": text}},
            "c": {"type": "string", "customTypePath": text, "customBasePath": text},
            "o": {"$ref": "#/components/schemas/Odd"},
            "z": {"$ref": join_pointer("#/components/schemas", f"Z{text}")},
            "l": {
                "type": "object",
                "description": text,
                "properties": {f"y{text}": {"type": "string", "default": text}},
            },
        },
        "components": {
            f"Z{text}": {"type": "object", "properties": {"a": PLAIN}},
            "Odd": {
                "type": "object",
                "title": text,
                "customBasePath": "os.path",
                "properties": {"a": {"type": "string", "enum": [text]}},
            },
        },
    }


def test_hostile_text_stays_text_wherever_it_stands(
    documents: Documents, tmp_path: Path
) -> None:
    bodies = {f"m{number}": hostile_body(it) for number, it in enumerate(HOSTILE)}
    files = generate(documents(**bodies))
    program = f"""
import json
from importlib import import_module
from reel_clients._runtime.inputs import rules_of
found = []
for number in range({len(HOSTILE)}):
    module = import_module(f"reel_clients.aimlapi.resources.m{{number}}")
    model = module.Blocking.__origin__
    found.append(rules_of(model.submit, **model._protocol.wire).adapter.json_schema())
print(json.dumps([it["properties"] for it in found]))"""

    found = executed(files, tmp_path, program)

    for text, properties in zip(HOSTILE, found, strict=True):
        assert set(properties) == {f"x{text}", *"edicozl"}
        assert properties["e"]["enum"] == [text, "b"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_reaches_the_readme_as_one_plain_line(
    text: str, documents: Documents
) -> None:
    files = generate(documents(m=hostile_body(text)))

    assert "pwned" not in files["README.md"]


@pytest.mark.parametrize("name", ["a:b", "x-1.0", "V2.5", "close", "def"])
def test_any_model_id_becomes_an_attribute(
    name: str, documents: Documents, tmp_path: Path
) -> None:
    files = generate(documents(**{name: {"properties": {}}}))
    program = f"{SUBMIT}\nfrom reel_clients.aimlapi import models\n"
    attribute = {
        "a:b": "a_b",
        "x-1.0": "x_1_0",
        "V2.5": "v2_5",
        "close": "close_2",
        "def": "def_",
    }[name]
    program += f"client.{attribute}.submit()\nprint(json.dumps(sent))"

    assert executed(files, tmp_path, program) == [{"model": f"acme/{name}"}]


@pytest.mark.parametrize(
    "name", ["constructor", "prototype", "__proto__", "toString", "valueOf"]
)
def test_a_name_that_javascript_has_a_meaning_for_compiles(
    name: str, documents: Documents, tmp_path: Path, node_with_packages: str
) -> None:
    model = name.strip("_")
    files = generate(documents(**{model: {"properties": {name: PLAIN}}}))
    write(files, tmp_path)
    folder = tmp_path / "typescript"
    (folder / "src" / "use.ts").write_text(
        'import { Client } from "./aimlapi/index.js";\n'
        f"await new Client().{attribute(files)}.submit({{}});\n"
        f'await new Client().{attribute(files)}.submit({{ {name}: "a" }});\n'
    )
    done = subprocess.run(
        [node_with_packages, COMPILER, "-p", folder],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout


def attribute(files: Mapping[str, str]) -> str:
    """Return the name of the one attribute that the clients of *files* have."""
    (found,) = re.findall(r"this\.(\w+) = new Model", files[INDEX])
    return str(found)


@pytest.mark.parametrize(
    ("body", "error", "told"),
    [
        ({"properties": {"日本": PLAIN}}, UnnameableError, "'日本' leaves nothing"),
        (
            {"properties": {"r": {"type": "number", "enum": [0.5]}}},
            UnsupportedShapeError,
            r"/properties/r/enum: \[0.5\] cannot be written as a Literal",
        ),
        (
            {
                "properties": {
                    "o": {
                        "type": "object",
                        "properties": {"a": PLAIN},
                        "additionalProperties": PLAIN,
                    }
                }
            },
            UnsupportedShapeError,
            "/o/additionalProperties: declares both",
        ),
        (
            {
                "properties": {},
                "parameters": [
                    {"name": "X-Id", "in": "header", "required": True, "schema": PLAIN}
                ],
            },
            UnsupportedShapeError,
            "requires the header parameter 'X-Id', which no client can know",
        ),
    ],
)
def test_what_cannot_be_generated_is_refused_by_name(
    body: dict[str, Any], error: type[CodegenError], told: str, documents: Documents
) -> None:
    registry = documents(m=body)

    with pytest.raises(error, match=rf"aimlapi/m\.json#.*{told}"):
        generate(registry)


def changed(registry: Registry, **roles: Any) -> Registry:
    """Return *registry* with its one contract's operations changed."""
    (contract,) = registry.contracts
    changes = {
        role: replace(getattr(contract, role), **facts) for role, facts in roles.items()
    }
    return replace(registry, contracts=(replace(contract, **changes),))


LENGTH = {"type": "integer", "minimum": 1, "maximum": 90}


@pytest.mark.parametrize(
    ("properties", "told"),
    [
        (
            {"size": PLAIN, "length": LENGTH | {"default": 30}, "more": LENGTH},
            "frames=Count(name='length', usual=30, most=90)"
            ",inserted=Count(name='more', usual=90, most=90)",
        ),
        ({"length": LENGTH, "more": LENGTH}, ""),
        ({"size": PLAIN, "length": LENGTH, "more": PLAIN}, ""),
        ({"size": PLAIN, "more": LENGTH}, ""),
    ],
    ids=["known", "no size", "no most", "no length"],
)
def test_a_price_is_generated_where_the_document_has_all_that_it_depends_on(
    properties: dict[str, Any], told: str, documents: Documents
) -> None:
    registry = documents(m={"properties": properties})
    (contract,) = registry.contracts
    prices = Prices(
        currency="USD",
        parameter="size",
        values={"big": 0.1},
        frames="length",
        inserted="more",
        frames_per_second=16,
        source="made up",
    )
    provider = msgspec.structs.replace(contract.provider, prices=prices)
    priced = replace(contract, provider=provider)
    files = generate(replace(registry, providers=(provider,), contracts=(priced,)))
    text = "".join(files["reel_clients/aimlapi/resources/m.py"].split())

    assert ("Price(" in text) == bool(told)
    assert "".join(told.split()).replace("'", '"') in text


def test_an_id_in_a_header_is_refused(documents: Documents) -> None:
    registry = documents(m={"properties": {}})
    (carrier,) = registry.contracts[0].poll.parameters
    parameters = (replace(carrier, location="header"),)

    with pytest.raises(UnsupportedShapeError, match="a job's id in the header"):
        generate(changed(registry, poll={"parameters": parameters}))


def test_a_path_that_needs_more_than_the_id_is_refused(documents: Documents) -> None:
    registry = documents(m={"properties": {}})

    with pytest.raises(UnsupportedShapeError, match="the path parameter 'who'"):
        generate(changed(registry, submit={"wire_path": "/v2/{who}"}))


def test_an_answer_without_json_is_refused(documents: Documents) -> None:
    registry = documents(m={"properties": {}})
    answers = {"404": registry.contracts[0].body, "200": None}

    with pytest.raises(UnsupportedShapeError, match="no successful answer that is a"):
        generate(changed(registry, poll={"answers": answers}))


def test_a_provider_without_contracts_gets_no_package(documents: Documents) -> None:
    files = generate(replace(documents(m={"properties": {}}), contracts=()))

    assert not any("aimlapi" in path for path in files)


def test_resource_names_are_the_attributes_of_the_clients(documents: Documents) -> None:
    registry = documents(**{"a-b": {"properties": {}}})

    assert resource_names(registry) == {"aimlapi:acme/a-b": "a_b"}


def test_optional_parameters_are_left_out(documents: Documents, tmp_path: Path) -> None:
    optional = {"name": "logs", "in": "query", "schema": PLAIN}
    files = generate(documents(m={"properties": {}, "parameters": [optional]}))

    assert executed(files, tmp_path, f"{SUBMIT}\nclient.m.submit()\nprint('1')") == 1


def test_generation_is_equal_under_any_hash_seed(tmp_path: Path) -> None:
    program = (
        "import hashlib, codegen, specs;"
        "files = codegen.generate(specs.Registry.load(specs.vendored_folder()));"
        "print(hashlib.sha256(repr(files).encode()).hexdigest())"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "77")
    }

    assert len(printed) == 1


def test_a_pattern_that_is_no_expression_never_arrives(documents: Documents) -> None:
    with pytest.raises((SpecError, CodegenError)):
        generate(documents(m={"properties": {"p": {"type": "string", "pattern": "("}}}))
