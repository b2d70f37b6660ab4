"""Variants for the tests of the testers themselves; they are in no catalogue."""

from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from contract_tests.cases import valid_cases
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
    """A prompt that nobody planned is taken when it comes again: no case fails twice"""

    def submit(
        self, contract: Contract, value: Any, headers: Mapping[str, str]
    ) -> Reply:
        status, answer = super().submit(contract, value, headers)
        if "known" not in self.__dict__:
            self.known = {it.body.get("prompt") for it in valid_cases(contract)}
        prompt = value.get("prompt")
        if prompt in self.known:
            return status, answer
        self.known.add(prompt)
        return self.refuse(contract, 400, "", "come again")


class SendsTheVideoItself(Service):
    """The video stands in the answer: fal does so on `sync_mode`, and it is no fault"""

    def video(self, work: Work) -> str | None:
        video = draw(self.footage(work))
        return f"data:video/mp4;base64,{b64encode(video).decode()}"
