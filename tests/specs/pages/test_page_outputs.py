import json
from pathlib import Path

from specs import PAGE_OUTPUTS, PageReport, Registry, check_pages, list_page_rules
from specs.pages.rules import RULES, Level
from tests.specs.pages.pages import INPAINT, URL, VIDEO, python


def report(folder: Path, registry: Registry) -> PageReport:
    page = folder / "page.md"
    body = f'"model": "{INPAINT}", "prompt": "a", "video_url": "{VIDEO}"'
    page.write_text(
        python(f'requests.post("{URL}", json={{{body}, "num_frames": 5}})')
        + f"\n`{INPAINT}`\n\n- `num_frames`: Default: 80\n"
    )
    return check_pages([page], registry)


def test_text_tells_the_line_the_rule_and_the_contract(
    tmp_path: Path, registry: Registry
) -> None:
    found = report(tmp_path, registry)

    assert PAGE_OUTPUTS["text"](found).replace(f"{tmp_path.as_posix()}/", "") == (
        "page.md:2: error: num_frames is 5\n"
        f"    outside-range; num_frames of aimlapi:{INPAINT} is at least 17\n"
        f"    {found.findings[0].pointer}\n"
        "page.md:7: warning: num_frames: Default: 80\n"
        "    prose-default; num_frames is 81 by default\n"
        f"    {found.findings[1].pointer}\n"
        "1 page, 1 example held to a contract: 1 error, 1 warning"
    )


def test_text_says_so_when_nothing_is_wrong(tmp_path: Path, registry: Registry) -> None:
    page = tmp_path / "page.md"
    page.write_text("Nothing.")

    assert PAGE_OUTPUTS["text"](check_pages([page, page], registry)) == (
        "2 pages, 0 examples held to a contract: nothing wrong"
    )


def test_text_leaves_out_a_pointer_that_there_is_not(
    tmp_path: Path, registry: Registry
) -> None:
    page = tmp_path / "page.md"
    page.write_text(python(f'requests.post("{URL}", json={{"model": "kling"}})'))

    lines = PAGE_OUTPUTS["text"](check_pages([page], registry)).splitlines()

    assert lines[1] == "    unknown-model; not vendored"
    assert len(lines) == 3


def test_json_holds_every_finding(tmp_path: Path, registry: Registry) -> None:
    value = json.loads(PAGE_OUTPUTS["json"](report(tmp_path, registry)))

    assert value["summary"] == {"error": 1, "warning": 1, "note": 0}
    assert [it["rule"] for it in value["findings"]] == [
        "outside-range",
        "prose-default",
    ]
    assert value["findings"][0]["line"] == 2


def test_annotations_stand_beside_the_lines(tmp_path: Path, registry: Registry) -> None:
    lines = PAGE_OUTPUTS["github"](report(tmp_path, registry)).splitlines()

    assert lines[0].startswith("::error file=")
    assert ",line=2,title=outside-range::num_frames is 5; " in lines[0]
    assert lines[1].startswith("::warning file=")


def test_sarif_has_a_rule_for_each_finding(tmp_path: Path, registry: Registry) -> None:
    run = json.loads(PAGE_OUTPUTS["sarif"](report(tmp_path, registry)))["runs"][0]

    assert [it["id"] for it in run["tool"]["driver"]["rules"]] == [
        it["ruleId"] for it in run["results"]
    ]
    place = run["results"][0]["locations"][0]
    assert place["physicalLocation"]["region"] == {"startLine": 2}
    assert "logicalLocations" not in place


def test_the_table_of_rules_is_in_order_of_level() -> None:
    levels = [it.level.rank for it in RULES.values()]

    assert levels == sorted(levels)
    assert all(
        f"| `{it.id}` | {it.level.value} |" in list_page_rules()
        for it in RULES.values()
    )
    assert all(it.meaning for it in Level)


def test_a_report_knows_how_bad_it_is(tmp_path: Path, registry: Registry) -> None:
    found = report(tmp_path, registry)

    assert found.reaches(Level.ERROR)
    assert not PageReport(pages=(), findings=(), examples=0).reaches(Level.NOTE)
