"""What was said of jobs lately, to be said again for as long as it stays true.

A client polls the same job again and again, and mostly nothing has changed: the
answer, once composed and held against its document, is sent as it is.
"""

from bisect import bisect_right
from collections.abc import Callable, Hashable
from dataclasses import replace

from mock_server.answers.responses import View
from mock_server.exchange import Reply
from mock_server.jobs import Job, Standing
from mock_server.memory import Memory
from specs import Contract

_MOST_JOBS, _MOST_SUBMITS = 20_000, 1_024
# Answers about one job, whose clients mostly ask in one way; time does not go back.
_MOST_ANSWERS = 2
_END = float("inf")


class Known:
    """A job of *contract*, every standing it will have, and the answers about it."""

    __slots__ = ("_answers", "_contract", "_since", "_standings", "job")

    def __init__(self, job: Job, contract: Contract) -> None:
        self.job = job
        self._contract = contract
        self._standings: tuple[Standing, ...] = (
            *job.history(contract.lifecycle, _END),
        )
        self._since = [it.since for it in self._standings[1:]]
        self._answers: Memory[Hashable, Reply] = Memory(_MOST_ANSWERS)

    def view(self, now: float, origin: str) -> View:
        """Return the job as it stands at *now*."""
        count = 1 + bisect_right(self._since, now)
        return View(self._contract, self.job, self._standings[:count], now, origin)

    def answer(self, what: Hashable, compose: Callable[[], Reply]) -> Reply:
        """Return the answer that is known by *what*, composed if there is none yet."""
        reply = self._answers.get(what)
        if reply is None:
            reply = compose()
            # orjson leaves some 4 kB of room behind what it writes.
            body = bytes(memoryview(reply.body))
            reply = self._answers[what] = replace(reply, body=body)
        return reply


class Prepared:
    """The jobs that were asked for lately; one that was changed is known anew."""

    def __init__(self) -> None:
        self._jobs: Memory[str, Known] = Memory(_MOST_JOBS)
        self._submits: Memory[Hashable, tuple[str, Reply]] = Memory(_MOST_SUBMITS)

    def answer_submit(
        self, what: Hashable, key: str, compose: Callable[[], Reply]
    ) -> Reply:
        """Return the answer that is known by *what*, about the job of that *key*.

        Any other job's differs from it in nothing but the key.
        """
        known = self._submits.get(what)
        if known is None:
            reply = compose()
            self._submits[what] = key, reply
            return reply
        other, reply = known
        return reply.with_text(other, key)

    def know(self, job: Job, contract: Contract) -> Known:
        """Return what is known of *job*."""
        known = self._jobs.get(job.key)
        if known is None or known.job is not job:
            known = self._jobs[job.key] = Known(job, contract)
        return known
