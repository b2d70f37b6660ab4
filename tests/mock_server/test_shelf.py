from collections.abc import Iterator
from pathlib import Path

import pytest

from mock_server import RedisStore, SqliteStore
from mock_server.stores.shelf import MemoryShelf, RedisShelf, Shelf, SqliteShelf


@pytest.fixture(params=["memory", "sqlite", "redis"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shelf]:
    if request.param == "memory":
        yield MemoryShelf(most=3, size=10_000)
    elif request.param == "sqlite":
        opened = SqliteShelf(tmp_path / "jobs.db", most=3, size=10_000)
        yield opened
        opened.close()
    else:
        store = RedisStore(request.getfixturevalue("redis_url"))
        store._redis.flushdb()
        yield RedisShelf(store._redis, most=3, size=10_000)
        store.close()


def rows(shelf: Shelf, count: int = 10) -> list[bytes]:
    return [row for _, row in shelf.newest(count)]


def test_the_newest_row_comes_first_with_its_number(shelf: Shelf) -> None:
    shelf.append([b"a"])
    shelf.append([b"b", b"c"])

    assert shelf.newest(2) == [(3, b"c"), (2, b"b")]
    assert len(shelf) == 3


def test_the_oldest_rows_go_past_so_many(shelf: Shelf) -> None:
    shelf.append([b"a", b"b"])
    shelf.append([b"c", b"d"])

    assert rows(shelf) == [b"d", b"c", b"b"]


def test_many_rows_at_once_stay_in_order(shelf: Shelf) -> None:
    shelf.append([b"%d" % it for it in range(1_234)])

    assert rows(shelf) == [b"1233", b"1232", b"1231"]


def test_the_oldest_rows_go_past_so_many_bytes(shelf: Shelf) -> None:
    shelf.append([b"a" * 6_000])
    shelf.append([b"b" * 6_000])

    assert rows(shelf) == [b"b" * 6_000]


def test_a_cleared_shelf_is_empty_and_gives_out_new_numbers(shelf: Shelf) -> None:
    shelf.append([b"a"])

    shelf.clear()
    shelf.append([b"b"])

    assert shelf.newest(10) == [(2, b"b")]


def test_a_shelf_stands_in_the_file_of_the_jobs_and_outlives_the_server(
    tmp_path: Path,
) -> None:
    path = tmp_path / "jobs.db"
    store, first = SqliteStore(path), SqliteShelf(path)
    first.append([b"a"])
    # Not closed before: what a crash leaves behind must do.
    second = SqliteShelf(path)

    found = second.newest(1)

    for it in (store, first, second):
        it.close()
    assert found == [(1, b"a")]


def test_two_servers_on_one_shelf_number_together(tmp_path: Path) -> None:
    first, second = (SqliteShelf(tmp_path / "jobs.db") for _ in range(2))
    first.append([b"a"])
    second.append([b"b"])

    found = first.newest(2)

    first.close()
    second.close()
    assert found == [(2, b"b"), (1, b"a")]
