"""What servers share beside jobs: the same claims for each place it may stand in."""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from threading import Event, Semaphore, Thread
from threading import enumerate as enumerate_threads
from weakref import ref

import pytest

from mock_server import (
    AgreedClock,
    Agreement,
    ClockError,
    MemoryStore,
    RedisStore,
    Rules,
    SqliteStore,
    Store,
    StoreError,
    put_rules,
)
from mock_server import agreement as agreement_module
from mock_server.agreement import keep_looking
from mock_server.stores.board import MemoryBoard


@pytest.fixture(params=["memory", "sqlite", "redis"])
def open_store(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[[], Store]]:
    """Return what opens one more server's view of one store."""
    opened: list[Store] = []
    memory = MemoryStore()

    def open_() -> Store:
        store: Store = memory
        if request.param == "sqlite":
            store = SqliteStore(tmp_path / "jobs.sqlite")
        if request.param == "redis":
            store = RedisStore(str(request.getfixturevalue("redis_url")))
        opened.append(store)
        return store

    if request.param == "redis":
        open_().board.change("settings", lambda _: b"{}")
    open_().board.clear()
    yield open_
    for it in opened:
        it.close()


def test_a_note_is_read_by_all(open_store: Callable[[], Store]) -> None:
    first, second = open_store().board, open_store().board
    first.change("name", lambda _: b"a")

    changed = second.change("name", lambda found: (found or b"") + b"b")

    assert (changed, first.read("name")) == (b"ab", b"ab")


def test_a_note_stays_as_it_is_where_its_change_fails(
    open_store: Callable[[], Store],
) -> None:
    board = open_store().board
    board.change("name", lambda _: b"a")

    def fail(_: bytes | None) -> bytes:
        raise LookupError

    with pytest.raises(LookupError):
        board.change("name", fail)

    assert board.read("name") == b"a"


def test_counts_are_of_all(open_store: Callable[[], Store]) -> None:
    first, second = open_store().board, open_store().board

    counts = [it.count("a") for it in (first, second, first)]

    assert (counts, second.count("b")) == ([1, 2, 3], 1)


def test_debts_are_of_all_until_they_are_paid(open_store: Callable[[], Store]) -> None:
    first, second = open_store().board, open_store().board
    for key in "cabb":
        first.owe(key)
    second.pay("b")
    second.pay("never owed")

    assert (first.owed("", 10), second.owed("", 1)) == (("a", "c"), ("a",))
    assert first.owed("a", 10) == ("c",)


def test_a_cleared_board_keeps_its_notes(open_store: Callable[[], Store]) -> None:
    board = open_store().board
    board.change("name", lambda _: b"a")
    board.count("a")
    board.owe("a")
    board.clear()

    assert (board.read("name"), board.count("a"), board.owed("", 1)) == (b"a", 1, ())


def test_polls_are_counted_of_so_many_jobs_only() -> None:
    board = MemoryBoard(capacity=1)

    assert [board.count(it) for it in "aaba"] == [1, 2, 1, 1]


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite"
    store = SqliteStore(path)
    with sqlite3.connect(path) as db:
        db.execute("DROP TABLE debts")
    db.close()

    with pytest.raises(StoreError, match=r"jobs\.sqlite: cannot share settings"):
        store.board.owe("a")

    store.close()


def test_servers_without_a_bell_agree_after_a_while(
    open_store: Callable[[], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = Agreement(open_store().board), Agreement(open_store().board)
    first.set_rules(Rules(default="stuck"))
    now = time.monotonic()
    monkeypatch.setattr(agreement_module, "monotonic", lambda: now + 1)

    deadline = now + 10  # a thread may have to look
    while second.settings.rules.default == "success":
        assert time.monotonic() < deadline

    assert second.settings.rules.default == "stuck"


def test_a_board_that_fails_leaves_what_held_and_says_so_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    board, looks = MemoryBoard(), Semaphore(0)
    agreement = Agreement(board)
    agreement.set_rules(Rules(default="stuck"))

    def fail(_: str) -> bytes:
        raise StoreError("Redis is away")

    def pause(_: float) -> None:
        looks.release()
        time.sleep(0.001)

    monkeypatch.setattr(board, "read", fail)
    monkeypatch.setattr(agreement_module, "sleep", pause)
    watching = Thread(target=keep_looking, args=(ref(agreement),))
    watching.start()
    for _ in range(3):
        assert looks.acquire(timeout=10)

    assert agreement._settings.rules.default == "stuck"
    assert caplog.text.count("Redis is away") == 1
    del agreement
    watching.join(10)
    assert not watching.is_alive()


def test_nobody_looks_at_a_board_that_is_to_be_closed(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    board, looking, closed = MemoryBoard(), Event(), Event()
    agreement = Agreement(board)

    def fail(_: str) -> bytes:
        looking.set()
        assert closed.wait(10)
        raise StoreError("it is closed")

    monkeypatch.setattr(board, "read", fail)
    watching = Thread(target=keep_looking, args=(ref(agreement),))
    watching.start()
    assert looking.wait(10)
    agreement.close()
    closed.set()
    watching.join(10)

    assert not watching.is_alive()
    assert "it is closed" not in caplog.text


def test_an_agreed_clock_goes_on_where_it_was_left(
    open_store: Callable[[], Store],
) -> None:
    clock = AgreedClock(Agreement(open_store().board), 100.0)
    clock.advance(20)

    again = AgreedClock(Agreement(open_store().board), 50.0)
    with pytest.raises(ClockError):
        again.advance(-1)

    assert again.now() == 120.0


@pytest.mark.parametrize(
    "note", [b"{", b"[]", b"{}", b'{"rules": {"default": "nobody"}, "time": 0.0}']
)
def test_a_note_of_another_version_is_as_good_as_none(note: bytes) -> None:
    board = MemoryBoard()
    board.change("settings", lambda _: note)

    assert Agreement(board).settings.rules == Rules()


def test_rules_are_put_in_force_by_who_does_not_stay(
    open_store: Callable[[], Store],
) -> None:
    rules, before = Rules(default="slow"), enumerate_threads()

    put_rules(open_store().board, rules)

    # The store may be closed, and the process forked: nobody is to look meanwhile.
    assert enumerate_threads() == before
    assert Agreement(open_store().board).settings.rules == rules


def test_the_loop_goes_on_while_the_file_is_asked(tmp_path: Path) -> None:
    async def scene(store: SqliteStore) -> bool:
        gone_on = Event()
        asked = asyncio.create_task(store.board.apart(lambda: gone_on.wait(10)))
        await asyncio.sleep(0)
        gone_on.set()
        return await asked

    with closing(SqliteStore(tmp_path / "jobs.sqlite")) as store:
        assert asyncio.run(scene(store))
