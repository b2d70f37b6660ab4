import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from subprocess import PIPE, Popen

import pytest
from msgspec.structs import replace

from mock_server import (
    MemoryStore,
    RedisStore,
    SqliteStore,
    Store,
    StoreError,
    UnknownJobError,
)
from mock_server.answers.prepared import Known, Prepared
from mock_server.exchange import Reply, json_reply
from mock_server.jobs import Change, Job, Webhook
from specs import Event, Registry


def make_job(key: str) -> Job:
    return Job(
        key=key,
        id=f"{key}:vendor/model",
        contract="provider:vendor/model",
        scenario="error",
        submitted=1.5,
        schedule=(Change(2.0, Event.START), Change(4.0, Event.FAIL)),
        forced=(Change(3.0, Event.CANCEL),),
        seed=7,
        inputs={"prompt": "Grüße\n\x00", "num_frames": 81},
    )


def add(store: Store, job: Job) -> bool:
    return asyncio.run(store.add(job))


def get(store: Store, key: str) -> Job | None:
    return asyncio.run(store.get(key))


def get_at_once(store: Store, key: str) -> Job:
    """Return a job that is there, of a store that does not wait."""
    looked = store.get(key)
    with pytest.raises(StopIteration) as found:
        looked.send(None)
    job: Job = found.value.value
    return job


