"""Variants for the tests of the testers themselves; they are in no catalogue."""

from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from specs import Contract
from tests.contract_tests.mutants.answers import AnswersEverythingWith500
from tests.contract_tests.mutants.footage import draw
from tests.contract_tests.mutants.reference import Reply, Service, Work

__all__ = [
    "AnswersEverythingWith500",
    "RefusesWhatIsRightAtFirst",
    "SendsTheVideoItself",
    "TakesMoreThanTheMaximum",
]


class TakesMoreThanTheMaximum(Service):
    """No maximum is minded"""

    def schema(self, contract: Contract) -> dict[str, Any]:
        found = super().schema(contract)
        for it in found["properties"].values():
            it.pop("maximum", None)
        return found


class RefusesWhatIsRightAtFirst(Service):
    """A length that no plan holds is taken only where it was refused before"""

    def submit(
        self, contract: Contract, value: Any, headers: Mapping[str, str]
    ) -> Reply:
        status, answer = super().submit(contract, value, headers)
        known = self.__dict__.setdefault("known", set())
        frames = value.get("num_frames") if isinstance(value, dict) else None
        if frames not in range(20, 80) or repr(value) in known:
            return status, answer
        known.add(repr(value))
        return self.refuse(contract, 400, {"": "come again"})


class SendsTheVideoItself(Service):
    """The video stands in the answer: fal does so on `sync_mode`, and it is no fault"""

    def video(self, work: Work) -> str | None:
        video = draw(self.footage(work))
        return f"data:video/mp4;base64,{b64encode(video).decode()}"
