"""What a run against a service that charges is going to do, and what it may cost."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from difflib import get_close_matches
from functools import partial
from types import MappingProxyType
from typing import Any

from contract_tests.boundaries import boundaries
from contract_tests.cases import Case, bare_body, few_cases
from contract_tests.course import Stage
from contract_tests.errors import TargetError
from contract_tests.evidence import Job
from contract_tests.examiner import Examiner
from contract_tests.failures import show
from contract_tests.live.prices import Tariff
from contract_tests.packing import Packed, packed_refusals
from contract_tests.plan import submit_of
from contract_tests.rules import sides_of
from contract_tests.wire import decode, encode
from specs import Contract, Json, Judge, Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One submit: to be refused, which costs nothing, or to be accepted.

    `price` is the most that it may cost if it is accepted, wanted or not, `body` what
    is sent.
    """

    contract: Contract
    case: str
    price: Decimal
    body: bytes = field(repr=False)
    make: Callable[[Examiner], Any] = field(repr=False)
    stage: Stage | None = None  # of a submit: its part in the lives of the jobs

    @property
    def is_refusal(self) -> bool:
        """Whether the service is to say no, which costs nothing."""
        return self.stage is None


@dataclass(frozen=True, slots=True, kw_only=True)
class LivePlan:
    """The calls in the order they are made: refusals first, then the cheapest."""

    calls: tuple[Call, ...]

    @property
    def contracts(self) -> tuple[Contract, ...]:
        """The contracts that the calls are about."""
        return tuple(dict.fromkeys(it.contract for it in self.calls))

    @property
    def submits(self) -> tuple[Call, ...]:
        """The calls that are to be accepted, and to be paid for."""
        return tuple(it for it in self.calls if not it.is_refusal)

    @property
    def total(self) -> Decimal:
        """What the calls cost at most at a service that keeps its contracts."""
        return sum((it.price for it in self.submits), Decimal(0))

    @property
    def sides(self) -> int:
        """How many sides of rules the contracts have: the plan shows them all."""
        return sum(len(sides_of(it)) for it in self.contracts)

    @property
    def record(self) -> list[dict[str, str]]:
        """Each call as JSON values, in the order they are made."""
        return [
            {
                "contract": it.contract.id,
                "case": it.case,
                "outcome": "refused" if it.is_refusal else "accepted",
                "price": f"{it.price:f}",
                "body": it.body.decode("utf-8", "backslashreplace"),
            }
            for it in self.calls
        ]


def plan_calls(
    contracts: Iterable[Contract],
    tariff: Tariff,
    *,
    given: Mapping[str, Any] = MappingProxyType({}),
) -> LivePlan:
    """Return the few calls that show every rule of *contracts*, and cost little.

    *given* are values for parameters that the documents leave open, such as the
    address of a video that there is. Raises PriceError where a price is unknown, and
    TargetError where a given value is none that a document admits.
    """
    chosen = tuple(contracts)
    for name, value in given.items():
        _refuse_stray(chosen, name, value)
    submits = [it for contract in chosen for it in _submits(contract, tariff, given)]
    # Whoever can pay for each submit can pay for a refusal that is none.
    most = max((it.price for it in submits), default=Decimal(0))
    refusals = [it for contract in chosen for it in _refusals(contract, tariff, most)]
    cheapest_first = partial(sorted, key=lambda it: it.price)
    return LivePlan(calls=(*cheapest_first(refusals), *cheapest_first(submits)))


def _refuse_stray(contracts: tuple[Contract, ...], name: str, value: Json) -> None:
    holders = [it for it in contracts if name in it.body.properties]
    if not holders:
        known = sorted({name for it in contracts for name in it.body.properties})
        near = get_close_matches(name, known, n=3) or known
        raise TargetError(
            f"--input {show(name)}",
            "no contract under test has such a parameter",
            fix=f"name one that it has, such as {', '.join(near)}",
        )
    for contract in holders:
        auth = contract.provider.auth
        request = replace(
            submit_of(contract, encode({**bare_body(contract), name: value})),
            headers={auth.header: auth.scheme},
        )
        if breach := next(Judge(contract).check_request(request), None):
            raise TargetError(
                f"--input {name}", breach.message, fix="give a value it admits"
            )


def _refusals(contract: Contract, tariff: Tariff, most: Decimal) -> Iterable[Call]:
    thrift = _thrift(contract, tariff)
    price = partial(tariff, contract)
    for it in packed_refusals(contract, thrift=thrift, cost=price, most=most):
        is_submit = it.request.operation.role == "submit"
        sent = it.request.body or b""
        yield Call(
            contract=contract,
            case=_told(it),
            price=price(decode(sent)) if is_submit else Decimal(0),
            body=sent,
            make=partial(_refuse, it),
        )
    body = bare_body(contract) | thrift
    keyless = submit_of(contract, encode(body))
    yield Call(
        contract=contract,
        case="submit: without a key",
        price=tariff(contract, body),
        body=keyless.body or b"",
        make=partial(_knock, keyless),
    )


def _told(packed: Packed) -> str:
    first = packed.ways[0][0]
    told = f"{'.'.join(map(str, first.path)) or 'submit'}: {first.label}"
    others = len(packed.ways) - 1
    return f"{told}, and {others} other members broken" if others else told


def _thrift(contract: Contract, tariff: Tariff) -> dict[str, Any]:
    """Return the optional members that make the bare body as cheap as can be."""
    chosen: dict[str, Any] = {}
    bare = bare_body(contract)
    for it in contract.parameters:
        price = tariff(contract, bare | chosen)
        for value in boundaries(it.schema):
            if (other := tariff(contract, bare | chosen | {it.name: value})) < price:
                chosen[it.name], price = value, other
    return chosen


def _submits(
    contract: Contract, tariff: Tariff, given: Mapping[str, Any]
) -> Iterable[Call]:
    def cost(body: Json) -> float:
        return float(tariff(contract, body))

    few = few_cases(contract, given=given, cost=cost, least=_rows(contract))
    cases = sorted(few, key=lambda it: cost(it.body))
    for stage, it in zip(_stages(len(cases)), [cases[0], *cases], strict=True):
        # The ledger knows what was sent by its letters: the same body is written anew.
        body = encode(it.body) + b"\n" * (stage is Stage.TWIN)
        yield Call(
            contract=contract,
            case=f"{it.label}: the same again" if stage is Stage.TWIN else it.label,
            price=tariff(contract, it.body),
            body=body,
            make=partial(_submit, it, body, stage),
            stage=stage,
        )


def _rows(contract: Contract) -> int:
    """Return how many bodies are sent, where rules ask for no more.

    Each costs two requests. Where there are few operations to ask about, that leaves
    room for a tenth job.
    """
    return 9 if contract.result is None else 7


def _stages(bodies: int) -> Iterator[Stage]:
    """Yield the stage of each submit of so many *bodies*, of which the first comes twice."""
    yield from (Stage.FIRST, Stage.TWIN)
    yield from [Stage.USUAL] * (bodies - 3)
    yield from (Stage.FAILING, Stage.LAST)[max(0, 3 - bodies) :]


def _refuse(it: Packed, examiner: Examiner) -> None:
    examiner.refuse_at_once(it.request, it.ways)


def _knock(request: Request, examiner: Examiner) -> None:
    examiner.knock(request, None)


def _submit(it: Case, body: bytes, stage: Stage, examiner: Examiner) -> Job:
    failing = stage is Stage.FAILING and bool(examiner.target.failing)
    return examiner.submit(it.body, failing=failing, sent=body, case=it.label)
