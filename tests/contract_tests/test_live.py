"""A service that charges is never asked for more than the budget, whatever fails."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import httpx
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from contract_tests import Target
from contract_tests.bridge import AsgiBridge
from contract_tests.errors import (
    LedgerError,
    MissingKeyError,
    PriceError,
    TargetError,
)
from contract_tests.live import (
    Call,
    Entry,
    Ledger,
    LivePlan,
    LiveReport,
    Purse,
    fixed,
    plan_calls,
    published,
    run_live,
)
from contract_tests.reports import as_text, schema
from contract_tests.rules import sides_of
from specs import Answer, Contract, Registry, vendored_folder
from tests.contract_tests.conftest import AIMLAPI, FAL, small
from tests.contract_tests.mutants.footage import Footage
from tests.contract_tests.mutants.lives import NeverFinishes
from tests.contract_tests.mutants.reference import KEYS, Reply, Service, Work

REGISTRY = Registry.load(vendored_folder())


SMALL = small(
    REGISTRY.contract(FAL), "num_frames", "resolution", "num_interpolated_frames"
)
_POLLING = msgspec.structs.replace(SMALL.provider.polling, deadline=30.0)
HASTY = replace(
    SMALL, provider=msgspec.structs.replace(SMALL.provider, polling=_POLLING)
)
SMALL_AIMLAPI = small(REGISTRY.contract(AIMLAPI), "num_frames", "resolution")


class Bank(Service):
    """Charges for each job that it takes on, and keeps count."""

    def __init__(self, *contracts: Contract) -> None:
        super().__init__(replace(REGISTRY, contracts=contracts))
        self.charged = Decimal(0)
        self.sent: Counter[bytes] = Counter()
        self.fetched = set[str]()

    def result(self, work: Work) -> Reply:
        status, told = super().result(work)
        self.fetched |= {work.id} if status == 200 else set()
        return status, told

    def receive(self, contracts: list[Contract], body: bytes, headers: Any) -> Reply:
        self.sent[body] += 1
        return super().receive(contracts, body, headers)

    def submit(self, contract: Contract, value: Any, headers: Any) -> Reply:
        self.charged += self.bill(value)
        return super().submit(contract, value, headers)

    def cost(self, work: Work) -> int:
        return 600_000  # credits: 0.30, which is all that any call may cost

    def bill(self, value: Any) -> Decimal:
        """Return the price as the provider's page has it, read a second time."""
        members = value if isinstance(value, dict) else {}
        rates = {"480p": "0.05", "580p": "0.075"}
        frames = members.get("num_frames", 81)
        frames = frames if type(frames) in (int, float) else 241
        inserted = members.get("num_interpolated_frames", 0)
        inserted = inserted if type(inserted) in (int, float) else 5
        rate = Decimal(rates.get(str(members.get("resolution")), "0.10"))
        return rate * Decimal(str(frames)) * (1 + Decimal(str(inserted))) / 16


class TellsTheFirst(Bank):
    """Tells of one member that is wrong at a time, as some services do."""

    def objections(self, contract: Contract, value: Any) -> dict[str, str]:
        return dict([*super().objections(contract, value).items()][:1])


class RepeatsAll(TellsTheFirst):
    """Repeats the whole request in its refusals, as some services do."""

    def objections(self, contract: Contract, value: Any) -> dict[str, str]:
        found = super().objections(contract, value)
        return {name: f"{it} in {json.dumps(value)}" for name, it in found.items()}


class NamesNone(Bank):
    """Does not say which member is wrong."""

    def objections(self, contract: Contract, value: Any) -> dict[str, str]:
        return {"": "wrong"} if super().objections(contract, value) else {}


class TakesAnyPrompt(Bank):
    def objections(self, contract: Contract, value: Any) -> dict[str, str]:
        found = super().objections(contract, value)
        return {name: it for name, it in found.items() if name != "prompt"}


class RepeatsAndTakesAnyPrompt(RepeatsAll, TakesAnyPrompt):
    pass


