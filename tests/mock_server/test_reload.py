"""Documents that change while the mock is running."""

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import pytest

from mock_server import ManualClock, Server, build_app
from mock_server import reload as reload_module
from mock_server.reload import Reloader
from specs import Registry

Studio = Callable[..., Path]
KEY = {"X-Key": "Token k"}
BODY = {
    "properties": {"frames": {"type": "integer", "maximum": 9}},
    "required": ["frames"],
}


@pytest.fixture
def folder(make_studio: Studio) -> Path:
    return make_studio(body=BODY)


def change(folder: Path, maximum: int) -> None:
    """Have the document allow other frames."""
    path = folder / "studio" / "film.json"
    document = json.loads(path.read_text("utf-8"))
    submit = document["paths"]["/make/studio/film"]["post"]
    schema = submit["requestBody"]["content"]["application/json"]["schema"]
    schema["properties"]["frames"]["maximum"] = maximum
    path.write_text(json.dumps(document), "utf-8")


def test_nothing_is_read_while_nothing_changes(folder: Path) -> None:
    seen: list[Registry] = []
    reloader = Reloader(Registry.load(folder), seen.append)

    reloader.look()

    assert (seen, reloader.reloads, reloader.fault) == ([], 0, None)


def test_a_changed_document_is_read_anew(folder: Path) -> None:
    seen: list[Registry] = []
    reloader = Reloader(Registry.load(folder), seen.append)

    change(folder, 1_000)
    reloader.look()
    reloader.look()

    assert [it.contracts[0].model for it in seen] == ["studio/film"]
    assert reloader.reloads == 1


def test_a_new_overlay_is_read(folder: Path) -> None:
    seen: list[Registry] = []
    reloader = Reloader(Registry.load(folder), seen.append)

    overlays = folder / "studio" / "overlays"
    overlays.mkdir()
    action = {"target": "$.paths.*.post..frames", "update": {"maximum": 5}}
    overlays.joinpath("frames.json").write_text(
        json.dumps(
            {
                "overlay": "1.0.0",
                "info": {"title": "Frames", "version": "1"},
                "actions": [action],
            }
        )
    )
    reloader.look()

    (registry,) = seen
    assert len(registry.overlaid["studio/film.json"]) == 1


@pytest.mark.parametrize(
    "content", [b"{", b"\xff", b"[1]"], ids=["no-json", "no-text", "no-document"]
)
def test_a_faulty_document_is_said_and_not_served(
    folder: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    served = Registry.load(folder)
    seen: list[Registry] = []
    reloader = Reloader(served, seen.append)

    (folder / "studio" / "film.json").write_bytes(content)
    reloader.look()

    assert [it.contracts for it in seen] == [served.contracts]
    assert reloader.fault
    assert "still serving this contract as it was before" in caplog.text
    assert "Traceback" not in caplog.text


def test_faulty_facts_leave_everything_as_it_was(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[Registry] = []
    reloader = Reloader(Registry.load(folder), seen.append)
    facts = folder / "studio" / "provider.toml"
    before = facts.read_text("utf-8")

    facts.write_text("name =")
    reloader.look()

    assert not seen
    assert "provider.toml" in str(reloader.fault)
    assert "still serving the contracts from before" in caplog.text

    facts.write_text(before, "utf-8")
    reloader.look()

    assert reloader.fault is None
    assert len(seen) == 1


def test_a_file_that_goes_away_while_it_is_looked_at_is_passed_over(
    folder: Path,
) -> None:
    reloader = Reloader(Registry.load(folder), lambda _: None)
    (folder / "studio" / "lost.json").symlink_to(folder / "nowhere.json")

    reloader.look()

    assert reloader.fault is None


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Return what has every watching thread look once, and wait until it has."""
    go, done, over = Event(), Event(), Event()

    def pause() -> bool:
        done.set()
        go.wait()
        go.clear()
        return not over.is_set()

    def look() -> None:
        done.wait(10)
        done.clear()
        go.set()
        done.wait(10)

    monkeypatch.setattr(reload_module, "_pause", pause)
    yield look
    over.set()
    go.set()


def ask(client: httpx.Client, frames: int) -> httpx.Response:
    return client.post("/make/studio/film", json={"frames": frames}, headers=KEY)


def test_contracts_change_and_jobs_stay(
    folder: Path, looks: Callable[[], None], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    clock = ManualClock()
    app = build_app(Registry.load(folder), clock=clock, watch=True)
    with (
        Server(app) as server,
        httpx.Client(base_url=server.base_url) as client,
    ):
        job = ask(client, 9).json()["task"]["id"]
        refused = ask(client, 10)

        change(folder, 1_000)
        looks()

        accepted = ask(client, 10)
        clock.advance(100)
        done = client.get(f"/tasks/{job}", headers=KEY).json()
        health = client.get("/__mock__/health").json()

    assert [it.status_code for it in (refused, accepted)] == [400, 200]
    assert done["task"]["state"] == "done"
    assert (health["status"], health["reloads"]) == ("ok", 1)
    assert "serving what has changed" in caplog.text


def test_a_document_with_errors_keeps_the_old_contract_and_says_so(
    folder: Path, looks: Callable[[], None]
) -> None:
    app = build_app(Registry.load(folder), watch=True)
    with (
        Server(app) as server,
        httpx.Client(base_url=server.base_url) as client,
    ):
        (folder / "studio" / "film.json").write_text("{}")
        looks()

        answer = ask(client, 9)
        health: Any = client.get("/__mock__/health").json()

    assert answer.status_code == 200
    assert health["status"] == "stale"
    assert "studio/film.json" in health["fault"]


def test_a_faulty_document_leaves_the_others_to_be_read_anew(
    folder: Path, make_studio: Studio
) -> None:
    second = folder / "studio" / "second.json"
    first = folder / "studio" / "film.json"
    second.write_text(first.read_text("utf-8").replace("studio/film", "studio/second"))
    seen: list[Registry] = []
    reloader = Reloader(Registry.load(folder), seen.append)

    second.write_text("{")
    change(folder, 1_000)
    reloader.look()

    (found,) = seen
    bounds = {
        it.model: it.body.properties["frames"].schema.maximum  # type: ignore[attr-defined]  # it is a number
        for it in found.contracts
    }
    assert {name: int(it.value) for name, it in bounds.items() if it} == {
        "studio/film": 1_000,
        "studio/second": 9,
    }
    assert found.folder == folder
    assert "studio/second.json" in str(reloader.fault)
    assert reloader.reloads == 1

    second.write_text(first.read_text("utf-8").replace("studio/film", "studio/second"))
    reloader.look()

    assert (reloader.fault, reloader.reloads) == (None, 2)


def test_a_new_host_is_answered_for_without_a_restart(
    folder: Path, looks: Callable[[], None]
) -> None:
    app = build_app(Registry.load(folder), clock=ManualClock(), watch=True)
    with Server(app) as server, httpx.Client(base_url=server.base_url) as client:
        address = "/new.example.com/make/studio/film"
        before = client.post(address, json={"frames": 9}, headers=KEY)
        facts = folder / "studio" / "provider.toml"
        text = facts.read_text("utf-8")
        text = text.replace(
            'hosts = ["studio.example.com"]',
            'hosts = ["studio.example.com", "new.example.com"]',
        )
        facts.write_text(text, "utf-8")
        looks()
        after = client.post(address, json={"frames": 9}, headers=KEY)

    assert [it.status_code for it in (before, after)] == [404, 200]


def test_a_second_passes_between_two_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr(reload_module, "sleep", waits.append)

    assert reload_module._pause()
    assert waits == [1.0]
