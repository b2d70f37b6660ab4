import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from mock_server.jobs import Job
from mock_server.stores.grouping import Grouped


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
        self.begun = Event()
        self.error: Exception | None = None
        self.taken: set[str] = set()

    def write(self, jobs: Sequence[Job]) -> Sequence[bool]:
        self.begun.set()
        assert self.open.wait(10)
        if self.error:
            raise self.error
        self.groups.append([it.key for it in jobs])
        return [it.key not in self.taken for it in jobs]


@pytest.fixture
def disk() -> Disk:
    return Disk()


async def submit(commit: Grouped[Job, bool], *keys: str) -> list[bool | BaseException]:
    adding = (commit.ask(make_job(it)) for it in keys)
    return await asyncio.gather(*adding, return_exceptions=True)


def test_what_one_round_of_the_loop_adds_is_written_together(disk: Disk) -> None:
    commit = Grouped(disk.write)

    asyncio.run(submit(commit, "a", "b", "c"))
    asyncio.run(submit(commit, "d"))

    assert disk.groups == [["a", "b", "c"], ["d"]]


def test_what_the_next_rounds_add_is_written_with_it(disk: Disk) -> None:
    async def submit_later(commit: Grouped[Job, bool], rounds: int) -> None:
        for _ in range(rounds):
            await asyncio.sleep(0)
        await submit(commit, f"after {rounds}")

    async def scene(*all_rounds: int) -> None:
        commit = Grouped(disk.write)
        await asyncio.gather(*(submit_later(commit, it) for it in all_rounds))

    asyncio.run(scene(0, 1, 2, 9))

    assert disk.groups == [["after 0", "after 1", "after 2"], ["after 9"]]


def test_a_group_that_never_ends_goes_when_it_is_large(disk: Disk) -> None:
    async def scene() -> None:
        commit = Grouped(disk.write)
        submits: list[asyncio.Task[list[bool | BaseException]]] = []
        while not disk.groups:
            submits.append(asyncio.create_task(submit(commit, f"{len(submits)}")))
            await asyncio.sleep(0)
        await asyncio.gather(*submits)

    asyncio.run(scene())

    assert len(disk.groups[0]) == 256


def test_each_of_a_group_hears_whether_its_own_key_was_taken(disk: Disk) -> None:
    disk.taken = {"b"}

    assert asyncio.run(submit(Grouped(disk.write), "a", "b")) == [True, False]


def test_everybody_of_a_group_hears_that_it_failed(disk: Disk) -> None:
    commit = Grouped(disk.write)
    disk.error = OSError("full")

    heard = asyncio.run(submit(commit, "a", "b"))
    disk.error = None
    asyncio.run(submit(commit, "c"))

    assert [str(it) for it in heard] == ["full", "full"]
    assert disk.groups == [["c"]]


def test_the_loop_goes_on_while_a_thread_writes(disk: Disk) -> None:
    async def scene(commit: Grouped[Job, bool]) -> None:
        disk.open.clear()
        first = asyncio.create_task(submit(commit, "a"))
        while not disk.begun.is_set():
            await asyncio.sleep(0)
        later = asyncio.create_task(submit(commit, "b"))
        await asyncio.sleep(0)
        disk.open.set()
        await asyncio.gather(first, later)

    with ThreadPoolExecutor(1) as threads:
        asyncio.run(scene(Grouped(disk.write, threads)))

    assert disk.groups == [["a"], ["b"]]


def test_one_who_gives_up_takes_nobody_along(disk: Disk) -> None:
    async def scene(commit: Grouped[Job, bool]) -> list[bool | BaseException]:
        disk.open.clear()
        impatient = asyncio.create_task(submit(commit, "a"))
        patient = asyncio.create_task(submit(commit, "b"))
        while not disk.begun.is_set():
            await asyncio.sleep(0)
        impatient.cancel()
        disk.open.set()
        return await patient

    with ThreadPoolExecutor(1) as threads:
        commit = Grouped(disk.write, threads)
        assert asyncio.run(scene(commit)) == [True]

    assert disk.groups == [["a", "b"]]


def test_a_group_that_an_interrupted_loop_left_behind_holds_up_nobody(
    disk: Disk,
) -> None:
    commit = Grouped(disk.write)
    interrupted = asyncio.new_event_loop()
    asyncio.events._set_running_loop(interrupted)
    adding = commit.ask(make_job("a"))
    adding.send(None)  # it waits for what that loop never comes to
    asyncio.events._set_running_loop(None)
    adding.close()
    interrupted.close()

    assert asyncio.run(submit(commit, "b")) == [True]
    assert disk.groups == [["b"]]


def test_who_asks_a_store_that_was_closed_is_told_so(disk: Disk) -> None:
    with ThreadPoolExecutor(1) as threads:
        commit = Grouped(disk.write, threads)

    (told,) = asyncio.run(submit(commit, "a"))

    assert isinstance(told, RuntimeError)