class Locked(Bank):
    """Lets nobody in with the key that there is, once so many submits were taken."""

    status = 401
    after = 0

    def admits(self, contract: Contract, operation: Any, headers: Any) -> bool:
        return len(self.work) < self.after and super().admits(
            contract, operation, headers
        )

    def refuse(self, contract: Contract, status: int, *why: Any) -> Reply:
        own = contract.provider.errors.unauthorized
        return super().refuse(contract, self.status if status == own else status, *why)


class TakesAnything(Bank):
    def objections(self, contract: Contract, value: Any) -> dict[str, str]:
        return {}


class Killed(BaseException):
    """The process dies."""


class Accidents(httpx.BaseTransport):
    """Lets requests through, but for what is to happen to some of them."""

    def __init__(self, inner: httpx.BaseTransport, happenings: list[str]) -> None:
        self._inner = inner
        self._left = iter(happenings)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        happening = next(self._left, "")
        if happening == "killed before":
            raise Killed
        if happening == "reset before":
            raise httpx.ConnectError("refused")
        response = self._inner.handle_request(request)
        response.read()
        match happening:
            case "killed after":
                raise Killed
            case "reset after":
                raise httpx.ReadError("reset")
            case "a 503 after":
                return httpx.Response(503, json={"detail": "a bug"})
            case "garbage after":
                return httpx.Response(200, content=b'{"request_id": ')
        return response


WHATEVER = ("killed before", "killed after", "reset before", "reset after")
BAD_ANSWERS = ("a 503 after", "garbage after")
HAPPENINGS = st.lists(
    st.sampled_from(("", "", "", "", *WHATEVER, *BAD_ANSWERS)), max_size=40
)


@contextmanager
def dying(write: int | None, cut: int) -> Iterator[None]:
    """Die in that *write* of the ledger, of which all but *cut* letters are kept."""
    left = [write]

    def sync(descriptor: int) -> None:
        if left[0] is None:
            return
        left[0] -= 1
        if left[0] < 0:
            left[0] = None
            kept = Path(f"/proc/self/fd/{descriptor}").resolve()
            raw = kept.read_bytes()
            start = raw.rstrip(b"\n").rfind(b"\n") + 1
            kept.write_bytes(raw[: max(start, len(raw) - cut)])
            raise Killed

    with patch("contract_tests.live.ledger.os.fsync", sync):
        yield


def run_once(
    service: Service,
    path: Path,
    budget: str,
    *,
    happenings: list[str] | None = None,
    contract: Contract = SMALL,
    **options: Any,
) -> LiveReport:
    tariff = published if contract.id == SMALL.id else fixed(Decimal("0.30"))
    with AsgiBridge(service) as bridge, Ledger.open(path) as ledger:
        target = replace(
            service.target(bridge, **options),
            transport=Accidents(bridge, happenings or []),
        )
        purse = Purse(budget=Decimal(budget), tariff=tariff, ledger=ledger)
        plan = small_plan() if contract is SMALL else plan_calls([contract], tariff)
        return run_live(plan, target, purse)


@cache
def small_plan() -> LivePlan:
    """Plan the calls of the small contract, which nothing changes."""
    return plan_calls([SMALL], published)


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(
    kind=st.sampled_from([Bank, TakesAnything]),
    budget=st.decimals(0, 12, places=2),
    runs=st.lists(
        st.tuples(HAPPENINGS, st.none() | st.integers(0, 40), st.integers(1, 300)),
        min_size=1,
        max_size=3,
    ),
)
def test_no_run_exceeds_its_budget_whatever_fails(
    kind: type[Bank],
    budget: Decimal,
    runs: list[tuple[list[str], int | None, int]],
) -> None:
    service = kind(SMALL)
    with TemporaryDirectory() as folder:
        path = Path(folder, "ledger.jsonl")
        for happenings, write, cut in runs:
            try:
                with dying(write, cut):
                    run_once(service, path, str(budget), happenings=happenings)
            except Killed:
                pass

            assert service.charged <= budget
        with Ledger.open(path) as ledger:
            assert service.charged <= ledger.spent <= budget

    unpaid = bare_body()
    again = {body for body, times in service.sent.items() if times > 1}
    assert again <= {unpaid}


def bare_body() -> bytes:
    """Return the body that is also sent to another path, and without a key."""
    (body,) = [it.body for it in small_plan().calls if "without a key" in it.case]
    return body


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.jsonl"


