"""The page about the comparison's measurements, held against what it does now."""

from pathlib import Path

from benchmarks.diff.__main__ import OURS, THEIRS, Verdicts, ours, worst, write_missed
from benchmarks.diff.__main__ import write_table as table
from benchmarks.diff.edits import EDITS, NOTHING

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "benchmarks" / "diff.md").read_text("utf-8")


def test_the_page_says_of_ours_what_is_found_now() -> None:
    row = table([ours((*EDITS, *NOTHING))]).splitlines()[-1]

    counts, _, _ = row.removesuffix(" |").rpartition("|")
    assert row.startswith(f"| {OURS} |")
    assert f"\n{counts}|" in PAGE


def test_the_page_counts_the_edits_as_they_are() -> None:
    assert f"{len(EDITS)} single edits" in PAGE
    assert f"{len(NOTHING)} that change nothing" in PAGE


def test_a_missed_edit_is_named() -> None:
    silent = Verdicts(name=THEIRS, said=("none",) * len(EDITS), seconds=0.0)
    first = next(it for it in EDITS if it.severity == "breaking")

    assert write_missed([silent]).startswith(f"- {THEIRS}: {first.title} (none); ")


def test_a_comparison_that_failed_said_nothing_better() -> None:
    assert worst(["mild", "failed", "breaking"]) == "failed"
    assert worst([]) == "none"
