"""Claims about requests: what is taken, what is refused, and how."""

from contract_tests.checks.readings import POLLS, blamed_members, expect, texts
from contract_tests.claims import Finding, claim
from contract_tests.evidence import Evidence, Situation


@claim(Situation.SUBMIT)
def a_valid_request_is_accepted(evidence: Evidence) -> Finding | None:
    """Whatever the document allows, the service takes."""
    if evidence.is_success:
        return None
    problem = f"answered {evidence.status} to a valid request"
    known = evidence.contract.body.properties
    blamed = blamed_members(evidence.exchange.answer, known)
    for name in (it for it in known if it in blamed):
        pointer = known[name].schema.pointer
        return Finding(problem=f"{problem}, for {name!r}", pointer=pointer)
    return Finding(problem=problem)


@claim(Situation.RESTARTED)
def a_restart_loses_no_job(evidence: Evidence) -> Finding | None:
    """A job that was there before the server restarted is there afterwards."""
    if evidence.is_success:
        return None
    return Finding(problem=f"answered {evidence.status} to the owner of the job")


@claim(*POLLS)
def a_known_job_is_found(evidence: Evidence) -> Finding | None:
    """Who submitted a job can always ask for its state."""
    if evidence.is_success:
        return None
    return Finding(problem=f"answered {evidence.status} to the owner of the job")


@claim(Situation.REFUSE)
def an_invalid_request_is_refused(evidence: Evidence) -> Finding | None:
    """Whatever the document forbids, the service refuses, and for that reason."""
    errors = evidence.contract.provider.errors
    if evidence.is_refusal and evidence.status not in {errors.unauthorized, 429}:
        return None
    return Finding(problem=f"answered {evidence.status} to an invalid request")


@claim(Situation.REFUSE, when=lambda it: bool(_parameter(it)))
def a_refusal_has_the_status_of_the_provider(evidence: Evidence) -> Finding | None:
    """A value that breaks a rule is answered with the provider's status for that."""
    return expect(evidence, evidence.contract.provider.errors.refused)


@claim(Situation.REFUSE, when=lambda it: bool(_parameter(it)))
def a_refusal_names_the_field(evidence: Evidence) -> Finding | None:
    """A refusal says which member of the request it is about."""
    name = _parameter(evidence)
    if any(name in it for it in texts(evidence.json)):
        return None
    return Finding(problem=f"refused without naming {name!r}")


@claim(Situation.KNOCK)
def the_key_is_required(evidence: Evidence) -> Finding | None:
    """Without a valid key, no operation does anything."""
    return expect(evidence, evidence.contract.provider.errors.unauthorized)


@claim(Situation.UNKNOWN)
def an_unknown_job_is_not_found(evidence: Evidence) -> Finding | None:
    """An id that was never given out is nobody's job."""
    return expect(evidence, evidence.contract.provider.errors.unknown_job)


@claim(Situation.FOREIGN)
def an_id_of_another_provider_is_refused(evidence: Evidence) -> Finding | None:
    """An id that another provider gave out opens no job here."""
    if evidence.is_refusal:
        return None
    return Finding(problem=f"answered {evidence.status} to another provider's id")


@claim(Situation.ABSURD)
def an_absurd_id_is_refused(evidence: Evidence) -> Finding | None:
    """An id that no job could have is refused like any other."""
    if evidence.is_refusal:
        return None
    return Finding(problem=f"answered {evidence.status} to an absurd id")


def _parameter(evidence: Evidence) -> str:
    """Return the member that a refusal is about; empty if not one the caller chose."""
    path = evidence.violation.path if evidence.violation else ()
    return "" if not path or path[0] in evidence.contract.fixed else str(path[0])