# ---- a run


@pytest.mark.parametrize("contract", [SMALL, SMALL_AIMLAPI], ids=["fal", "aimlapi"])
def test_a_run_shows_every_rule_when_the_budget_bears_its_plan(
    contract: Contract, path: Path
) -> None:
    service = Bank(contract)

    report = run_once(service, path, "9", contract=contract)

    (result,) = report.report.contracts
    assert report.report.is_kept
    assert result.faults == ()
    assert set(result.states) > {contract.lifecycle.initial}
    assert report.spent == report.plan.total
    assert report.accepted == len(service.work)
    record = json.loads(as_text(report.report, paid=report.paid))
    Draft202012Validator(schema()).validate(record)
    assert record["is_kept"]


@pytest.mark.parametrize("contract", [SMALL, SMALL_AIMLAPI], ids=["fal", "aimlapi"])
def test_no_rule_is_broken_alone_where_a_refusal_tells_of_each(
    contract: Contract, path: Path
) -> None:
    service = Bank(contract)

    report = run_once(service, path, "20", contract=contract)

    assert report.report.contracts[0].coverage == 1
    assert service.sent.total() == sum(bool(it.body) for it in at_submit(report.plan))


@pytest.mark.parametrize("kind", [TellsTheFirst, RepeatsAll])
@pytest.mark.parametrize("contract", [SMALL, SMALL_AIMLAPI], ids=["fal", "aimlapi"])
def test_each_rule_is_broken_alone_once_where_a_refusal_leaves_others_open(
    kind: type[Bank], contract: Contract, path: Path
) -> None:
    service = kind(contract)

    report = run_once(service, path, "20", contract=contract)

    refused = sum(side.side == "refused" for side in sides_of(contract))
    assert report.report.is_kept
    assert report.report.contracts[0].coverage == 1
    assert service.sent.total() <= len(report.plan.calls) + refused


def test_who_names_no_member_is_not_asked_for_each(path: Path) -> None:
    service = NamesNone(SMALL)

    report = run_once(service, path, "20")

    claims = {it.fault.claim for it in report.report.faults}
    assert claims == {"a_refusal_names_the_field"}
    assert service.sent.total() < len(report.plan.calls) + 10


@pytest.mark.parametrize("kind", [TakesAnyPrompt, RepeatsAndTakesAnyPrompt])
@pytest.mark.parametrize("contract", [SMALL, SMALL_AIMLAPI], ids=["fal", "aimlapi"])
def test_one_of_many_rules_that_is_not_kept_is_found(
    kind: type[Bank], contract: Contract, path: Path
) -> None:
    report = run_once(kind(contract), path, "20", contract=contract)

    found = {it.fault.claim: it.fault.case for it in report.report.faults}
    assert found["an_invalid_request_is_refused"].startswith("prompt: ")
    assert report.report.contracts[0].coverage == 1


def test_each_rule_is_blamed_where_a_body_that_breaks_many_is_taken(
    path: Path,
) -> None:
    report = run_once(TakesAnything(SMALL), path, "20")

    cases = {it.fault.case.partition(":")[0] for it in report.report.faults}
    assert cases >= {"prompt", "video_url", "num_frames", "resolution"}


def at_submit(plan: LivePlan) -> list[Call]:
    """Return the calls that go to where jobs are submitted."""
    elsewhere = ("an unknown model", "missing", "without a key")
    return [it for it in plan.calls if not it.case.endswith(elsewhere)]


def test_a_run_sends_refusals_first_and_then_the_cheapest() -> None:
    plan = small_plan()

    kinds = [it.is_refusal for it in plan.calls]
    prices = [it.price for it in plan.submits]
    assert kinds == sorted(kinds, reverse=True)
    assert prices == sorted(prices)
    assert plan.total == sum(prices)
    assert plan.sides == len(sides_of(SMALL))


@pytest.mark.parametrize("contract", REGISTRY.contracts, ids=lambda it: it.id)
def test_a_plan_is_short_whatever_the_contract(contract: Contract) -> None:
    plan = plan_calls([contract], fixed(Decimal(1)))

    assert len(plan.calls) <= 60
    assert len(plan.submits) <= 20


