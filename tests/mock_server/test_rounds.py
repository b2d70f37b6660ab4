"""What one round of the loop brings is handled together."""

import asyncio
from typing import Any

from mock_server.rounds import Inbox, Outbox

APP: Any = None


class Exchange:
    def __init__(self, name: str, said: list[str]) -> None:
        self.name, self.said = name, said

    def begin(self, _: Any) -> None:
        self.said.append(self.name)

    def send_now(self, answer: bytes) -> None:
        self.said.append(self.name + answer.decode())


def test_the_requests_of_one_round_are_answered_when_all_are_read() -> None:
    said = list[str]()

    async def read() -> None:
        inbox = Inbox()
        for name in "ab":
            inbox.put(Exchange(name, said), APP)
            assert not said
        await asyncio.sleep(0)
        inbox.put(Exchange("c", said), APP)
        assert said == ["a", "b"]
        await asyncio.sleep(0)

    asyncio.run(read())

    assert said == ["a", "b", "c"]


def test_the_answers_of_one_round_are_written_together() -> None:
    said = list[str]()

    async def answer() -> None:
        outbox = Outbox()
        for name in "ab":
            outbox.put(Exchange(name, said), b"!")
            assert not said
        await asyncio.sleep(0)

    asyncio.run(answer())

    assert said == ["a!", "b!"]


def test_what_every_answer_says_is_written_once() -> None:
    outbox = Outbox()
    date = [(b"date", b"Sun, 22 Nov 2026 00:00:00 GMT")]

    lines = outbox.write_defaults(date)

    assert lines == b"date: Sun, 22 Nov 2026 00:00:00 GMT\r\n"
    assert outbox.write_defaults(date) is lines
    assert outbox.write_defaults([(b"a", b"b")]) == b"a: b\r\n"
