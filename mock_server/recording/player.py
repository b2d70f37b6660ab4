"""Answers as the service once did: the n-th time with the n-th answer, then the last."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from difflib import get_close_matches

from mock_server.exchange import Call, Reply
from mock_server.recording.cassette import Take
from mock_server.recording.hosting import ServiceHosts
from mock_server.recording.recorder import reply_of
from mock_server.refusals.problems import problem

_LONGEST_SAID = 300  # characters of a call, in an answer


class Player:
    """Plays *takes* to whoever asks the same, whatever their key."""

    def __init__(self, hosts: ServiceHosts, takes: Iterable[Take]) -> None:
        self._hosts = hosts
        self._takes: dict[str, list[Take]] = defaultdict(list)
        for take in takes:
            self._takes[take.question].append(take)
        self._played: Counter[str] = Counter()

    async def answer(self, call: Call) -> Reply:
        """Return the answer to *call*, or say which recorded call is nearest."""
        call = call.with_body(self._hosts.as_published(call.body, call))
        question = Take.of(call, self._hosts.meant(call)).question
        takes = self._takes.get(question)
        if takes is None:
            return self._miss(question)
        take = takes[min(self._played[question], len(takes) - 1)]
        self._played[question] += 1
        return reply_of(self._hosts, call, take.status, dict(take.headers), take.answer)

    async def close(self) -> None:
        """Have nothing to let go of."""

    def _miss(self, question: str) -> Reply:
        asked = question[:_LONGEST_SAID]
        known = {it[:_LONGEST_SAID]: it for it in self._takes}
        near = get_close_matches(asked, known, n=1, cutoff=0.0)
        nearest = f"; the nearest that was recorded is {near[0]}" if near else ""
        return problem(404, "Not on the cassette", f"{asked}: nobody recorded{nearest}")
