import numpy as np
import pytest

from mock_server.media.lettering import break_lines, draw_text, readable


def drawn(text: str, *, unit: float = 2.0, width: int = 400) -> bytes:
    luma = np.full((30, width), 16, np.uint8)
    draw_text(luma, text, left=2, top=2, unit=unit, shade=235)
    return luma.tobytes()


def test_no_two_letters_look_alike() -> None:
    letters = [chr(it) for it in range(32, 127)]

    assert len({drawn(it) for it in letters}) == len(letters)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("naïve café", "naive cafe"),
        ("狐 and 🦊", "□ and □"),
        ("a\tb\nc\x1b", "a b c "),
        ("\u202espoof", " spoof"),
        ("ﬁne", "fine"),
    ],
)
def test_a_text_is_shown_in_the_letters_that_there_are(text: str, shown: str) -> None:
    assert readable(text) == shown


def test_a_letter_that_is_missing_is_a_box_and_no_space() -> None:
    assert drawn("狐") == drawn("犬") != drawn(" ")


def test_a_text_ends_at_the_edge() -> None:
    assert drawn("abc", width=30) == drawn("abcdef", width=30)


@pytest.mark.parametrize("unit", [0.1, 0.6, 1.5, 3.0])
def test_a_text_is_drawn_at_any_size(unit: float) -> None:
    assert drawn("x", unit=unit) != drawn("", unit=unit)


@pytest.mark.parametrize(
    ("text", "columns", "most", "lines"),
    [
        ("", 10, 3, []),
        ("one two three", 7, 3, ["one two", "three"]),
        ("one two three four", 7, 2, ["one two", "thre..."]),
        ("unbreakable", 4, 9, ["unbr", "eaka", "ble"]),
        ("ab cd", 1, 2, ["a", "..."]),
        ("ab", 0, 5, ["a", "b"]),
        ("one", 5, 0, []),
    ],
)
def test_a_text_is_broken_into_lines(
    text: str, columns: int, most: int, lines: list[str]
) -> None:
    assert list(break_lines(text, columns=columns, most=most)) == lines
