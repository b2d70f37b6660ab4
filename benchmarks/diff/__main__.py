"""Measures the comparison of documents beside a peer, on single edits of known worth.

Run as `python -m benchmarks.diff`; the peer needs Node and the package of package.json
beside it (`npm ci`), and is left out where it is not there. The table goes to
`benchmarks/diff.md`.
"""

import json
import shutil
import subprocess
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.diff.edits import EDITS, NOTHING, Edit, document
from specs.changes import Severity, compare

HERE = Path(__file__).parent
RESULT = HERE.parent / "diff.md"
PEER = HERE / "peer.mjs"
OURS, THEIRS = "reelspec specs diff", "api-smart-diff 1.0.6"

# The four severities of ours, and the four kinds of the peer: worth a look, or not.
KINDS = {"breaking": "breaking", "deprecated": "mild", "non-breaking": "mild"}
KINDS |= {"annotation": "mild", "unclassified": "mild"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """What one program said of each edit: `breaking`, `mild`, `none` or `failed`.

    *exact* counts the edits of which it said the rule and the severity that they deserve,
    and nothing else; None where its words are not ours.
    """

    name: str
    said: tuple[str, ...]
    seconds: float
    exact: int | None = None


def worst(kinds: Iterable[str]) -> str:
    """Return the worst of *kinds*."""
    order = ("failed", "breaking", "mild", "none")
    return min(kinds, key=order.index, default="none")


def ours(edits: Iterable[Edit]) -> Verdicts:
    """Return what our comparison says of *edits*."""
    said: list[str] = []
    exact = 0
    seconds = 0.0
    for edit in edits:
        before, after = document(), edit.apply(document())
        started = time.process_time()
        found = compare(before, after)
        seconds += time.process_time() - started
        kinds = [it.rule.severity for it in found]
        said.append(
            worst("breaking" if it is Severity.BREAKING else "mild" for it in kinds)
        )
        told = [(it.rule.id, it.rule.severity.value) for it in found]
        exact += told == ([(edit.rule, edit.severity)] if edit.rule else [])
    return Verdicts(name=OURS, said=tuple(said), seconds=seconds, exact=exact)


def theirs(edits: Iterable[Edit]) -> Verdicts | None:
    """Return what the peer says of *edits*; None where it is not installed."""
    node = shutil.which("node")
    if node is None or not (HERE / "node_modules").is_dir():
        return None
    pairs = [[document(), it.apply(document())] for it in edits]
    done = subprocess.run(  # noqa: S603  # no shell, and every word is ours
        [node, str(PEER)],
        input=json.dumps(pairs),
        capture_output=True,
        check=True,
        text=True,
    )
    value: Mapping[str, Any] = json.loads(done.stdout)
    said = tuple(worst(KINDS.get(it, it) for it in kinds) for kinds in value["kinds"])
    return Verdicts(name=THEIRS, said=said, seconds=value["seconds"])


def write_table(found: Iterable[Verdicts]) -> str:
    """Return the table, in Markdown."""
    every = (*EDITS, *NOTHING)
    breaking = [it.severity == "breaking" for it in every]
    same = [not it.severity for it in every]
    rows = [
        "| comparison | breaking edits told as breaking | milder edits not told as breaking "
        "| edits told at all | nothing told where nothing changed | rule and severity exact "
        "| CPU seconds |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for it in found:
        pairs = list(zip(it.said, breaking, same, strict=True))
        hits = sum(said == "breaking" for said, bad, _ in pairs if bad)
        mild = [said for said, bad, none in pairs if not (bad or none)]
        told = sum(said in ("breaking", "mild") for said, _, none in pairs if not none)
        quiet = sum(said == "none" for said, _, none in pairs if none)
        exact = "–" if it.exact is None else f"{it.exact} of {len(every)}"
        rows.append(
            f"| {it.name} | {hits} of {sum(breaking)} "
            f"| {sum(one in ('mild', 'none') for one in mild)} of {len(mild)} "
            f"| {told} of {len(EDITS)} | {quiet} of {len(NOTHING)} | {exact} "
            f"| {it.seconds:.2f} |"
        )
    return "\n".join(rows)


def write_missed(found: Iterable[Verdicts]) -> str:
    """Return the breaking edits that each comparison took for milder ones, or missed."""
    lines: list[str] = []
    for it in found:
        missed = [
            f"{edit.title} ({said})"
            for edit, said in zip(EDITS, it.said, strict=False)
            if edit.severity == "breaking" and said != "breaking"
        ]
        lines.append(f"- {it.name}: {'; '.join(missed) or 'none'}")
    return "\n".join(lines)


def replace(text: str, mark: str, content: str) -> str:
    """Return *text* with *content* between the comments called *mark*."""
    head, begin, rest = text.partition(f"<!-- {mark} -->\n")
    _, end, tail = rest.partition("<!-- end -->")
    return f"{head}{begin}{content}\n{end}{tail}"


def main() -> None:
    """Measure both, and put the tables into their page."""
    every = (*EDITS, *NOTHING)
    peer = theirs(every)
    found = [ours(every), *([peer] if peer else [])]
    table = write_table(found)
    print(table)
    if peer is None:
        print("The peer is not installed: the page is left as it is.")
        return
    page = replace(RESULT.read_text("utf-8"), "table", table)
    RESULT.write_text(replace(page, "missed", write_missed(found)), "utf-8")


if __name__ == "__main__":
    main()
