import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmarks.diff.edits import DROP, IN, SENT, Edit, document
from specs import DocumentError, vendored_folder
from specs.changes import (
    OUTPUTS,
    ChangeReport,
    Severity,
    Source,
    compare_sources,
    find_source,
)

NO_NOTE = Edit("", "", "", {f"{SENT}/note": DROP})


def write(folder: Path, **documents: dict[str, Any]) -> str:
    for name, raw in documents.items():
        path = folder / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(raw, indent=1))
    return str(folder)


def report(old: str, new: str) -> ChangeReport:
    sources = (find_source(it, folder=vendored_folder()) for it in (old, new))
    return compare_sources(*sources)


def test_one_change_made_to_forty_documents_is_told_once_with_the_forty_named(
    tmp_path: Path,
) -> None:
    names = [f"d{it:02}" for it in range(40)]
    old = write(tmp_path / "old", **{it: document() for it in names})
    new = write(tmp_path / "new", **{it: NO_NOTE.apply(document()) for it in names})

    found = report(old, new)

    (finding,) = found.findings
    assert finding.rule.id == "request-parameter-removed"
    assert [it.document for it in finding.occurrences] == [
        f"{new}/{it}.json" for it in names
    ]
    text = OUTPUTS["text"](found)
    assert "in 40 documents:" in text
    assert text.count("parameter removed") == 1
    assert all(f"{new}/{it}.json#" in text for it in names)


def test_the_same_change_at_other_addresses_is_told_once(tmp_path: Path) -> None:
    moved = Edit("", "", "", {"/paths/~1other": document()["paths"]["/make"]})
    other = moved.apply(document())
    del other["paths"]["/make"]
    gone = Edit("", "", "", {f"{SENT.replace('~1make', '~1other')}/note": DROP})
    old = write(tmp_path / "old", a=document(), b=other)
    new = write(tmp_path / "new", a=NO_NOTE.apply(document()), b=gone.apply(other))

    (finding,) = report(old, new).findings

    calls = [it.places[0].operation for it in finding.occurrences]
    assert calls == ["POST /make", "POST /other"]


def test_changes_alike_in_two_calls_of_one_document_are_told_apart(
    tmp_path: Path,
) -> None:
    raw = document()
    raw["paths"]["/make"]["put"] = raw["paths"]["/make"]["post"]
    old = write(tmp_path / "old", a=raw)
    both = {f"{it}/note": DROP for it in (SENT, SENT.replace("/post/", "/put/"))}
    raw = json.loads(json.dumps(raw))
    new = write(tmp_path / "new", a=Edit("", "", "", both).apply(raw))

    assert len(report(old, new).findings) == 2


def test_documents_that_came_and_went_are_told(tmp_path: Path) -> None:
    old = write(tmp_path / "old", a=document(), b=document())
    new = write(tmp_path / "new", b=document(), c=document())

    found = report(old, new)

    assert [(it.rule.id, it.before, it.after) for it in found.findings] == [
        ("document-removed", "a.json", found.findings[0].after),
        ("document-added", found.findings[1].before, "c.json"),
    ]
    assert found.compared == (f"{new}/b.json",)
    assert found.line(found.findings[0].occurrences[0]) == 1


def test_two_documents_are_compared_whatever_they_are_called(tmp_path: Path) -> None:
    write(tmp_path, a=document(), b=NO_NOTE.apply(document()))

    found = report(str(tmp_path / "a.json"), str(tmp_path / "b.json"))

    assert found.counts[Severity.BREAKING] == 1
    assert found.reaches(Severity.RISKY)
    text = (tmp_path / "b.json").read_text().splitlines()
    line = found.line(found.findings[0].occurrences[0])
    assert '"properties"' in text[line - 1]


def test_mild_changes_do_not_reach_a_worse_severity(tmp_path: Path) -> None:
    described = Edit("", "", "", {f"{IN}/description": "What to make."})
    write(tmp_path, a=document(), b=described.apply(document()))

    found = report(str(tmp_path / "a.json"), str(tmp_path / "b.json"))

    assert not found.reaches(Severity.COMPATIBLE)
    assert found.reaches(Severity.COSMETIC)


