import json
import re
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from benchmarks.diff.edits import BACK, DROP, EDITS, IN, SENT, Edit, document
from specs.changes import OUTPUTS, ChangeReport, Severity, Source, compare_sources
from specs.changes.outputs.listing import list_rules
from specs.changes.outputs.machine import SCHEMA_FILE
from specs.changes.outputs.markdown import escape
from specs.changes.rules import RULES

HOSTILE = (
    "a|b`c`<script>alert(1)</script> [x](javascript:1) ![y](//e.test) @team #1 "
    "&lt; *b* _i_ ~s~ {0} \\ \x1b[31m\u202e\ud800 %0A ::error::x\r\n::error::y,z:"
)


def report(
    changes: Mapping[str, Any] | None = None, *, name: str = "new.json"
) -> ChangeReport:
    """Return what the *changes* of the document come to."""
    raw = Edit("", "", "", changes or {}).apply(document())
    old, new = (
        Source(
            name=it,
            is_folder=False,
            paths={it: it},
            contents={it: json.dumps(content, indent=1).encode()},
        )
        for it, content in (("old.json", document()), (name, raw))
    )
    return compare_sources(old, new)


def several() -> ChangeReport:
    return report(
        {
            f"{SENT}/note": DROP,
            f"{SENT}/size/default": "720p",
            f"{SENT}/frames/minimum": 1,
            f"{SENT}/prompt/description": "The film.",
        }
    )


def hostile() -> ChangeReport:
    return report(
        {
            f"{SENT}/{HOSTILE.replace('~', '~0').replace('/', '~1')}": {},
            f"{SENT}/size/default": HOSTILE,
            f"{SENT}/size/enum": ["480p", "580p", "720p", HOSTILE],
        },
        name=HOSTILE,
    )


def test_text_tells_the_worst_first_and_how_much_there_is() -> None:
    lines = OUTPUTS["text"](several()).splitlines()

    assert lines[0] == "breaking    note: parameter removed (was string)"
    assert lines[1].strip() == "request, request-parameter-removed; POST /make body"
    assert lines[2].endswith("/properties/note (old)")
    assert 'risky       size: default changed ("480p" → "720p")' in lines
    assert "compatible  frames: minimum widened (17 → 1)" in lines
    assert lines[-2].startswith("cosmetic    prompt: description changed")
    assert lines[-1] == (
        "1 document compared: 1 breaking, 1 risky, 1 compatible, 1 cosmetic"
    )


def test_text_says_so_when_nothing_changed() -> None:
    assert OUTPUTS["text"](report()) == "1 document compared: nothing changed"


def test_text_names_every_parameter_that_shares_a_schema() -> None:
    image = {"$ref": "#/components/schemas/Image"}
    raw = Edit("", "", "", {f"{SENT}/p{it}": image for it in range(4)}).apply(
        document()
    )
    tight = json.loads(json.dumps(raw))
    tight["components"]["schemas"]["Image"]["maxLength"] = 9
    old, new = (
        Source(
            name="x",
            is_folder=False,
            paths={"x": "x"},
            contents={"x": json.dumps(it).encode()},
        )
        for it in (raw, tight)
    )

    text = OUTPUTS["text"](compare_sources(old, new))

    assert "images.[], p0, p1 and 2 more: max length tightened (2000 → 9)" in text


def test_markdown_is_a_table_for_each_severity_with_the_mild_ones_folded() -> None:
    text = OUTPUTS["markdown"](several())

    assert text.startswith("**1 document compared: 1 breaking")
    assert "### Breaking (1)" in text
    assert "<details><summary>Compatible (1)" in text
    assert text.count("<details>") == text.count("</details>") == 2
    row = next(it for it in text.splitlines() if it.startswith("| note"))
    assert row.count("|") == 4
    assert "<code>request-parameter-removed</code>" in row


def test_markdown_of_many_changes_is_cut_to_what_code_hosts_take() -> None:
    many = {f"{SENT}/{'p' * 80}{it}": {"type": "string"} for it in range(500)}

    text = OUTPUTS["markdown"](report(many))

    assert len(text) < 65_536
    assert re.search(r"… and \d+ lines more\.$", text)


@given(text=st.text())
def test_markdown_leaves_nothing_that_could_be_markup(text: str) -> None:
    plain = re.sub(r"&#\d+;", "", escape(text))

    assert all(it.isalnum() or it in " .,;()→…-" for it in plain)


