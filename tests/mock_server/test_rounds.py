"""What one round of the loop brings is handled together."""

import asyncio

from mock_server.connection import Shared
from mock_server.rounds import Round


def test_what_comes_in_one_round_is_handled_when_all_has_come() -> None:
    said = list[str]()

    async def put() -> None:
        round_ = Round[str, int](lambda whose, what: said.append(f"{whose}{what}"))
        for number, name in enumerate("ab"):
            round_.put(name, number)
            assert not said
        await asyncio.sleep(0)
        round_.put("c", 2)
        assert said == ["a0", "b1"]
        await asyncio.sleep(0)

    asyncio.run(put())

    assert said == ["a0", "b1", "c2"]


def test_what_is_put_while_a_round_is_handled_waits_for_the_next() -> None:
    said = list[int]()

    def handle(name: str, number: int) -> None:
        said.append(number)
        if number < 2:
            round_.put(name, number + 1)

    round_ = Round(handle)

    async def put() -> None:
        round_.put("a", 0)
        await asyncio.sleep(0)
        assert said == [0]
        await asyncio.sleep(0)
        assert said == [0, 1]
        await asyncio.sleep(0)

    asyncio.run(put())

    assert said == [0, 1, 2]


def test_what_every_answer_says_is_written_once() -> None:
    shared = Shared()
    date = [(b"date", b"Sun, 22 Nov 2026 00:00:00 GMT")]

    lines = shared.write_defaults(date)

    assert lines == b"date: Sun, 22 Nov 2026 00:00:00 GMT\r\n"
    assert shared.write_defaults(date) is lines
    assert shared.write_defaults([(b"a", b"b")]) == b"a: b\r\n"