def test_a_specs_folder_has_documents_beside_their_facts_alone(tmp_path: Path) -> None:
    facts = '[lifecycle]\ninitial = "{}"\n'
    for side, initial in (("old", "new"), ("new", "busy")):
        write(tmp_path / side, **{"acme/a": document()})
        write(tmp_path / side, **{"notes/b": {"no": "document"}})
        (tmp_path / side / "acme" / "provider.toml").write_text(facts.format(initial))

    found = report(str(tmp_path / "old"), str(tmp_path / "new"))

    (finding,) = found.findings
    assert finding.rule.id == "lifecycle-initial-changed"
    assert finding.occurrences[0].document == f"{tmp_path}/new/acme/provider.toml"
    assert len(found.compared) == 1


def test_a_contract_is_its_vendored_document(tmp_path: Path) -> None:
    source = find_source("alibaba/wan2.2-vace-fun-a14b-pose", folder=vendored_folder())

    assert list(source.paths) == ["aimlapi/wan2.2-vace-fun-a14b-pose.json"]
    assert source.read(*source.paths)["openapi"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("alibaba/wan2.2-vace-fun-a14b-poses", "did you mean .*a14b-pose"),
        ("-x:y", "is no file, no folder"),
        ("no/such/folder/at/all", "check the name"),
    ],
)
def test_a_name_that_means_nothing_is_refused_with_near_ones(
    name: str, message: str
) -> None:
    with pytest.raises(DocumentError, match=message):
        find_source(name, folder=vendored_folder())


def test_a_near_file_is_suggested(tmp_path: Path) -> None:
    write(tmp_path, document=document())

    with pytest.raises(DocumentError, match=r"did you mean .*document\.json"):
        find_source(str(tmp_path / "documant.json"), folder=vendored_folder())


def test_a_folder_without_documents_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="holds no documents"):
        find_source(str(tmp_path), folder=vendored_folder())


def test_a_document_is_not_compared_with_a_folder(tmp_path: Path) -> None:
    folder = write(tmp_path, a=document())

    for sides in ((folder, f"{folder}/a.json"), (f"{folder}/a.json", folder)):
        with pytest.raises(DocumentError, match=r"a\.json: is one document, but"):
            report(*sides)


def test_a_file_that_is_no_document_is_refused(tmp_path: Path) -> None:
    write(tmp_path, a={"openapi": "2.0"})

    with pytest.raises(DocumentError, match=r"a\.json#/openapi: is not an OpenAPI"):
        report(str(tmp_path / "a.json"), str(tmp_path / "a.json"))


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def git(*arguments: str) -> None:
        who = ("-c", "user.name=a", "-c", "user.email=a@b.test")
        subprocess.run(("git", *who, *arguments), check=True, capture_output=True)

    monkeypatch.chdir(tmp_path)
    git("init", "--quiet", "--initial-branch=main")
    write(tmp_path / "specs", **{"acme/a": document()})
    (tmp_path / "specs" / "acme" / "provider.toml").write_text("")
    git("add", ".")
    git("commit", "--quiet", "--message", "Vendor it")
    write(tmp_path / "specs", **{"acme/a": NO_NOTE.apply(document())})
    return git


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("HEAD:specs", "specs"),
        ("main:specs/", "specs/"),
        ("HEAD:", "."),
        ("HEAD:specs/acme/a.json", "specs/acme/a.json"),
    ],
)
def test_what_git_has_is_compared_with_what_is_here(
    repository: Callable[..., None], old: str, new: str
) -> None:
    (finding,) = report(old, new).findings

    assert finding.rule.id == "request-parameter-removed"
    assert finding.occurrences[0].document.endswith("specs/acme/a.json")


def test_a_path_that_git_does_not_have_is_refused(
    repository: Callable[..., None],
) -> None:
    with pytest.raises(DocumentError, match=r"HEAD:gone: git has no 'gone' at 'HEAD'"):
        find_source("HEAD:gone", folder=vendored_folder())


def test_a_revision_that_git_does_not_have_is_no_revision(
    repository: Callable[..., None],
) -> None:
    with pytest.raises(DocumentError, match="no REVISION:PATH that git knows"):
        find_source("nowhere:specs", folder=vendored_folder())


def test_without_git_there_are_no_revisions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    with pytest.raises(DocumentError, match="no REVISION:PATH"):
        find_source("HEAD:specs", folder=vendored_folder())


def test_a_source_reads_only_what_it_is_asked_for() -> None:
    source = Source(
        name="x", is_folder=False, paths={"x": "x"}, contents={"x": b"\xef\xbb\xbf{}"}
    )

    assert source.text("x") == "{}"
