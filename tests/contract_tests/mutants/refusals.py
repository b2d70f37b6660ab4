"""Faults of refusing: the status, the shape, the name, the key."""

from collections.abc import Mapping
from typing import Any

from specs import Contract, Operation
from tests.contract_tests.mutants.catalogue import AIMLAPI, FAL, killed_by
from tests.contract_tests.mutants.reference import (
    KEYS,
    Reply,
    Service,
    Work,
    Wrong,
)


@killed_by("a_refusal_has_the_status_of_the_provider", AIMLAPI, FAL)
class RefusesWith418(Service):
    """An invalid value is refused with 418"""

    def refuse(self, contract: Contract, status: int, wrong: Wrong) -> Reply:
        status = 418 if any(wrong) else status
        return super().refuse(contract, status, wrong)


@killed_by("an_invalid_request_is_refused", FAL)
class RefusesWith200(Service):
    """An invalid value is answered with 200 and the words of a refusal"""

    def refuse(self, contract: Contract, status: int, wrong: Wrong) -> Reply:
        status = 200 if any(wrong) else status
        return super().refuse(contract, status, wrong)


@killed_by("no_server_error", AIMLAPI)
class RefusesWith500(Service):
    """An invalid value is answered with 500"""

    def refuse(self, contract: Contract, status: int, wrong: Wrong) -> Reply:
        status = 500 if any(wrong) else status
        return super().refuse(contract, status, wrong)


@killed_by("a_refusal_names_the_field", AIMLAPI, FAL)
class RefusesWithoutAName(Service):
    """A refusal does not say which member is wrong"""

    def refuse(self, contract: Contract, status: int, wrong: Wrong) -> Reply:
        told = {"value" if any(wrong) else "": "is not right"}
        return super().refuse(contract, status, told)


@killed_by("a_refusal_names_the_field", FAL)
class BlamesTheFirstMember(Service):
    """Every refusal blames the prompt"""

    def refuse(self, contract: Contract, status: int, wrong: Wrong) -> Reply:
        told = {"prompt" if any(wrong) else "": "is not right"}
        return super().refuse(contract, status, told)


@killed_by("a_refusal_has_the_provider_envelope", AIMLAPI, FAL)
class RefusesInHtml(Service):
    """Refusals are pages"""

    def refuse(self, contract: Contract, status: int, wrong: Wrong) -> Reply:
        return status, f"<html>{wrong}</html>".encode()


@killed_by("a_refusal_has_the_provider_envelope", AIMLAPI, FAL)
class RefusesInAShapeOfItsOwn(Service):
    """Refusals are JSON of another shape"""

    def refuse(self, contract: Contract, status: int, wrong: Wrong) -> Reply:
        return status, {"oops": f"{wrong}"}


@killed_by("a_refusal_has_the_provider_envelope", AIMLAPI)
class LosesAMemberOfTheEnvelope(Service):
    """Refusals carry no time"""

    def refuse(self, contract: Contract, status: int, wrong: Wrong) -> Reply:
        status, told = super().refuse(contract, status, wrong)
        told.pop("timestamp", None)
        return status, told


@killed_by("a_refusal_has_the_provider_envelope", FAL)
class RefusesWithAnObject(Service):
    """The detail of a refusal is an object"""

    def refuse(self, contract: Contract, status: int, wrong: Wrong) -> Reply:
        return status, {"detail": {"loc": [*wrong], "msg": "is wrong"}}


class _Open(Service):
    role = ""

    def admits(
        self, contract: Contract, operation: Operation, headers: Mapping[str, str]
    ) -> bool:
        return operation.role == self.role or super().admits(
            contract, operation, headers
        )


@killed_by("the_key_is_required", AIMLAPI, FAL)
class SubmitsWithoutAKey(_Open):
    """A submit needs no key"""

    role = "submit"


@killed_by("the_key_is_required", AIMLAPI, FAL)
class PollsWithoutAKey(_Open):
    """A poll needs no key"""

    role = "poll"


@killed_by("the_key_is_required", FAL)
class GivesTheResultWithoutAKey(_Open):
    """The result needs no key"""

    role = "result"


@killed_by("the_key_is_required", FAL)
class CancelsWithoutAKey(_Open):
    """A cancel needs no key"""

    role = "cancel"


