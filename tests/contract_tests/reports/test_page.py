"""The page shows everything, and nothing of what it shows is obeyed."""

import re
import subprocess
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from contract_tests import Report, Verdict
from contract_tests.reports import TransitionResult, to_html
from contract_tests.reports.page.diagram import HEIGHT, WIDTH, diagram_of
from contract_tests.reports.page.grid import grid_of
from tests.contract_tests.reports.conftest import (
    HOSTILE,
    make_contract,
    make_report,
    make_rule,
)

VOID = {"meta", "link"}

Browse = Callable[[Report], tuple[str, list[str]]]


class Reader(HTMLParser):
    """The texts and the tags of a page, and which tags were left open."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def read(report: Report) -> Reader:
    reader = Reader()
    reader.feed(to_html(report))
    reader.close()
    return reader


def words_of(report: Report) -> str:
    return " ".join(" ".join(read(report).texts).split())


@pytest.mark.parametrize("name", ["broken", "hostile"])
def test_the_page_is_closed_and_asks_for_nothing(
    name: str, request: pytest.FixtureRequest
) -> None:
    reader = read(request.getfixturevalue(name))

    assert reader.open == []
    assert not {"script", "img", "iframe", "form", "object", "base"} & {
        tag for tag, _ in reader.tags
    }
    for tag, attributes in reader.tags:
        assert not any(it.startswith("on") or it == "style" for it in attributes)
        for link in ("href", "src", "xlink:href"):
            target = attributes.get(link) or "#"
            assert target.startswith("#") or (tag, target) == ("link", "data:,")


def test_hostile_text_stays_text(hostile: Report) -> None:
    assert words_of(hostile).count(HOSTILE) >= 8
    assert "<script>" not in to_html(hostile)


def test_the_page_tells_every_fault_as_the_terminal_does(broken: Report) -> None:
    words = words_of(broken)

    for it in broken.faults:
        for told in (it.fault.claim, it.fault.problem, it.fault.curl, it.again):
            assert " ".join(told.split()) in words


def test_the_page_counts_each_way_of_a_job_and_times_each_test(
    broken: Report,
) -> None:
    texts = [it.strip() for it in read(broken).texts]

    ways = [it for result in broken.contracts for it in result.transitions]
    tests = [it for result in broken.contracts for it in result.tests]
    assert [it for it in texts if re.fullmatch(r"×\d+", it)] == [
        f"×{it.seen}" for it in ways
    ]
    assert max(it.seen for it in ways) > 1
    for it in tests:
        assert f"{it.seconds:.2f}" in texts[texts.index(it.test) :]


def test_the_grid_has_every_rule_side_once(broken: Report) -> None:
    for result in broken.contracts:
        grid = grid_of(result.rules)
        shown = [
            side
            for row in grid.rows
            for cell in row.cells
            if cell is not None
            for side in cell.sides
        ]
        assert sorted(map(repr, shown)) == sorted(map(repr, result.rules))
        assert all(len(row.cells) == len(grid.keywords) for row in grid.rows)


def test_a_cell_is_as_bad_as_its_worst_side() -> None:
    proved, failed, missed = (
        make_rule(verdict=it) for it in (Verdict.PROVED, Verdict.FAILED, Verdict.MISSED)
    )

    worst = [
        grid_of(it).rows[0].cells[0]
        for it in ((proved, missed, failed), (proved, missed), (proved, proved))
    ]

    assert [it.verdict for it in worst if it] == [
        failed.verdict,
        missed.verdict,
        proved.verdict,
    ]
    assert [it.proved for it in worst if it] == [1, 1, 2]


def test_a_cell_shows_a_value_where_it_is_one() -> None:
    def value(*rules: str, keyword: str = "enum") -> str:
        cell = grid_of([make_rule(keyword=keyword, value=it) for it in rules]).rows[0]
        return cell.cells[0].value if cell.cells[0] else "no cell"

    assert value("17", "17", keyword="minimum") == "17"
    assert value('"string"', keyword="type") == "string"
    assert value('"a"', '"b"') == ""
    assert value('"prompt"', keyword="required") == ""


def test_the_drawing_has_every_state_and_every_way(broken: Report) -> None:
    for result in broken.contracts:
        drawn = diagram_of(result)
        states = {it.before for it in result.transitions} | {
            it.after for it in result.transitions
        }
        assert {it.state for it in drawn.boxes} == states
        assert tuple(it.transition for it in drawn.arrows) == result.transitions
        ends = {it.before for it in result.transitions}
        assert {it.state for it in drawn.boxes if it.is_terminal} == states - ends


def test_no_two_states_of_a_drawing_overlap(broken: Report) -> None:
    for result in broken.contracts:
        drawn = diagram_of(result)
        corners = sorted((it.x, it.y) for it in drawn.boxes)
        for x, y in corners:
            assert x + WIDTH <= drawn.width
            assert y + HEIGHT <= drawn.height
        for (x, y), (next_x, next_y) in pairwise(corners):
            assert next_x >= x + WIDTH or next_y >= y + HEIGHT


def test_a_lifecycle_with_a_way_back_can_be_drawn() -> None:
    ways = (("queued", "working"), ("working", "queued"), ("working", "done"))
    result = make_contract(
        transitions=tuple(
            TransitionResult(before=a, after=b, events=("x",), seen=0) for a, b in ways
        )
    )

    drawn = diagram_of(result)

    assert [it.state for it in drawn.boxes] == ["queued", "working", "done"]
    assert len(drawn.arrows) == 3


def test_steps_that_nobody_saw_apart_are_drawn_as_one() -> None:
    skipped = TransitionResult(before="queued", after="done", events=(), seen=2)
    table = TransitionResult(before="queued", after="done", events=("x",), seen=0)
    unknown = TransitionResult(before="queued", after="lost", events=(), seen=1)

    words = words_of(make_report(make_contract(transitions=(table, skipped, unknown))))

    assert "in one step ×2" in words
    assert "lost" not in words


# --- in a real browser


@pytest.fixture
def browse(tmp_path: Path, chromium: str) -> Browse:
    """Return a function that opens a report, and gives the document and the console."""

    def open_(report: Report) -> tuple[str, list[str]]:
        page = tmp_path / "report.html"
        page.write_text(to_html(report), "utf-8")
        done = subprocess.run(
            [
                chromium,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--disable-background-networking",
                "--enable-logging=stderr",
                f"--user-data-dir={tmp_path / 'profile'}",
                "--dump-dom",
                page.as_uri(),
            ],
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        said = [it for it in done.stderr.splitlines() if "CONSOLE" in it]
        return done.stdout, said

    return open_


def test_a_browser_has_nothing_to_complain_of(browse: Browse, hostile: Report) -> None:
    document, console = browse(hostile)

    assert console == []
    assert "<script" not in document
    assert "&lt;script&gt;alert(1)" in document


def test_a_browser_would_complain_of_a_script(
    browse: Browse, hostile: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = "<script>document.title = 'taken'</script></body>"
    page = to_html(hostile).replace("</body>", script)
    monkeypatch.setitem(globals(), "to_html", lambda _: page)

    document, console = browse(hostile)

    assert any("Content Security Policy" in it for it in console)
    assert "<title>taken" not in document


def test_a_browser_shows_every_rule_and_its_verdict(
    browse: Browse, broken: Report
) -> None:
    document, console = browse(broken)

    words = " ".join(re.sub(r"<[^>]+>", " ", document).split())
    assert console == []
    for result in broken.contracts:
        for it in result.rules:
            assert it.pointer in words
            assert f"{it.side}, {it.verdict.value}:" in words
    worst = [
        cell.verdict
        for result in broken.contracts
        for row in grid_of(result.rules).rows
        for cell in row.cells
        if cell
    ]
    assert Verdict.FAILED in worst
    assert document.count('class="cell failed"') == worst.count(Verdict.FAILED)
