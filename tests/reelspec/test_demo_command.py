import json
import shutil
from pathlib import Path

from click.testing import CliRunner

from contract_tests import measure
from reelspec.cli import main
from reelspec.codes import Exit
from specs import Event, Registry, vendored_folder

ROOT = Path(__file__).resolve().parents[2]


def test_the_demo_makes_one_checked_video_per_contract(tmp_path: Path) -> None:
    out = tmp_path / "out"
    arguments = [
        "demo",
        "--out",
        str(out),
        "--generated",
        str(ROOT / "generated"),
        "--json",
    ]

    result = CliRunner().invoke(main, arguments)

    assert result.exit_code == Exit.OK, result.stderr
    rows = json.loads(result.stdout)
    contracts = Registry.load(vendored_folder()).contracts
    assert [it["contract"] for it in rows] == [it.id for it in contracts]
    for row, contract in zip(rows, contracts, strict=True):
        assert row["problems"] == []
        assert row["kept"] is True
        assert set(row["states"]) == set(contract.lifecycle.path(Event.COMPLETE))
        assert measure(Path(row["file"])).frames == row["asked"]["num_frames"]


def test_the_demo_refuses_stale_clients(tmp_path: Path) -> None:
    clients = tmp_path / "generated"
    shutil.copytree(ROOT / "generated", clients)
    next(clients.rglob("errors.py")).unlink()

    result = CliRunner().invoke(main, ["demo", "--generated", str(clients)])

    assert result.exit_code == Exit.FINDINGS
    assert "run `reelspec generate`" in result.stderr
    assert not (tmp_path / "out").exists()