def test_a_contract_without_parameters_is_planned_too() -> None:
    submit = SMALL_AIMLAPI.submit
    nothing = replace(SMALL_AIMLAPI.body, properties={}, additional=False)
    contract = replace(SMALL_AIMLAPI, submit=replace(submit, body=nothing))

    plan = plan_calls([contract], fixed(Decimal(1)))

    assert [it.stage for it in plan.submits] == ["first", "the first again"]
    assert {json.dumps(json.loads(it.body)) for it in plan.submits} == {
        json.dumps(contract.fixed)
    }
    assert len({it.body for it in plan.submits}) == 2


def test_a_plan_tells_each_call_and_what_is_sent() -> None:
    plan = small_plan()

    record = plan.record

    assert [it["case"] for it in record] == [it.case for it in plan.calls]
    assert json.loads(record[-1]["body"])["num_frames"] == 241
    assert sum(it["outcome"] == "accepted" for it in record) == len(plan.submits)
    assert {it["contract"] for it in record} == {SMALL.id}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"promt": "a cat"}, "no contract under test has such a parameter.*prompt"),
        ({"num_frames": 16}, "--input num_frames: .*; give a value it admits"),
    ],
)
def test_a_given_value_is_refused_when_no_document_admits_it(
    given: dict[str, Any], message: str
) -> None:
    with pytest.raises(TargetError, match=message):
        plan_calls([SMALL], published, given=given)


def test_a_given_value_is_sent_as_it_is(path: Path) -> None:
    plan = plan_calls([SMALL], published, given={"video_url": "https://a.test/b.mp4"})

    assert all(b"https://a.test/b.mp4" in it.body for it in plan.submits)


def test_a_run_stops_with_what_it_knows_when_the_budget_is_used_up(path: Path) -> None:
    service = Bank(SMALL)

    report = run_once(service, path, "0.50")

    assert 0.5 < report.report.contracts[0].coverage < 1
    assert not report.report.is_kept
    assert "the next call may cost" in report.stopped
    assert 0 < service.charged <= Decimal("0.50")


def test_a_run_goes_on_from_the_ledger_of_another(path: Path) -> None:
    service = Bank(SMALL)
    first = run_once(service, path, "0.50")

    second = run_once(service, path, "9")

    assert first.accepted < second.accepted
    assert second.report.is_kept
    assert max(it for body, it in service.sent.items() if body != bare_body()) == 1


def test_a_run_follows_jobs_that_another_left_open(path: Path) -> None:
    service = Bank(SMALL)
    run_once(service, path, "9", patience=0.0)
    with Ledger.open(path) as ledger:
        left = list(ledger.open_jobs("http://service.test", SMALL.id))
    with AsgiBridge(service) as bridge, Ledger.open(path) as ledger:
        target = service.target(bridge)
        purse = Purse(budget=Decimal(0), tariff=published, ledger=ledger)
        nothing = plan_calls([SMALL], published)
        run_live(replace(nothing, calls=nothing.calls[:1]), target, purse)
        still = list(ledger.open_jobs("http://service.test", SMALL.id))

    assert len(left) == 7
    assert still == []


def test_a_run_stops_at_the_first_call_that_costs_more_than_its_price(
    path: Path,
) -> None:
    service, price = Bank(SMALL_AIMLAPI), fixed(Decimal("0.10"))  # it charges 0.30

    def run() -> LiveReport:
        with AsgiBridge(service) as bridge, Ledger.open(path) as ledger:
            purse = Purse(budget=Decimal(9), tariff=price, ledger=ledger)
            plan = plan_calls([SMALL_AIMLAPI], price)
            return run_live(plan, service.target(bridge), purse)

    first, again = run(), run()

    assert "a call cost 0.3, and by its price 0.10 at most" in first.stopped
    assert "--price" in first.stopped
    assert (first.accepted, first.spent) == (1, Decimal("0.3"))
    assert (again.accepted, again.spent) == (1, Decimal("0.3"))
    assert run_once(service, path, "9", contract=SMALL_AIMLAPI).stopped == ""


