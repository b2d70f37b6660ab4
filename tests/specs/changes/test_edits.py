"""One fact of a document is changed: exactly that is found, and what it is worth."""

import pytest

from benchmarks.diff.edits import EDITS, NOTHING, Edit, document
from specs.changes import RULES, compare

EVERY_EDIT = pytest.mark.parametrize("edit", EDITS, ids=[it.title for it in EDITS])


@EVERY_EDIT
def test_an_edit_is_found_as_what_it_is(edit: Edit) -> None:
    found = compare(document(), edit.apply(document()))

    assert [(it.rule.id, it.rule.severity.value) for it in found] == [
        (edit.rule, edit.severity)
    ]


@EVERY_EDIT
def test_an_edit_that_is_undone_is_found_as_its_mirror(edit: Edit) -> None:
    found = compare(edit.apply(document()), document())

    (back,) = found
    mirror = RULES[edit.rule].mirror
    assert back.rule.id == mirror or back.rule.mirror == edit.rule


@pytest.mark.parametrize("edit", NOTHING, ids=[it.title for it in NOTHING])
def test_nothing_is_found_when_the_document_says_the_same(edit: Edit) -> None:
    raw = edit.apply(document())

    assert compare(document(), raw) == compare(raw, document()) == ()


def test_every_rule_of_one_document_has_an_edit() -> None:
    held = {it.rule for it in EDITS} | {RULES[it.rule].mirror for it in EDITS}

    # What no document says by itself: test_report and test_lifecycles have these.
    beyond = {"document-added", "document-removed"} | {
        it
        for it in RULES
        if it.startswith(("lifecycle-initial", "lifecycle-outcome", "lifecycle-trans"))
    }
    assert set(RULES) - held == beyond


def test_at_least_seventy_edits_are_held_up() -> None:
    assert len(EDITS) >= 70
