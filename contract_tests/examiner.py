"""Asks one contract's service, and holds each answer to the claims about it."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

from hypothesis.errors import Unsatisfiable

from contract_tests.boundaries import object_with
from contract_tests.cases import Question
from contract_tests.checks import CLAIMS, ending
from contract_tests.checks.readings import blamed_members, cost, position, video
from contract_tests.claims import Finding
from contract_tests.errors import MissingKeyError, UnmetSchemaError
from contract_tests.evidence import Evidence, Job, Sighting, Situation
from contract_tests.failures import Failure, Fault, show, try_all
from contract_tests.rules import RuleSide, broken_by, shown_by
from contract_tests.searches import Enough, Found, Search
from contract_tests.tally import Tally, Verdict
from contract_tests.target import NO_ANSWER, Exchange, Sender, Target
from contract_tests.videos import look_at
from contract_tests.violations import Violation
from contract_tests.wire import decode, encode
from specs import Contract, Judge, Operation, Request

_MOST_BROKEN = 3

_DECIDE = frozenset(
    {"no_server_error", "a_valid_request_is_accepted", "an_invalid_request_is_refused"}
)
"""The claims that say whether a request was accepted, or refused, as it should be."""


class Examiner:
    """One contract of one target under examination.

    Each method sends what its name says and raises Failure where a claim does not
    hold. `jobs` is the model: every job submitted so far, by its id. A *neighbour* is
    a contract of another provider at the same target, for ids that are not at home.
    A server that hangs would hold a run for hours: after a few answers that never
    came, nothing more is sent, and every request ends as the last one did. The first
    fault of which *until* is true ends the whole run: it raises Found.
    """

    def __init__(
        self,
        contract: Contract,
        target: Target,
        connection: Sender,
        tally: Tally,
        *,
        neighbour: Contract | None = None,
        clock: Callable[[], float] = time.monotonic,
        until: Callable[[Fault], bool] = lambda _: False,
    ) -> None:
        self.contract = contract
        self.target = target
        self.tally = tally
        self.jobs: dict[str, Job] = {}
        self._connection = connection
        self._judge = Judge(contract)
        self._neighbour = neighbour
        self._twins: dict[bytes, Job] = {}
        self._instant = 0  # counts whatever may change an answer
        self._clock = clock
        self._until = until
        self._search: Search | None = None
        self._broken: list[Exchange] = []
        self._tells_all = False  # of the members that are wrong, in one refusal

    @contextmanager
    def drawing(self, *, seconds: float) -> Iterator[None]:
        """Within, Hypothesis passes over cases that show only what is known already.

        Of a fault that is new it finds a small case, in so many *seconds*.
        """
        known = frozenset(self.tally.faults)
        self._search = Search(known, seconds=seconds, clock=self._clock)
        try:
            yield
        except Unsatisfiable:
            pass  # no case showed anything else
        except Enough:
            found = self.tally.faults.items()
            raise Failure(*(it for key, it in found if key not in known)) from None
        finally:
            self._search = None

    def submit(
        self, body: Any, *, failing: bool = False, sent: bytes = b"", case: str = ""
    ) -> Job:
        """Submit a valid *body* and return the new job; *failing* asks for a bad end.

        What is *sent* may be written otherwise than usual, if it says the same.
        """
        request = Request(
            operation=self.contract.submit,
            headers=self.target.failing if failing else {},
            body=sent or encode(body),
        )
        self._instant += 1
        evidence = self._ask(
            request,
            Situation.SUBMIT,
            case=case,
            sides=shown_by(self.contract, body),
            twin=self._twins.get(encode(body)),
        )
        facts = self.contract.provider.job
        job = Job(id=evidence.text(facts.id), state="", asked=body, is_failing=failing)
        self.jobs[job.id] = self._twins[encode(body)] = job
        self._saw(job, evidence)
        return job

    def refuse(self, request: Request, *, violation: Violation) -> None:
        """Send a *request* that breaks one rule."""
        self._judge_refusal(self._send_signed(request), violation)

    def refuse_at_once(
        self, request: Request, ways: Sequence[tuple[Violation, Request]]
    ) -> None:
        """Send a *request* that breaks, each in its member, what *ways* break alone.

        A rule is only shown by an answer that names its member, and no member that is
        as it should be. What a refusal leaves open is asked once more, alone, where
        that may tell something new.
        """
        if len(ways) == 1:
            self.refuse(request, violation=ways[0][0])
            return
        exchange = self._send_signed(request)
        members = decode(request.body or b"")
        assert isinstance(members, dict)
        broken = {str(it.path[0]) for it, _ in ways}
        named = blamed_members(exchange.answer, broken | members.keys())
        told = named if named <= broken else frozenset[str]()
        self._tells_all |= len(told) > 1

        def judge(violation: Violation, alone: Request) -> None:
            is_taken = not 400 <= exchange.answer.status < 500
            if is_taken or str(violation.path[0]) in told:
                self._judge_refusal(exchange, violation)
            elif self._is_open(violation):
                self.refuse(alone, violation=violation)

        try_all(partial(judge, *it) for it in ways)

    def _is_open(self, violation: Violation) -> bool:
        """Say whether a request that breaks one rule alone may tell something new.

        Who tells of every member but one may have taken that one. Who tells of one
        member at a time is asked for each rule once, and who names none has told enough.
        """
        sides = broken_by(self.contract, violation)
        verdicts = {self.tally.verdicts.get(it.key) for it in sides}
        claims = {it.claim for it in self.tally.faults.values()}
        if self._tells_all or Verdict.FAILED in verdicts:
            return Verdict.FAILED not in verdicts
        return (
            Verdict.PROVED not in verdicts and "a_refusal_names_the_field" not in claims
        )

    def _judge_refusal(self, exchange: Exchange, violation: Violation) -> None:
        place = "/".join(str(it) for it in violation.path)
        case = f"{place or exchange.request.operation.role}: {violation.label}"
        self._examine(
            exchange,
            Situation.REFUSE,
            case=case,
            violation=violation,
            sides=broken_by(self.contract, violation),
        )

    def inquire(self, question: Question, *, strict: bool = False) -> None:
        """Send what readers of the document differ on, and note what the service does.

        Only a *strict* examiner takes the side of the document's version of OpenAPI.
        """
        request = Request(operation=self.contract.submit, body=encode(question.body))
        if strict and question.is_valid:
            self.submit(question.body, case=question.label)
        elif strict:
            self.refuse(request, violation=question.breaks)
        else:
            evidence = self._ask(request, Situation.INQUIRE, case=question.label)
            self.tally.choices[question.label] = evidence.is_success

    def poll(self, job: Job, *, situation: Situation = Situation.POLL) -> str:
        """Ask for the state of *job*, and return it."""
        request = request_for(self.contract.poll, job.id)
        evidence = self._ask(request, situation, job=job)
        self._saw(job, evidence)
        return job.state

    def fetch(self, job: Job) -> None:
        """Ask for the result of *job*, and for its state behind, unless it has ended."""
        assert self.contract.result is not None
        exchange = self._send_signed(request_for(self.contract.result, job.id))
        before = replace(job)
        if job.ending is None:
            self.poll(job)
        evidence = self._examine(exchange, Situation.FETCH, job=before, state=job.state)
        job.result = job.result or ending(evidence)
        self._saw_outcome(job, evidence)

    def cancel(self, job: Job) -> None:
        """Cancel *job*, and ask for its state afterwards, unless it had ended."""
        assert self.contract.cancel is not None
        self._instant += 1
        exchange = self._send_signed(request_for(self.contract.cancel, job.id))
        job.is_cancelled = True
        before = replace(job)
        if job.ending is None:
            self.poll(job)
        self._examine(exchange, Situation.CANCEL, job=before, state=job.state)

    def watch(self, job: Job) -> bool:
        """Download the video of *job*; say whether it could be measured as well."""
        with self.target.connect(self.contract) as connection:
            exchange, content = connection.download(self.contract.outcome, job.video)
        self.tally.requests += 1
        seen = look_at(content) if content else None
        self._examine(exchange, Situation.WATCH, job=job, video=seen)
        return seen is not None

    def advance(self, seconds: float) -> None:
        """Let *seconds* pass on the server's clock."""
        if not self._is_given_up:
            self.target.advance(seconds)
        self._instant += 1

    def restart(self) -> None:
        """Stop the server and start it again."""
        assert self.target.restart is not None
        self.target.restart()
        self._instant += 1

    def knock(self, request: Request, credential: str | None) -> None:
        """Send *request* with a *credential* that opens nothing."""
        exchange = self._send(request, credential=credential)
        case = f"{request.operation.role} without a valid key"
        self._examine(exchange, Situation.KNOCK, case=case)

    def look_for(self, operation: Operation, id_: str, *, absurd: bool = False) -> None:
        """Ask *operation* for a job that never was; an *absurd* id could not even be."""
        situation = Situation.ABSURD if absurd else Situation.UNKNOWN
        self._ask(request_for(operation, id_), situation)

    def look_for_neighbour(self, operation: Operation, id_: str) -> None:
        """Ask *operation* for a job by the id that a neighbour gave out."""
        self._ask(request_for(operation, id_), Situation.FOREIGN)

    def neighbour_id(self) -> str:
        """Return the id of a job at the neighbour; empty where none can be had."""
        if self._neighbour is None or self._is_given_up:
            return ""
        contract = self._neighbour
        try:
            body = encode(object_with(contract.body) | contract.fixed)
            request = Request(operation=contract.submit, body=body)
            with self.target.connect(contract) as connection:
                exchange = connection.send(request, credential=connection.credential)
        except (MissingKeyError, UnmetSchemaError):
            return ""
        found = Evidence(
            contract=contract,
            situation=Situation.SUBMIT,
            exchange=exchange,
            judge=self._judge,
        )
        return found.text(contract.provider.job.id) if found.is_success else ""

    @property
    def _is_given_up(self) -> bool:
        return len(self._broken) >= _MOST_BROKEN

    def _ask(self, request: Request, situation: Situation, **known: Any) -> Evidence:
        return self._examine(self._send_signed(request), situation, **known)

    def _send_signed(self, request: Request) -> Exchange:
        return self._send(request, credential=self._connection.credential)

    def _send(self, request: Request, *, credential: str | None) -> Exchange:
        if self._search is not None:
            self._search.go_on()
        if self._is_given_up:
            return self._broken[-1]
        exchange = self._connection.send(request, credential=credential)
        self.tally.requests += 1
        if exchange.broken:
            self._broken.append(exchange)
        return exchange

    def _examine(
        self,
        exchange: Exchange,
        situation: Situation,
        *,
        case: str = "",
        sides: tuple[RuleSide, ...] = (),
        **known: Any,
    ) -> Evidence:
        """Return the evidence of *exchange* once every claim about it holds.

        *sides* are what the exchange shows of the contract's rules: what was accepted
        has been accepted, whatever else is wrong with the answer. *known* are the
        fields of `Evidence` that only the caller can fill.
        """
        evidence = Evidence(
            contract=self.contract,
            situation=situation,
            exchange=exchange,
            judge=self._judge,
            ids=self.jobs,
            instant=self._instant if self.target.stands_still else None,
            can_fail_jobs=bool(self.target.failing),
            **known,
        )
        for claim in CLAIMS.values():
            if not claim.judges(evidence):
                continue
            if finding := claim.check(evidence):
                fault = _fault(claim.name, finding, evidence, case or situation.value)
                self.tally.add_fault(fault)
                held = claim.name not in _DECIDE
                self.tally.note(sides if held else _blamed(sides, evidence), held=held)
                if self._until(fault):
                    raise Found
                if self._search is not None:
                    self._search.note(fault)
                raise Failure(fault)
            self.tally.passed[claim.name] += 1
        self.tally.note(sides, held=True)
        return evidence

    def _saw(self, job: Job, evidence: Evidence) -> None:
        """Remember what *evidence* told of *job*."""
        state = evidence.text(self.contract.provider.job.status)
        if state != job.state:
            self.tally.add_transition(job.state, state)
            job.state = state
            job.states.append(state)
        job.ending = job.ending or ending(evidence)
        job.cost = cost(evidence) if job.cost is None else job.cost
        place = position(evidence)
        job.position = place if isinstance(place, int) else job.position
        if evidence.situation is not Situation.SUBMIT:
            answer = evidence.exchange.answer
            job.sighting = Sighting(
                instant=self._instant, status=answer.status, body=answer.body
            )
        self._saw_outcome(job, evidence)

    def _saw_outcome(self, job: Job, evidence: Evidence) -> None:
        """Remember where *evidence* says that the video of *job* is."""
        found = video(evidence)
        job.video = job.video or (found if isinstance(found, str) else "")


