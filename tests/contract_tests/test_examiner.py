"""Whatever a server answers, the examiner judges it; nothing it sends breaks the run."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests import PROFILES, Failure, plan, test_contracts
from contract_tests.boundaries import object_with
from contract_tests.bridge import AsgiBridge
from contract_tests.cases import bare_body
from contract_tests.examiner import Examiner
from contract_tests.profiles import Draws
from contract_tests.tally import Tally
from specs import Contract, Registry
from tests.contract_tests.conftest import AIMLAPI, FAL
from tests.contract_tests.mutants import faulty
from tests.contract_tests.mutants.reference import END, KEYS, Reply, Service

HOSTILE = [
    pytest.param(b"", id="nothing"),
    pytest.param(b"[" * 100_000, id="deep"),
    pytest.param(b'{"a":' * 3_000 + b"1" + b"}" * 3_000, id="deep but sound"),
    pytest.param(b"\xff\xfe", id="no UTF-8"),
    pytest.param(b"NaN", id="no JSON"),
    pytest.param(b"1" * 100_000, id="a huge number"),
    pytest.param(b'{"id": 1e999, "status": {}}', id="wrong types"),
    pytest.param(b'{"id": "x", "status": ["queued"]}', id="a list for a state"),
    pytest.param(b'{"id": "\\ud800", "status": "queued"}', id="half a letter"),
    pytest.param(b"\x1b[2J\x07", id="terminal"),
    pytest.param(f"no key {KEYS['aimlapi']}".encode(), id="the key itself"),
]


@pytest.mark.parametrize("body", HOSTILE)
@pytest.mark.parametrize("status", [200, 302, 404, 500])
@pytest.mark.parametrize("content_type", ["application/json", "", "x; charset=utf-42"])
def test_a_hostile_answer_is_a_failure_that_can_be_read(
    body: bytes, status: int, content_type: str, registry: Registry
) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"content-type", content_type.encode())]
        await send(
            {"type": "http.response.start", "status": status, "headers": headers}
        )
        await send({"type": "http.response.body", "body": body})

    contract = registry.contract(AIMLAPI)
    with AsgiBridge(app) as bridge:
        target = Service(registry).target(bridge)
        with target.connect(contract) as connection:
            examiner = Examiner(
                contract, target, connection, Tally(contract=contract.id)
            )
            with pytest.raises(Failure) as caught:
                examiner.submit(object_with(contract.body) | contract.fixed)

    assert all(line.isprintable() for line in str(caught.value).splitlines())
    assert KEYS["aimlapi"] not in str(caught.value)


def test_a_job_may_have_failed_since_it_was_last_asked_after(
    examine: Callable[..., Examiner],
) -> None:
    examiner = examine(contract=FAL)
    job = examiner.submit(bare_body(examiner.contract), failing=True)
    examiner.advance(END)

    examiner.fetch(job)

    assert job.result is None
    assert job.state in examiner.contract.lifecycle.terminal


def test_a_fault_can_be_sent_again_and_names_its_rule(
    examine: Callable[..., Examiner],
) -> None:
    examiner = examine(faulty.TakesMoreThanTheMaximum)
    violation, request = next(
        it
        for it in plan.invalid_requests(examiner.contract)
        if it[0].rule == "maximum" and it[0].path == ("num_frames",)
    )

    with pytest.raises(Failure) as caught:
        examiner.refuse(request, violation=violation)

    fault = caught.value.faults[0]
    assert fault.rule == "maximum"
    assert fault.pointer.endswith("/properties/num_frames")
    assert fault.case == "num_frames: above the maximum"
    assert fault.answer.startswith("200 {")
    assert fault.curl.startswith("curl -sS -i -X POST")
    assert '"num_frames":242' in fault.curl
    assert fault.curl.endswith(" http://service.test/v2/video/generations")


class SlowlyRefusesLongPrompts(Service):
    """Takes a minute for each answer, and minds no prompt of less than ten letters"""

    def submit(
        self, contract: Contract, value: Any, headers: Mapping[str, str]
    ) -> Reply:
        self.advance(60)
        if len(value["prompt"]) < 10:
            return super().submit(contract, value, headers)
        return self.refuse(contract, 400, {"": "too long"})


def submit_drawn(examiner: Examiner, *, seconds: float) -> None:
    draws = Draws(PROFILES["ci"], 0)

    @draws
    @given(prompt=st.text("ab", min_size=5, max_size=500))
    def accept(prompt: str) -> None:
        examiner.submit(bare_body(examiner.contract) | {"prompt": prompt})

    with examiner.drawing(seconds=seconds):
        accept()


def test_a_search_for_the_smallest_case_ends_when_its_time_is_over(
    registry: Registry,
) -> None:
    contract, service = registry.contract(AIMLAPI), SlowlyRefusesLongPrompts(registry)
    with AsgiBridge(service) as bridge:
        target = service.target(bridge)
        with target.connect(contract) as connection:
            tally = Tally(contract=contract.id)
            examiner = Examiner(
                contract, target, connection, tally, clock=lambda: service.now
            )
            with pytest.raises(Failure) as caught:
                submit_drawn(examiner, seconds=60)
            hasty, told = service.now, tuple(tally.faults.values())
            submit_drawn(examiner, seconds=60)

    assert hasty < 60 * 60
    assert caught.value.faults == told
    assert service.now > hasty


def test_a_search_finds_the_smallest_case_when_it_has_the_time(
    examine: Callable[..., Examiner],
) -> None:
    examiner = examine(SlowlyRefusesLongPrompts)

    with pytest.raises(Failure):
        submit_drawn(examiner, seconds=60)

    (fault,) = examiner.tally.faults.values()
    assert f'"prompt":"{"a" * 10}"' in fault.curl


def test_a_service_in_real_time_is_waited_for_until_its_job_has_ended_and_no_longer(
    examine: Callable[..., Examiner], monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        restart: Any = examiner.target.restart
        restart.__self__.advance(seconds)

    monkeypatch.setattr(time, "sleep", sleep)
    examiner = examine(advance=sleep)

    test_contracts.test_a_job_runs_its_course(examiner)

    assert examiner.target.is_live
    assert sum(waited) < examiner.contract.provider.polling.deadline