@pytest.fixture(params=["memory", "sqlite", "redis"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "memory":
        yield MemoryStore()
        return
    opened: SqliteStore | RedisStore
    if request.param == "sqlite":
        opened = SqliteStore(tmp_path / "jobs.db")
    else:
        opened = RedisStore(request.getfixturevalue("redis_url"))
        opened.clear()
    yield opened
    opened.close()


def test_a_job_comes_back_as_it_was_added(store: Store) -> None:
    added = add(store, make_job("a"))

    assert added
    assert asyncio.run(store.get("a")) == make_job("a")
    assert asyncio.run(store.get("b")) is None


def test_a_webhook_comes_back_with_its_job(store: Store) -> None:
    job = replace(make_job("a"), webhook=Webhook(url="http://a/", origin="http://b"))
    add(store, job)

    assert asyncio.run(store.get("a")) == job


def test_a_key_is_given_out_once(store: Store) -> None:
    add(store, make_job("a"))

    assert not add(store, make_job("a"))
    assert len(store) == 1


def test_an_update_is_kept_and_returned(store: Store) -> None:
    add(store, make_job("a"))

    changed = store.update("a", lambda _: make_job("a2"))

    assert changed == make_job("a2")
    assert asyncio.run(store.get("a")) == changed


def test_an_update_that_raises_changes_nothing(store: Store) -> None:
    def refuse(_: Job) -> Job:
        raise ZeroDivisionError

    add(store, make_job("a"))

    with pytest.raises(ZeroDivisionError):
        store.update("a", refuse)

    assert asyncio.run(store.get("a")) == make_job("a")
    assert add(store, make_job("b"))


def test_an_unknown_job_cannot_be_updated(store: Store) -> None:
    with pytest.raises(UnknownJobError, match="'a': the store does not hold it"):
        store.update("a", lambda it: it)


def test_the_newest_jobs_come_first(store: Store) -> None:
    for key in "abc":
        add(store, make_job(key))

    assert [it.key for it in store.newest(2)] == ["c", "b"]


def test_a_deleted_job_is_gone(store: Store) -> None:
    add(store, make_job("a"))

    store.delete("a")

    assert asyncio.run(store.get("a")) is None
    assert len(store) == 0


def test_of_jobs_of_one_key_that_are_added_together_one_is_kept(store: Store) -> None:
    jobs = [make_job("a"), make_job("a"), make_job("b")]

    async def add_all() -> list[bool]:
        return await asyncio.gather(*map(store.add, jobs))

    assert asyncio.run(add_all()) == [True, False, True]
    assert len(store) == 2


def test_of_jobs_added_together_only_the_one_whose_key_is_taken_is_refused(
    store: Store,
) -> None:
    add(store, make_job("b"))

    async def together() -> list[bool]:
        return await asyncio.gather(*(store.add(make_job(it)) for it in "abc"))

    assert asyncio.run(together()) == [True, False, True]
    assert {it.key for it in store.newest(10)} == {"a", "b", "c"}


def test_a_cleared_store_is_empty(store: Store) -> None:
    add(store, make_job("a"))

    store.clear()

    assert len(store) == 0
    assert store.newest(10) == ()


def test_a_full_memory_forgets_the_oldest_job() -> None:
    store = MemoryStore(capacity=2)

    for key in "abc":
        add(store, make_job(key))

    assert [it.key for it in store.newest(10)] == ["c", "b"]


def test_a_file_keeps_its_jobs_when_it_is_opened_again(tmp_path: Path) -> None:
    first = SqliteStore(tmp_path / "jobs.db")
    add(first, make_job("a"))
    # Not closed before: what a crash leaves behind must do.
    second = SqliteStore(tmp_path / "jobs.db")

    found = asyncio.run(second.get("a"))

    first.close()
    second.close()
    assert found == make_job("a")


def test_a_missing_folder_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"jobs\.db: cannot keep jobs in this file"):
        SqliteStore(tmp_path / "nowhere" / "jobs.db")


def test_a_file_of_another_kind_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database, but long enough to be looked at" * 20)
    before = path.read_bytes()

    with pytest.raises(StoreError, match="name a file that does not exist yet"):
        SqliteStore(path)

    assert path.read_bytes() == before


def test_a_database_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE cats (name)")
    other.close()

    with pytest.raises(StoreError, match="it holds something else than jobs"):
        SqliteStore(path)


def test_a_file_that_takes_no_more_refuses_the_job(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "jobs.db")
    other = sqlite3.connect(tmp_path / "jobs.db", isolation_level=None)
    other.execute("DROP TABLE jobs")
    other.execute("CREATE TABLE jobs (key, job CHECK (job IS NULL))")

    with pytest.raises(StoreError, match="cannot take 1 jobs"):
        add(store, make_job("a"))

    assert asyncio.run(store.get("a")) is None
    store.close()
    other.close()


def test_a_redis_that_takes_no_more_refuses_the_job(redis_url: str) -> None:
    store = RedisStore(redis_url)
    store.clear()
    store._redis.set("reelspec:order", "in the way")

    with pytest.raises(StoreError, match="Redis cannot take 1 jobs"):
        add(store, make_job("a"))

    store._redis.flushdb()
    store.close()


def test_a_long_job_is_read_anew_each_time(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "jobs.db")
    job = replace(make_job("a"), inputs={"prompt": "x" * 5_000})
    add(store, job)

    assert asyncio.run(store.get("a")) == job
    store.close()


def test_a_change_of_another_process_is_seen_at_once(tmp_path: Path) -> None:
    ours = SqliteStore(tmp_path / "jobs.db")
    add(ours, make_job("a"))
    assert get(ours, "a") == get(ours, "a") == make_job("a")
    script = (
        "import sqlite3, sys; db = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "for seed in map(str, range(8, 108)):\n"
        "    row = db.execute('SELECT job FROM jobs').fetchone()[0]\n"
        "    old = str(int(seed) - 1)\n"
        "    new = row.replace(f'\"seed\":{old}'.encode(), f'\"seed\":{seed}'.encode())\n"
        "    db.execute('UPDATE jobs SET job = ?', (new,))\n"
        "    print(seed, flush=True); sys.stdin.readline()\n"
    )
    with Popen(
        [sys.executable, "-c", script, str(ours.path)], stdin=PIPE, stdout=PIPE
    ) as other:
        assert other.stdin
        assert other.stdout
        for seed in other.stdout:
            assert get(ours, "a") == replace(make_job("a"), seed=int(seed))
            other.stdin.write(b"\n")
            other.stdin.flush()
    ours.close()


def test_ten_thousand_open_jobs_are_neither_read_nor_prepared_again(
    tmp_path: Path, registry: Registry
) -> None:
    store, prepared = SqliteStore(tmp_path / "jobs.sqlite"), Prepared()
    contract = registry.contracts[0]
    keys = [f"{number:032x}" for number in range(10_000)]

    async def submit() -> None:
        await asyncio.gather(*(store.add(make_job(it)) for it in keys))

    def poll_all() -> list[Known]:
        jobs = [get_at_once(store, it) for it in keys]
        return [prepared.know(it, contract) for it in jobs]

    asyncio.run(submit())
    first, second = poll_all(), poll_all()
    store.close()

    assert all(one is other for one, other in zip(first, second, strict=True))


def test_an_answer_that_is_prepared_is_not_composed_again(registry: Registry) -> None:
    composed: list[Reply] = []

    def compose() -> Reply:
        composed.append(json_reply(200, {"status": "queued"}))
        return composed[-1]

    known = Known(make_job("a" * 32), registry.contracts[0])
    for what in ("logs", "none", "logs", "none"):
        assert known.answer(what, compose) == composed[0]

    assert len(composed) == 2


def test_nobody_takes_a_file_for_unused_while_a_store_has_it_open(
    tmp_path: Path,
) -> None:
    # Who gets this lock on the index of the log takes itself for the first to open the
    # file, and cuts the index short under all others, which then die of it.
    path = tmp_path / "jobs.db"
    store = SqliteStore(path)
    take = "import fcntl, sys; fcntl.lockf(open(sys.argv[1], 'r+b'), 6, 1, 128)"

    done = subprocess.run(
        [sys.executable, "-c", take, f"{path}-shm"],
        capture_output=True,
        text=True,
        check=False,
    )
    store.close()

    assert "BlockingIOError" in done.stderr


def test_a_store_waits_for_who_makes_the_same_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "jobs.db"
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waited = []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        other.execute("ROLLBACK")

    monkeypatch.setattr("mock_server.stores.files.sleep", wait)
    store = SqliteStore(path)
    store.close()
    other.close()

    assert len(waited) == 1


def test_a_file_that_somebody_never_lets_go_of_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "jobs.db"
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr("mock_server.stores.files._PATIENCE", -1.0)

    with pytest.raises(StoreError, match="database is locked"):
        SqliteStore(path)

    other.close()
