import asyncio
from collections.abc import Callable, Sequence
from threading import Event

import pytest

from mock_server.jobs import Job
from mock_server.stores.group_commit import GroupCommit


def make_job(key: str) -> Job:
    return Job(
        key=key, id=key, contract="c", scenario="success", submitted=0.0, schedule=()
    )


class Disk:
    """Notes the keys of each group, which it may hold up or refuse."""

    def __init__(self) -> None:
        self.groups: list[list[str]] = []
        self.open = Event()
        self.open.set()
        self.error: Exception | None = None

    def write(self, jobs: Sequence[Job]) -> None:
        assert self.open.wait(10)
        if self.error:
            raise self.error
        self.groups.append([it.key for it in jobs])


@pytest.fixture
def disk() -> Disk:
    return Disk()


async def submit(commit: GroupCommit, key: str) -> None:
    commit.add(make_job(key))
    await commit.settle()


async def reached(condition: Callable[[], bool]) -> None:
    while not condition():  # another thread makes it so
        await asyncio.sleep(0)


def test_what_one_round_of_the_loop_adds_is_written_together(disk: Disk) -> None:
    async def scene() -> None:
        commit = GroupCommit(disk.write)
        await asyncio.gather(*(submit(commit, it) for it in "abc"))
        commit.close()

    asyncio.run(scene())

    assert disk.groups == [["a", "b", "c"]]


def test_what_comes_while_a_group_is_written_makes_the_next(disk: Disk) -> None:
    async def scene() -> None:
        commit = GroupCommit(disk.write)
        disk.open.clear()
        first = asyncio.create_task(submit(commit, "a"))
        await reached(lambda: bool(commit._current.jobs))
        later = [asyncio.create_task(submit(commit, it)) for it in "bc"]
        await asyncio.sleep(0)
        assert commit.get("a") == make_job("a")
        assert commit.get("c") == make_job("c")
        disk.open.set()
        await asyncio.gather(first, *later)
        assert commit.get("a") is None
        commit.close()

    asyncio.run(scene())

    assert disk.groups == [["a"], ["b", "c"]]


def test_everybody_of_a_group_hears_that_it_failed(disk: Disk) -> None:
    async def scene() -> list[BaseException | None]:
        commit = GroupCommit(disk.write)
        disk.error = OSError("full")
        made = await asyncio.gather(
            *(submit(commit, it) for it in "ab"), return_exceptions=True
        )
        assert commit.get("a") is None
        disk.error = None
        await submit(commit, "c")
        commit.close()
        return [*made]

    assert [str(it) for it in asyncio.run(scene())] == ["full", "full"]
    assert disk.groups == [["c"]]


def test_one_who_gives_up_takes_nobody_along(disk: Disk) -> None:
    async def scene() -> None:
        commit = GroupCommit(disk.write)
        disk.open.clear()
        impatient = asyncio.create_task(submit(commit, "a"))
        patient = asyncio.create_task(submit(commit, "b"))
        await reached(lambda: bool(commit._current.jobs))
        impatient.cancel()
        disk.open.set()
        await patient
        commit.close()

    asyncio.run(scene())

    assert disk.groups == [["a", "b"]]


def test_a_loop_that_is_gone_is_not_woken(disk: Disk) -> None:
    commit = GroupCommit(disk.write)
    disk.open.clear()

    async def leave() -> None:
        task = asyncio.create_task(submit(commit, "a"))
        await reached(lambda: bool(commit._current.jobs))
        task.cancel()

    asyncio.run(leave())
    disk.open.set()
    commit.close()

    assert disk.groups == [["a"]]


def test_nothing_to_settle_takes_no_time(disk: Disk) -> None:
    commit = GroupCommit(disk.write)

    asyncio.run(commit.settle())
    commit.close()

    assert not disk.groups
