import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegen.errors import UnnameableError
from codegen.names import class_name, identifier, name_models, unique


def named(text: str) -> str:
    return identifier(text, where="a.json#/x", prefix="field")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("num_frames", "num_frames"),
        ("imageUrl", "image_url"),
        ("image-url", "image_url"),
        ("URL", "url"),
        ("class", "class_"),
        ("4k", "field_4k"),
        ("__proto__", "proto"),
        ("a'); import os", "a_import_os"),
        ("größe", "gro_e"),
        ("º", "o"),
    ],
)
def test_an_identifier_keeps_what_python_allows(text: str, name: str) -> None:
    assert named(text) == name


@given(st.text())
def test_an_identifier_is_always_usable_or_refused(text: str) -> None:
    try:
        name = named(text)
    except UnnameableError:
        return

    assert name.isascii()
    assert name.isidentifier()
    assert not keyword.iskeyword(name)
    assert not name.startswith("_")


def test_an_identifier_is_refused_with_its_place_when_nothing_is_left() -> None:
    with pytest.raises(UnnameableError, match=r"^a\.json#/x: '日本' leaves nothing"):
        named("日本")


def test_a_class_name_joins_the_words() -> None:
    assert class_name("wan2_2_a14b_pose") == "Wan22A14bPose"


def test_unique_numbers_what_came_before_or_is_taken() -> None:
    assert unique(["a", "a", "b", "class_", "class_"], taken={"b"}) == [
        "a",
        "a_2",
        "b_2",
        "class_",
        "class_2",
    ]


def models(*ids: str) -> dict[str, str]:
    return name_models({it: f"{it}.json" for it in ids}, taken={"close"})


def test_a_model_is_named_without_its_vendor() -> None:
    assert models("alibaba/wan2.2-pose") == {"alibaba/wan2.2-pose": "wan2_2_pose"}


def test_models_keep_their_vendors_when_they_would_share_a_name() -> None:
    assert models("a/pose", "b/pose", "b/depth") == {
        "a/pose": "a_pose",
        "b/pose": "b_pose",
        "b/depth": "depth",
    }


def test_models_are_numbered_when_even_the_vendors_agree() -> None:
    assert models("a/x-y", "a/x.y") == {"a/x-y": "a_x_y", "a/x.y": "a_x_y_2"}


def test_a_model_without_vendor_is_named_whole() -> None:
    assert models("veo3") == {"veo3": "veo3"}


def test_a_model_never_hides_a_method_of_the_client() -> None:
    assert models("a/close") == {"a/close": "close_2"}
