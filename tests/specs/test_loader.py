import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from specs import DocumentError, Registry
from specs.jsontext import DEEPEST_NESTING, is_same, read_json
from specs.loader import LARGEST_BYTES, read_document

Load = Callable[..., Registry]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(
            b"not json", "acme/one.json: is not JSON: Expecting value", id="text"
        ),
        pytest.param(b"", "acme/one.json: is not JSON: Expecting value", id="empty"),
        pytest.param(b'{"a": "\xff"}', "is not JSON: 'utf-8' codec", id="not-utf-8"),
        pytest.param(
            '{"openapi": "3.0.0"}'.encode("utf-16"), "'utf-8' codec", id="utf-16"
        ),
        pytest.param(b'{"a": NaN}', "NaN is not a JSON number", id="nan"),
        pytest.param(
            b'{"a": -Infinity}', "-Infinity is not a JSON number", id="infinity"
        ),
        pytest.param(b'{"a": 1e400}', "1e400 is too large a number", id="overflow"),
        pytest.param(b"[" + b"9" * 5000 + b"]", "is not JSON: Exceeds", id="digits"),
        pytest.param(b"[" * 100_000, "nested too deeply", id="open-bomb"),
        pytest.param(
            b'{"a":' * 500 + b"1" + b"}" * 500, "nested more than 128 deep", id="bomb"
        ),
        pytest.param(b"[]", "openapi=None; vendor the OpenAPI", id="list"),
        pytest.param(b"null", "one.json#/openapi: is not an OpenAPI", id="null"),
        pytest.param(
            b'{"a": 1}', "one.json#/openapi: is not an OpenAPI", id="no-openapi"
        ),
        pytest.param(b'{"swagger": "2.0"}', "openapi=None", id="swagger"),
        pytest.param(b'{"openapi": "2.0.0"}', "openapi='2.0.0'", id="version-2"),
        pytest.param(b'{"openapi": "3.2.0"}', "openapi='3.2.0'", id="version-3.2"),
        pytest.param(b'{"openapi": "3.0"}', "openapi='3.0'", id="half-a-version"),
        pytest.param(b'{"openapi": 3.0}', "openapi=3.0", id="version-number"),
        pytest.param(
            b'{"openapi": "3.0.0"}', "one.json#/paths: there are no", id="no-paths"
        ),
        pytest.param(
            b'{"openapi": "3.0.0", "paths": []}',
            "there are no paths",
            id="list-of-paths",
        ),
    ],
)
def test_document_is_refused_when_it_is_no_openapi(
    load: Load, content: bytes, message: str
) -> None:
    with pytest.raises(DocumentError) as caught:
        load(content)

    assert message in str(caught.value)
    assert str(caught.value).startswith("acme/one.json")


def test_document_is_refused_when_it_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    with path.open("wb") as file:
        file.truncate(LARGEST_BYTES + 1)  # a hole: takes no room

    with pytest.raises(DocumentError, match="is larger than 16,777,216 bytes"):
        read_document(path, name="acme/large.json")


def test_document_is_refused_when_it_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(
        DocumentError, match=r"acme/one\.json: cannot be read: Is a dir"
    ):
        read_document(tmp_path, name="acme/one.json")


@pytest.mark.parametrize("version", ["3.0.0", "3.0.4", "3.1.0", "3.1.1", "3.1.0-rc1"])
def test_document_is_read_when_it_is_openapi_3(
    load: Load, document: Callable[..., Any], version: str
) -> None:
    registry = load(document(version=version))

    assert registry.documents[0].version == version[:3]


def test_byte_order_mark_is_no_part_of_the_document(
    load: Load, document: Callable[..., Any]
) -> None:
    content = b"\xef\xbb\xbf" + json.dumps(document()).encode()

    assert load(content).contracts[0].id == "acme:acme/one"


@pytest.mark.parametrize("depth", [1, DEEPEST_NESTING])
def test_nesting_is_read_up_to_the_limit(depth: int) -> None:
    text = b"[" * depth + b"]" * depth

    assert json.dumps(read_json(text)).encode() == text


def test_nesting_is_refused_one_past_the_limit() -> None:
    depth = DEEPEST_NESTING + 1

    with pytest.raises(ValueError, match="nested more than 128 deep"):
        read_json(b"[" * depth + b"]" * depth)


def test_numbers_are_read_as_they_are_written() -> None:
    assert read_json(b"[1, 1.5, 1e3, 12345678901234567890]") == [
        1,
        1.5,
        1000.0,
        12345678901234567890,
    ]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param(1, 1.0, True, id="integer-and-number"),
        pytest.param(1, True, False, id="one-and-true"),
        pytest.param(False, False, True, id="false"),
        pytest.param([1, [True]], [1.0, [True]], True, id="lists"),
        pytest.param([1, [True]], [1, [1]], False, id="lists-of-true-and-one"),
        pytest.param([1], [1, 1], False, id="longer-list"),
        pytest.param({"a": 1, "b": []}, {"b": [], "a": 1}, True, id="objects"),
        pytest.param({"a": 0}, {"a": False}, False, id="objects-of-nought-and-false"),
        pytest.param({"a": 0}, {"b": 0}, False, id="other-names"),
        pytest.param([], {}, False, id="list-and-object"),
        pytest.param(None, False, False, id="null-and-false"),
    ],
)
def test_values_are_the_same_when_json_says_so(
    one: Any, other: Any, same: bool
) -> None:
    assert is_same(one, other) is same
    assert is_same(other, one) is same