@killed_by("the_key_is_required", AIMLAPI, FAL)
class AcceptsAnyKey(Service):
    """Any well-formed key opens everything"""

    def admits(
        self, contract: Contract, operation: Operation, headers: Mapping[str, str]
    ) -> bool:
        auth = contract.provider.auth
        scheme, _, key = headers.get(auth.header.lower(), "").partition(" ")
        is_like = key.count(":") == KEYS[contract.provider.name].count(":")
        return scheme == auth.scheme and bool(key) and is_like


@killed_by("the_key_is_required", AIMLAPI)
class IgnoresTheScheme(Service):
    """The key is taken under any scheme"""

    def admits(
        self, contract: Contract, operation: Operation, headers: Mapping[str, str]
    ) -> bool:
        key = headers.get("authorization", "").rpartition(" ")[2]
        return key == KEYS[contract.provider.name]


@killed_by("the_key_is_required", FAL)
class TakesAKeyWithoutItsSecret(Service):
    """Only the first half of the key is compared"""

    def admits(
        self, contract: Contract, operation: Operation, headers: Mapping[str, str]
    ) -> bool:
        return super().admits(contract, operation, headers) or headers.get(
            "authorization", ""
        ).startswith("Key an-id")


@killed_by("the_key_is_required", FAL)
class ForbidsInsteadOfAsking(Service):
    """A request without a key is answered with 403"""

    def refuse(self, contract: Contract, status: int, wrong: Wrong) -> Reply:
        return super().refuse(contract, 403 if status == 401 else status, wrong)


@killed_by("an_answer_tells_no_secret", AIMLAPI, FAL)
class RepeatsTheKey(Service):
    """A refusal repeats the header that carries the key"""

    def answer(self, scope: Any, body: bytes) -> Reply:
        self.heard = dict(scope["headers"]).get(b"authorization", b"").decode()
        return super().answer(scope, body)

    def refuse(self, contract: Contract, status: int, wrong: Wrong) -> Reply:
        told = {name: f"{it} ({self.heard})" for name, it in wrong.items()}
        return super().refuse(contract, status, told)


@killed_by("an_answer_tells_no_secret", AIMLAPI)
class ShowsATraceback(Service):
    """A refusal ends with the traceback that led to it"""

    def refuse(self, contract: Contract, status: int, wrong: Wrong) -> Reply:
        trace = 'Traceback (most recent call last):\n  File "/srv/app.py", line 1'
        told = {name: f"{it}\n{trace}" for name, it in wrong.items()}
        return super().refuse(contract, status, told)


@killed_by("an_unknown_job_is_not_found", AIMLAPI, FAL)
class FindsAnyJob(Service):
    """An unknown id is answered with the oldest job"""

    def find(self, contract: Contract, id_: str) -> Work | None:
        known = (
            it for it in self.work.values() if it.contract.provider is contract.provider
        )
        return super().find(contract, id_) or next(known, None)


@killed_by("no_server_error", FAL)
class BreaksOnAnUnknownId(Service):
    """An unknown id is answered with 500"""

    def unknown(self, contract: Contract, id_: str) -> Reply:
        return 500, {"detail": "Internal Server Error"}


@killed_by("an_unknown_job_is_not_found", AIMLAPI)
class CallsAnUnknownIdInvalid(Service):
    """An unknown id is answered with 400"""

    def unknown(self, contract: Contract, id_: str) -> Reply:
        return self.refuse(contract, 400, {"": "no such job"})


@killed_by("a_stranger_learns_of_no_job", AIMLAPI, FAL)
class SuggestsAnotherJob(Service):
    """The refusal of an unknown id suggests one that there is"""

    def unknown(self, contract: Contract, id_: str) -> Reply:
        near = next((it.id for it in self.work.values()), "")
        status = contract.provider.errors.unknown_job
        return self.refuse(contract, status, {"": f"no such job; try {near}"})


@killed_by("an_absurd_id_is_refused", AIMLAPI, FAL)
class FindsAJobByAHugeId(Service):
    """An id of more than a thousand letters finds a job"""

    def find(self, contract: Contract, id_: str) -> Work | None:
        known = (
            it for it in self.work.values() if it.contract.provider is contract.provider
        )
        return next(known, None) if len(id_) > 999 else super().find(contract, id_)


@killed_by("an_id_of_another_provider_is_refused", FAL)
class SharesJobsBetweenProviders(Service):
    """The id of a job finds it at the other provider as well"""

    def find(self, contract: Contract, id_: str) -> Work | None:
        return self.work.get(id_)
