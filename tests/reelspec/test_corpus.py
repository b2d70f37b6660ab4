"""Every document of the field goes through `specs add`, or is refused by name.

They are no part of this checkout, so these claims run only where a folder `shared`
beside it holds them. What goes through is then held together: generated code to
mypy, and the mock to the documents.
"""

import subprocess
import sys
from collections.abc import Iterable
from datetime import date
from itertools import zip_longest
from pathlib import Path

import pytest

import codegen
import contract_tests
from contract_tests import Profile
from reelspec.targets import mock_target
from specs import Arrival, Registry, SpecError, land, plan_arrivals, refuse_faults

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
VIDEO = sorted(CORPUS.glob("video/*.json"))
HISTORY = sorted(CORPUS.glob("history/*/*.json"))
pytestmark = pytest.mark.skipif(
    not VIDEO, reason="the corpus of documents is not beside this checkout"
)

TODAY = date(2026, 1, 2)
SHARES = 4  # for as many processes to take part
NO_SUBMIT = "and so no model: it has only GET /v2/generate/video/"
REFUSED = {
    "kling-video-o1-video-to-video-edit.json": NO_SUBMIT,
    "longcat-video-distilled.json": NO_SUBMIT,
    # Its model is that of veo2-text-to-video.json; each goes through without the other.
    "veo2.json": "claims the model 'veo2', which aimlapi/veo2-text-to-video.json",
}


def vendor(folder: Path, *paths: Path, names: Iterable[str] = ()) -> None:
    """Vendor *paths* into *folder*, by other *names* if any are given."""
    arrivals = [
        Arrival(
            name=f"aimlapi/{name}",
            content=path.read_bytes(),
            source=f"file:{path.name}",
        )
        for path, name in zip(paths, [*names] or [it.name for it in paths], strict=True)
    ]
    land(folder, plan_arrivals(folder, arrivals, today=TODAY).files)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Vendor everything that goes through, in as many folders as it takes.

    Versions of one document claim the same model, so each needs a folder of its own.
    """
    home = tmp_path_factory.mktemp("corpus")
    vendor(home / "corpus", *(it for it in VIDEO if it.name not in REFUSED))
    versions: dict[str, list[Path]] = {}
    for path in HISTORY:
        versions.setdefault(path.parent.name, []).append(path)
    for index, row in enumerate(zip_longest(*versions.values())):
        found = [it for it in row if it is not None]
        names = [f"{it.parent.name}.json" for it in found]
        vendor(home / f"history{index}", *found, names=names)
    vendor(home / "alone", *(it for it in VIDEO if it.name == "veo2.json"))
    return sorted(home.iterdir())


@pytest.mark.parametrize("name", REFUSED)
def test_document_is_refused_with_pointer_and_reason_when_no_model_is_its_own(
    name: str, tmp_path: Path
) -> None:
    other = CORPUS / "video" / "veo2-text-to-video.json"
    vendor(tmp_path, other)

    with pytest.raises(SpecError) as caught:
        vendor(tmp_path, CORPUS / "video" / name)

    assert caught.value.pointer.startswith(f"aimlapi/{name}#/paths")
    assert REFUSED[name] in str(caught.value)


def test_every_other_document_goes_through_with_a_reason_for_each_fault(
    folders: list[Path],
) -> None:
    registries = [Registry.load(it) for it in folders]

    # 26 documents of one model, one of four, 11 versions, and veo2 by itself.
    assert sum(len(it.contracts) for it in registries) == 26 + 4 + 11 + 1
    for registry in registries:
        assert all(it.reason for it in refuse_faults(registry))


def test_generated_code_is_clean_under_strict_mypy(
    folders: list[Path], tmp_path: Path
) -> None:
    names = []
    for index, folder in enumerate(folders):
        files = codegen.generate(Registry.load(folder))
        # Packages of one name cannot be checked in one run.
        name = f"reel_clients{index}"
        names.append(name)
        for path, text in files.items():
            if path.startswith("reel_clients/"):
                target = tmp_path / path.replace("reel_clients", name, 1)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text.replace("reel_clients", name), "utf-8")

    done = subprocess.run(
        [
            *(sys.executable, "-m", "mypy", "--strict", "--python-version", "3.11"),
            *("--config-file", "/dev/null", "--cache-dir", str(tmp_path / "cache")),
            *names,
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-2000:]


@pytest.mark.parametrize("share", range(SHARES))
def test_mock_keeps_every_document(
    folders: list[Path], share: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = Profile(name="small", drawn=2, lives=1, steps=8, shrinking=3)
    monkeypatch.setitem(contract_tests.PROFILES, "small", small)
    broken = []
    for folder in folders:
        registry = Registry.load(folder)
        chosen = [it.id for it in registry.contracts[share::SHARES]]
        if chosen:
            with mock_target(registry) as target:
                report = contract_tests.run(
                    registry, target, contracts=chosen, profile="small"
                )
            broken += [it for it in report.contracts if not it.is_kept]
            assert len(report.contracts) == len(chosen)

    assert not broken