def _blamed(sides: tuple[RuleSide, ...], evidence: Evidence) -> tuple[RuleSide, ...]:
    """Return those of *sides* whose parameter the answer names, or all if it names none."""
    parameters = {it.rule.parameter for it in sides}
    named = blamed_members(evidence.exchange.answer, parameters)
    return tuple(it for it in sides if it.rule.parameter in named) or sides


def request_for(operation: Operation, id_: str) -> Request:
    """Return the request of *operation* for the job *id_*."""
    assert operation.id is not None
    places = {it.name: it.location for it in operation.parameters}
    if places[operation.id] == "query":
        return Request(operation=operation, query={operation.id: id_})
    return Request(operation=operation, path={operation.id: id_})


def _fault(claim: str, finding: Finding, evidence: Evidence, case: str) -> Fault:
    exchange, violation = evidence.exchange, evidence.violation
    operation, secrets = exchange.request.operation, exchange.secrets
    return Fault(
        claim=claim,
        contract=show(evidence.contract.id),
        problem=show(finding.problem, secrets=secrets),
        rule=finding.rule or (violation.rule if violation else ""),
        pointer=show(
            finding.pointer or (violation.pointer if violation else operation.pointer)
        ),
        case=show(case, secrets=secrets),
        curl=exchange.curl,
        answer=show(_told(exchange), secrets=secrets),
    )


def _told(exchange: Exchange) -> str:
    answer = exchange.answer
    if answer is NO_ANSWER:
        return ""
    return f"{answer.status} {answer.body.decode('utf-8', 'replace')}"