def test_a_submit_without_an_answer_is_not_sent_again(path: Path) -> None:
    service = Bank(SMALL)
    refusals = len(small_plan().calls) - 7
    first = run_once(service, path, "9", happenings=[""] * refusals + ["reset after"])

    second = run_once(service, path, "9")

    assert first.unsettled == second.unsettled == 1
    assert service.charged == first.spent == second.spent
    assert (
        "got no answer, so it is not sent again" in second.report.contracts[0].errors[0]
    )


def test_a_run_ends_when_nobody_answers(path: Path) -> None:
    service = Bank(SMALL)

    report = run_once(service, path, "9", happenings=["reset before"] * 99)

    assert "got no answer" in report.stopped
    assert report.unsettled == 3
    assert service.sent == Counter()


def test_nobody_is_asked_for_long_when_the_service_goes_away(path: Path) -> None:
    calls = len(small_plan().calls)
    lasting = [""] * (calls + 5)

    service = Bank(SMALL)
    begun = service.now

    report = run_once(service, path, "9", happenings=lasting + ["reset before"] * 9)

    assert 0 < report.accepted < 8
    assert service.now - begun < SMALL.provider.polling.deadline / 2
    assert report.unsettled <= 3
    assert "got no answer" in report.stopped
    assert report.report.contracts[0].requests <= len(lasting)


@pytest.mark.parametrize("status", [401, 403])
def test_a_run_stops_at_the_first_call_when_the_key_is_refused(
    status: int, path: Path
) -> None:
    service = Locked(SMALL)
    service.status = status

    report = run_once(service, path, "9")

    assert report.is_locked_out
    assert f"the service refuses the key ({status} to a submit)" in report.stopped
    assert report.report.contracts[0].errors == (report.stopped,)
    assert report.report.faults == ()
    assert report.report.contracts[0].requests == 0
    assert report.spent == 0
    with Ledger.open(path) as ledger:
        assert [it.answer.status for it in ledger.entries if it.answer] == [status]


def test_a_run_goes_on_with_a_valid_key_where_another_was_refused(path: Path) -> None:
    run_once(Locked(SMALL), path, "9")

    report = run_once(Bank(SMALL), path, "9")

    assert not report.is_locked_out
    assert report.report.is_kept


def test_a_run_keeps_what_it_knows_when_the_key_is_refused_on_the_way(
    path: Path,
) -> None:
    service = Locked(SMALL)
    service.after = 3

    report = run_once(service, path, "9")

    assert report.is_locked_out
    assert report.accepted == 3
    assert report.report.contracts[0].coverage > 0.5
    assert report.report.faults == ()


def test_a_key_that_is_refused_is_no_fault_of_a_job_that_was_left_open(
    path: Path,
) -> None:
    run_once(Bank(SMALL), path, "9", patience=0.0)

    report = run_once(Locked(SMALL), path, "9")

    assert report.is_locked_out
    assert "(401 to a poll)" in report.stopped
    assert report.report.faults == ()


