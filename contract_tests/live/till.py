"""The one way to a service that charges: what may cost something is paid for here.

Every submit is a call that may be billed, one that breaks a rule no less: the service
may take it. So before each the till asks whether the budget bears the most that it can
cost, writes it to the ledger, and only then sends it. A submit that the ledger has seen
is answered from there. One that got no answer is not sent again, by this run or another.
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from contract_tests.errors import BudgetError, RefusedKeyError, UnreachableError
from contract_tests.live.ledger import LOCKED_OUT, Entry, Ledger
from contract_tests.live.prices import Tariff
from contract_tests.target import Connection, Exchange
from contract_tests.wire import decode
from specs import Answer, Contract, Request, look_up


@dataclass(frozen=True, slots=True, kw_only=True)
class Purse:
    """What all calls of a run may cost together, and how it is known what one may."""

    budget: Decimal
    tariff: Tariff
    ledger: Ledger

    def refuse(self, price: Decimal, where: str) -> None:
        """Raise BudgetError where *price* is more than is left."""
        spent = self.ledger.spent
        if spent + price > self.budget:
            raise BudgetError(
                where,
                f"the next call may cost {price}, and {spent} of {self.budget} may be "
                "spent",
                fix="raise --budget to go on from here",
            )


class Till:
    """Sends the requests of *contract* through *connection*, as far as *purse* goes."""

    def __init__(
        self, contract: Contract, connection: Connection, purse: Purse, *, base_url: str
    ) -> None:
        self.credential = connection.credential
        self._contract = contract
        self._connection = connection
        self._purse = purse
        self._base_url = base_url
        self._let_in: set[str] = set()  # the roles in which the key was let in

    def send(self, request: Request, *, credential: str | None) -> Exchange:
        """Return the exchange that sending *request* makes, or made before.

        Raises BudgetError where it may cost too much, UnreachableError where nobody
        answers or nobody did, RefusedKeyError where the key opens nothing.
        """
        if request.operation.role == "submit":
            return self._submit(request, credential)
        exchange = self._send(request, credential)
        if credential == self.credential and self._is_own(request):
            self._check_key(request, exchange.answer)
        if request.operation is self._contract.poll:
            self._note_end(request, exchange.answer)
        return exchange

    def _submit(self, request: Request, credential: str | None) -> Exchange:
        raw = request.body or b""
        asked = Entry(
            base_url=self._base_url,
            path=request.operation.wire_path,
            contract=self._contract.id,
            body=raw.decode("utf-8", "surrogateescape"),
            signed=credential == self.credential,
            price=self._purse.tariff(self._contract, decode(raw)),
        )
        if known := self._purse.ledger.find(asked):
            return self._recall(request, known)
        self._refuse_wrong_prices()
        self._purse.refuse(asked.price, self._contract.id)
        self._purse.ledger.write_call(asked)
        exchange = self._send(request, credential)
        answer = _without(exchange.answer, exchange.secrets)
        taken = 200 <= answer.status < 300
        job = _find(answer, self._contract.provider.job.id) if taken else None
        self._purse.ledger.write_answer(
            asked,
            answer,
            job=job if isinstance(job, str) else "",
            curl=exchange.curl,
            cost=self._cost(answer) if taken else None,
        )
        # A model that nobody has may be as closed as it is unknown.
        if asked.signed and request.operation is self._contract.submit:
            self._check_key(request, exchange.answer)
        return exchange

    def _refuse_wrong_prices(self) -> None:
        """Raise BudgetError where a call has cost more than the prices say it could."""
        for it in self._purse.ledger.entries:
            is_ours = (it.base_url, it.contract) == (self._base_url, self._contract.id)
            if not is_ours or it.cost is None:
                continue
            most = self._purse.tariff(
                self._contract, decode(it.body.encode("utf-8", "surrogateescape"))
            )
            if it.cost > most:
                raise BudgetError(
                    self._contract.id,
                    f"a call cost {it.cost}, and by its price {most} at most",
                    fix="mend the price in provider.toml, or give a higher --price",
                )

    def _check_key(self, request: Request, answer: Answer) -> None:
        """Raise RefusedKeyError where it is the key that *answer* refuses.

        Who lets the key in, but never for one of the operations, is at fault; who lets
        it in no more has locked it. A submit may be refused for want of money.
        """
        role = request.operation.role
        if 200 <= answer.status < 300:
            self._let_in.add(role)
        is_known = role in {"submit", *self._let_in}
        if answer.status in LOCKED_OUT and (is_known or not self._let_in):
            raise RefusedKeyError(
                self._contract.id,
                f"the service refuses the key ({answer.status} to a {role})",
                fix="see that it is right and its account may pay, and run again with "
                "the same ledger",
            )

    def _is_own(self, request: Request) -> bool:
        asked = {*request.query.values(), *request.path.values()}
        return any(it.job in asked for it in self._purse.ledger.entries if it.job)

    def _send(self, request: Request, credential: str | None) -> Exchange:
        exchange = self._connection.send(request, credential=credential)
        if exchange.broken:
            raise UnreachableError(
                self._contract.id,
                f"{request.operation.role} got no answer ({exchange.broken})",
                fix="run again with the same ledger to go on from here",
            )
        return exchange

    def _recall(self, request: Request, known: Entry) -> Exchange:
        if known.answer is None:
            raise UnreachableError(
                self._contract.id,
                "this was sent before and got no answer, so it is not sent again",
                fix="see in the provider's own list whether a job came of it",
            )
        return Exchange(request=request, answer=known.answer, curl=known.curl)

    def _note_end(self, request: Request, answer: Answer) -> None:
        facts, lifecycle = self._contract.provider.job, self._contract.lifecycle
        state = _find(answer, facts.status)
        if not isinstance(state, str) or state not in lifecycle.terminal:
            return
        asked = {*request.query.values(), *request.path.values()}
        for it in self._purse.ledger.open_jobs(self._base_url, self._contract.id):
            if it.job in asked:
                self._purse.ledger.write_end(it, state, cost=self._cost(answer))

    def _cost(self, answer: Answer) -> Decimal | None:
        """Return what the service says that the job cost, if it does."""
        provider = self._contract.provider
        told = _find(answer, provider.job.cost) if provider.job.cost else None
        if isinstance(told, bool) or not isinstance(told, int | float):
            return None
        credits_ = provider.prices.credits_per_unit if provider.prices else None
        cost = Decimal(str(told)) / (credits_ or 1)
        return cost if cost.is_finite() else None


def _find(answer: Answer, pointer: str) -> Any:
    try:
        return look_up(decode(answer.body), pointer)
    except LookupError:
        return None


def _without(answer: Answer, secrets: tuple[str, ...]) -> Answer:
    """Return *answer* as it may be kept: without the key that the service was sent."""
    body = answer.body
    for it in secrets:
        body = body.replace(it.encode(), b"[key]")
    return replace(answer, body=body)
