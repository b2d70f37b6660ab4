"""Faults of reading a body: what breaks, hangs or is let through before any schema."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from specs import Contract
from tests.contract_tests.mutants.catalogue import AIMLAPI, FAL, killed_by
from tests.contract_tests.mutants.reference import Reply, Service
from tests.contract_tests.mutants.schemas import read_json


class Fussy(Service):
    """A service that has something against some prompts, or other values."""

    def minds(self, body: Mapping[str, Any]) -> bool:
        raise NotImplementedError

    def mind(self, contract: Contract) -> Reply:
        return 500, {"detail": "Internal Server Error"}

    def submit(
        self, contract: Contract, value: Any, headers: Mapping[str, str]
    ) -> Reply:
        if self.minds(value):
            return self.mind(contract)
        return super().submit(contract, value, headers)


def _prompt(body: Mapping[str, Any]) -> str:
    return str(body.get("prompt", "-"))


@killed_by("no_server_error", AIMLAPI, FAL)
class BreaksOnUnicode(Fussy):
    """A prompt outside of Latin-1 is answered with 500"""

    def minds(self, body: Mapping[str, Any]) -> bool:
        return any(ord(it) > 255 for it in _prompt(body))


@killed_by("no_server_error", FAL)
class BreaksOnEmoji(Fussy):
    """A prompt with a letter beyond the basic plane is answered with 500"""

    def minds(self, body: Mapping[str, Any]) -> bool:
        return any(ord(it) > 0xFFFF for it in _prompt(body))


@killed_by("no_server_error", AIMLAPI)
class BreaksOnAnEmptyPrompt(Fussy):
    """An empty prompt is answered with 500"""

    def minds(self, body: Mapping[str, Any]) -> bool:
        return not _prompt(body)


@killed_by("no_server_error", FAL)
class BreaksOnAHugePrompt(Fussy):
    """A prompt of more than 1,500 letters is answered with 500"""

    def minds(self, body: Mapping[str, Any]) -> bool:
        return len(_prompt(body)) > 1_500


class _Refusing(Fussy):
    def mind(self, contract: Contract) -> Reply:
        refused = contract.provider.errors.refused
        return self.refuse(contract, refused, {"prompt": "is not to our taste"})


@killed_by("a_valid_request_is_accepted", AIMLAPI)
class BoundsTheLengthOfAPrompt(_Refusing):
    """A prompt of more than 1,000 letters is refused, though no length is declared"""

    def minds(self, body: Mapping[str, Any]) -> bool:
        return len(_prompt(body)) > 1_000


@killed_by("a_valid_request_is_accepted", FAL)
class WantsWordsInAPrompt(_Refusing):
    """An empty prompt is refused, though none is declared too short"""

    def minds(self, body: Mapping[str, Any]) -> bool:
        return not _prompt(body)


@killed_by("a_valid_request_is_accepted", AIMLAPI)
class RefusesAQuote(_Refusing):
    """A prompt with a quotation mark is refused"""

    def minds(self, body: Mapping[str, Any]) -> bool:
        return '"' in _prompt(body)


@killed_by("a_valid_request_is_accepted", AIMLAPI)
class RefusesAnUndeclaredMember(_Refusing):
    """A member that the document does not name is refused, though none is forbidden"""

    def submit(
        self, contract: Contract, value: Any, headers: Mapping[str, str]
    ) -> Reply:
        if value.keys() - contract.body.properties.keys():
            return self.mind(contract)
        return Service.submit(self, contract, value, headers)


@killed_by("no_server_error", AIMLAPI)
class BreaksWhenTwoMembersMeet(Fussy):
    """720p at 30 frames per second is answered with 500; each alone is fine"""

    def minds(self, body: Mapping[str, Any]) -> bool:
        return body.get("resolution") == "720p" and body.get("frames_per_second") == 30


@killed_by("a_valid_request_is_accepted", FAL)
class RefusesTwoMembersTogether(_Refusing):
    """The longest video in portrait is refused; each alone is fine"""

    def minds(self, body: Mapping[str, Any]) -> bool:
        return body.get("num_frames") == 241 and body.get("aspect_ratio") == "9:16"


@killed_by("no_server_error", FAL)
class BreaksOnTwoSwitchesTogether(Fussy):
    """Two switches that are both on are answered with 500"""

    def minds(self, body: Mapping[str, Any]) -> bool:
        return body.get("sync_mode") is True and body.get("return_frames_zip") is True


@killed_by("no_server_error", AIMLAPI)
class BreaksOnEveryMemberAtOnce(Fussy):
    """A body with more than twenty members is answered with 500"""

    def minds(self, body: Mapping[str, Any]) -> bool:
        return len(body) > 20


@killed_by("every_request_is_answered", AIMLAPI)
class HangsOnALongPrompt(Fussy):
    """A prompt of more than 1,500 letters is never answered"""

    def minds(self, body: Mapping[str, Any]) -> bool:
        return len(_prompt(body)) > 1_500

    def mind(self, contract: Contract) -> Reply:
        return 0, {}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def or_never(message: Any) -> None:
            if message.get("status") == 0:
                await asyncio.Event().wait()
            await send(message)

        await super().__call__(scope, receive, or_never)


class _Lenient(Service):
    """A service that reads more as JSON than JSON is."""

    def mended(self, body: bytes) -> bytes:
        raise NotImplementedError

    def read(self, body: bytes, content_type: str) -> Any:
        try:
            return super().read(body, content_type)
        except ValueError:
            return read_json(self.mended(body))


@killed_by("an_invalid_request_is_refused", AIMLAPI, rule="json")
class MendsCutJson(_Lenient):
    """A body that breaks off before its last brace is taken"""

    def mended(self, body: bytes) -> bytes:
        return body + b"}"


@killed_by("an_invalid_request_is_refused", FAL, rule="json")
class ForgivesAComma(_Lenient):
    """A comma before the last brace is taken"""

    def mended(self, body: bytes) -> bytes:
        return body.replace(b",}", b"}")


@killed_by("an_invalid_request_is_refused", AIMLAPI, rule="json")
class ReadsTheFirstValueOnly(_Lenient):
    """Whatever stands behind the JSON is not read"""

    def mended(self, body: bytes) -> bytes:
        text = body.decode("utf-8", "replace")
        return text[: json.JSONDecoder().raw_decode(text)[1]].encode()


@killed_by("an_invalid_request_is_refused", FAL, rule="json")
class ReplacesBrokenLetters(_Lenient):
    """A body that is no UTF-8 is taken, with other letters"""

    def mended(self, body: bytes) -> bytes:
        return body.decode("utf-8", "replace").encode()


@killed_by("no_server_error", AIMLAPI)
class BreaksOnBrokenJson(Service):
    """A body that is no JSON is answered with 500"""

    def read(self, body: bytes, content_type: str) -> Any:
        try:
            return super().read(body, content_type)
        except ValueError:
            return None

    def receive(
        self, contracts: list[Contract], body: bytes, headers: Mapping[str, str]
    ) -> Reply:
        if self.read(body, headers.get("content-type", "")) is None:
            return 500, {"detail": "Internal Server Error"}
        return super().receive(contracts, body, headers)


@killed_by("an_invalid_request_is_refused", FAL, rule="json", at="sent as")
class ReadsAnyContentType(Service):
    """JSON is read as such whatever the content type says"""

    def read(self, body: bytes, content_type: str) -> Any:
        return read_json(body)