def test_what_was_paid_for_is_looked_at_and_waited_for_no_longer_than_it_takes(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class TakesAMinute(Bank):
        @property
        def now(self) -> float:
            return super().now / 15

    service, waited = TakesAMinute(SMALL), list[float]()

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        service.advance(seconds)

    monkeypatch.setattr(time, "sleep", sleep)

    report = run_once(service, path, "9", advance=sleep, failing={}, restart=None)

    assert report.report.is_kept
    assert len(service.fetched) == report.accepted - 1  # one was withdrawn
    assert max(waited) <= 10
    assert 60 < sum(waited) < 200


def test_a_video_is_downloaded_and_measured(path: Path) -> None:
    class Tiny(Bank):
        def footage(self, work: Work) -> Footage:
            return replace(super().footage(work), width=100, height=100)

    kept = run_once(Bank(SMALL), path, "9")
    broken = run_once(Tiny(SMALL), path.with_name("other"), "9")

    passed = {it.claim: it.passed for it in kept.report.contracts[0].claims}
    assert passed["a_video_can_be_played"] == 1
    assert kept.report.is_kept
    claims = {it.fault.claim for it in broken.report.faults}
    assert claims == {"a_video_keeps_the_promise"}


def test_a_job_that_is_hidden_from_its_owner_is_a_fault(path: Path) -> None:
    class Hides(Bank):
        def admits(self, contract: Contract, operation: Any, headers: Any) -> bool:
            is_poll = operation.role == "poll"
            return not is_poll and super().admits(contract, operation, headers)

    report = run_once(Hides(HASTY), path, "9", contract=HASTY)

    assert not report.is_locked_out
    claims = {it.fault.claim for it in report.report.faults}
    assert "a_known_job_is_found" in claims


def test_a_job_that_takes_too_long_is_a_fault(path: Path) -> None:
    class Slow(NeverFinishes, Bank):
        pass

    report = run_once(Slow(HASTY), path, "9", contract=HASTY)

    claims = {it.fault.claim for it in report.report.faults}
    assert claims == {"a_job_finishes"}


def test_a_refusal_that_is_accepted_is_paid_for(path: Path) -> None:
    service = TakesAnything(SMALL)

    report = run_once(service, path, "9")

    claims = {it.fault.claim for it in report.report.faults}
    assert "an_invalid_request_is_refused" in claims
    assert report.plan.total < service.charged <= report.spent <= 9


def test_a_run_needs_a_key(path: Path) -> None:
    plan, nowhere = small_plan(), Target(base_url="http://a.test")
    with Ledger.open(path) as ledger:
        purse = Purse(budget=Decimal(9), tariff=published, ledger=ledger)
        with pytest.raises(MissingKeyError):
            run_live(plan, nowhere, purse)


# ---- prices


@pytest.mark.parametrize(
    ("body", "price"),
    [
        pytest.param({"num_frames": 16, "resolution": "720p"}, "0.106250", id="below"),
        pytest.param({"num_frames": 32, "resolution": "480p"}, "0.1", id="as asked"),
        pytest.param({"num_frames": 320, "resolution": "480p"}, "1", id="above"),
        pytest.param({"num_frames": 32}, "0.2", id="any size"),
        pytest.param({"num_frames": 32, "resolution": "240p"}, "0.2", id="no price"),
        pytest.param({"num_frames": 32, "resolution": ["480p"]}, "0.2", id="a list"),
        pytest.param({}, "0.50625", id="the default"),
        pytest.param(None, "0.50625", id="no object"),
        pytest.param({"num_frames": "32"}, "1.50625", id="a text"),
        pytest.param({"num_frames": True}, "1.50625", id="a truth"),
        pytest.param(
            {"num_frames": 32, "match_input_num_frames": True},
            "1.50625",
            id="the input's",
        ),
        pytest.param(
            {"num_frames": 32, "num_interpolated_frames": 1}, "0.4", id="in between"
        ),
        pytest.param({"num_frames": 10**400}, "6250000", id="absurd"),
        pytest.param({"num_frames": float("nan")}, "6250000", id="no number"),
    ],
)
def test_a_submit_costs_at_most_what_the_dearest_reading_says(
    body: Any, price: str
) -> None:
    assert published(REGISTRY.contract(FAL), body) == Decimal(price)


def test_a_price_that_nobody_publishes_is_asked_for() -> None:
    with pytest.raises(PriceError, match="pass --price"):
        published(REGISTRY.contract(AIMLAPI), {})


def test_a_price_without_an_end_is_asked_for() -> None:
    endless = small(REGISTRY.contract(FAL))

    with pytest.raises(PriceError, match="'num_frames', which has no maximum"):
        published(endless, {})


def test_a_price_for_each_call_needs_no_frames() -> None:
    contract = REGISTRY.contract(FAL)
    prices = contract.provider.prices
    assert prices is not None
    flat = msgspec.structs.replace(prices, frames=None, frames_per_second=None)
    counted = msgspec.structs.replace(prices, inserted=None)

    def cost(other: Any, body: Any) -> Decimal:
        provider = msgspec.structs.replace(contract.provider, prices=other)
        return published(replace(contract, provider=provider), body)

    assert cost(flat, {"resolution": "480p"}) == Decimal("0.05")
    assert cost(counted, {"num_frames": 32, "num_interpolated_frames": 5}) == Decimal(
        "0.2"
    )


# ---- the ledger


def entry(**facts: Any) -> Entry:
    defaults: dict[str, Any] = {
        "base_url": "http://a.test",
        "path": "/x",
        "contract": "a:b",
        "body": "{}",
        "signed": True,
        "price": Decimal("0.5"),
    }
    return Entry(**{**defaults, **facts})


def assert_refused(path: Path, message: str) -> None:
    with pytest.raises(LedgerError, match=message), Ledger.open(path):
        pass


def test_a_ledger_is_read_as_it_was_written(path: Path) -> None:
    noon = datetime(2026, 11, 21, 12, tzinfo=UTC)
    with Ledger.open(path, now=lambda: noon) as ledger:
        for it in (entry(), entry(body="\udcff"), entry(body="[]")):
            ledger.write_call(it)
        first, second, _ = ledger.entries
        ledger.write_answer(
            first, Answer(status=200, body=b"\xff"), job="j", curl="curl"
        )
        ledger.write_answer(second, Answer(status=422, body=b""), job="", curl="")
        ledger.write_end(first, "completed", cost=Decimal("0.7"))

    with Ledger.open(path) as ledger:
        one, two, three = ledger.entries
        assert (one.answer, one.job, one.state) == (first.answer, "j", "completed")
        assert two.is_refused
        assert three.answer is None
        assert [it.charge for it in ledger.entries] == [
            Decimal("0.7"),
            Decimal(0),
            Decimal("0.5"),
        ]
    assert (
        json.loads(path.read_text().splitlines()[0])["at"]
        == "2026-11-21T12:00:00+00:00"
    )


def test_a_job_of_which_the_service_tells_no_cost_counts_at_its_price(
    path: Path,
) -> None:
    with Ledger.open(path) as ledger:
        ledger.write_call(it := entry())
        ledger.write_answer(it, Answer(status=200, body=b""), job="j", curl="")
        ledger.write_end(it, "completed", cost=None)

    with Ledger.open(path) as ledger:
        assert ledger.spent == Decimal("0.5")


def test_a_ledger_is_kept_by_one_run_at_a_time(path: Path) -> None:
    with Ledger.open(path):
        assert_refused(path, "kept by another run")


@pytest.mark.parametrize(
    "line",
    [
        "{}",
        "[]",
        "nonsense",
        '{"event": "answer", "call": 0}',
        '{"event": "call", "call": 1}',
        '{"event": "rewind", "call": 0}',
    ],
)
def test_a_file_that_is_no_ledger_is_refused_by_its_line(path: Path, line: str) -> None:
    with Ledger.open(path) as ledger:
        ledger.write_call(entry())
    lines = [path.read_text(), '{"event": "answer", "call": 7}\n']
    path.write_text(lines[0] + line + "\n")

    assert_refused(path, "ledger.jsonl:2: is no line of a ledger")


def test_a_ledger_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    assert_refused(tmp_path, "cannot be kept")


def test_a_ledger_keeps_no_key(path: Path) -> None:
    class Gossip(Bank):
        def describe(self, work: Any) -> dict[str, Any]:
            return super().describe(work) | {"key": KEYS["fal"]}

    run_once(Gossip(SMALL), path, "9")

    assert KEYS["fal"].partition(":")[2] not in path.read_text()


# ---- what the service tells of its costs


@pytest.mark.parametrize(
    ("told", "spent"),
    [
        pytest.param(2_000_000, "1", id="credits"),
        pytest.param(1, "0.30", id="less than feared"),
        pytest.param(True, "0.30", id="a truth"),
        pytest.param(float("inf"), "0.30", id="no number"),
    ],
)
def test_a_job_that_cost_more_than_was_thought_counts_as_that(
    told: float, spent: str, path: Path
) -> None:
    class Tells(Bank):
        def describe(self, work: Any) -> dict[str, Any]:
            usage = {"credits_used": told}
            return super().describe(work) | {"meta": {"usage": usage}}

    run_once(Tells(SMALL_AIMLAPI), path, "0.40", contract=SMALL_AIMLAPI)

    with Ledger.open(path) as ledger:
        assert ledger.spent == Decimal(spent)