@pytest.mark.parametrize("form", OUTPUTS)
def test_no_form_lets_a_document_write_controls(form: str) -> None:
    text = OUTPUTS[form](hostile())

    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "\r" not in text
    text.encode("utf-8")


def test_markdown_lets_a_document_write_no_markup() -> None:
    text = OUTPUTS["markdown"](hostile())

    tags = set(re.findall(r"<[^>]*>", text))
    assert tags <= {
        *("<code>", "</code>", "<br>", "<summary>", "</summary>"),
        *("<details>", "</details>"),
    }
    assert "](" not in text
    assert "@" not in text


def test_annotations_let_a_document_start_no_command() -> None:
    lines = OUTPUTS["github"](hostile()).splitlines()

    starts = re.compile(r"::(error|warning|notice) file=[^,]*,line=\d+,title=[\w-]+::")
    assert lines
    assert all(starts.match(it) for it in lines)


def test_annotations_mark_the_line_and_leave_words_out() -> None:
    lines = OUTPUTS["github"](several()).splitlines()

    assert [it.partition(" ")[0] for it in lines] == [
        "::error",
        "::warning",
        "::notice",
    ]
    assert re.match(
        r"::warning file=new\.json,line=\d{2,},title=request-default", lines[1]
    )


def test_annotations_of_no_change_are_empty() -> None:
    assert OUTPUTS["github"](report()) == ""


@pytest.mark.parametrize("make", [several, hostile, report])
def test_json_keeps_to_its_schema(make: Any) -> None:
    schema = json.loads(SCHEMA_FILE.read_text("utf-8"))
    Draft202012Validator.check_schema(schema)

    value = json.loads(OUTPUTS["json"](make()))

    Draft202012Validator(schema).validate(value)


def test_json_has_every_change_of_the_table_in_its_schema() -> None:
    schema = Draft202012Validator(json.loads(SCHEMA_FILE.read_text("utf-8")))
    for edit in EDITS:
        value = json.loads(OUTPUTS["json"](report(edit.changes)))

        schema.validate(value)
        assert [it["rule"] for it in value["findings"]] == [edit.rule]


def test_json_tells_what_was_and_what_is() -> None:
    value = json.loads(OUTPUTS["json"](report({f"{BACK}/log/maxLength": DROP})))

    (finding,) = value["findings"]
    assert finding["before"] == 99
    assert "after" not in finding
    (where,) = finding["documents"]
    assert where["in"] == "old"
    assert where["pointer"].endswith("/log/maxLength")
    assert where["places"] == [
        {"operation": "GET /jobs/{id}", "location": "200", "path": ["log"]}
    ]


def test_sarif_is_a_log_of_one_run_with_its_rules() -> None:
    log = json.loads(OUTPUTS["sarif"](several()))

    (run,) = log["runs"]
    rules = [it["id"] for it in run["tool"]["driver"]["rules"]]
    assert log["version"] == "2.1.0"
    assert [it["ruleId"] for it in run["results"]] == rules
    assert [it["level"] for it in run["results"]] == [
        "error",
        "warning",
        "note",
        "none",
    ]
    for index, it in enumerate(run["results"]):
        assert it["ruleIndex"] == index
        place = it["locations"][0]["physicalLocation"]
        assert place["artifactLocation"] == {"uri": "new.json"}
        assert place["region"]["startLine"] > 1


def test_sarif_lets_a_document_write_no_link_and_no_placeholder() -> None:
    log = json.loads(OUTPUTS["sarif"](hostile()))

    for it in log["runs"][0]["results"]:
        text = it["message"]["text"]
        assert not re.search(r"(?<!\\)\[", text)
        assert not re.search(r"(?<!\{)\{(?:\{\{)*(?!\{)", text)
        uri = it["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"[\w.%/~-]+", uri)


def test_every_severity_has_words_for_people() -> None:
    text = OUTPUTS["markdown"](report({f"{IN}/title": "Film"}))

    assert Severity.COSMETIC.meaning in text


def test_the_rules_are_listed_in_a_table_with_a_row_for_each() -> None:
    _, _, *rows = list_rules().splitlines()

    assert [row.split("`")[1] for row in rows] == sorted(RULES)
    assert all(RULES[row.split("`")[1]].meaning in row for row in rows)
