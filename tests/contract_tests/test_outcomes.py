"""What a job comes to: a video that is fetched, played and measured, where it can be."""

import sys
from collections.abc import Callable
from typing import Any

import pytest

from contract_tests import test_contracts as suite
from contract_tests.examiner import Examiner
from tests.contract_tests.conftest import AIMLAPI, FAL
from tests.contract_tests.mutants import faulty
from tests.contract_tests.mutants.reference import Service

Examine = Callable[..., Examiner]


@pytest.mark.parametrize("contract", [AIMLAPI, FAL])
def test_a_video_as_asked_is_downloaded_and_measured(
    contract: str, examine: Examine
) -> None:
    examiner = examine(Service, contract)

    suite.test_a_video_is_as_asked(examiner)

    held = examiner.tally.passed
    assert held["a_video_can_be_downloaded"] == held["a_video_keeps_the_promise"] == 2


def test_no_claim_fails_when_the_video_is_in_the_answer(examine: Examine) -> None:
    examiner = examine(faulty.SendsTheVideoItself, FAL)

    suite.test_a_video_is_as_asked(examiner)
    suite.test_jobs_do_not_disturb_each_other(examiner)

    assert examiner.tally.faults == {}


def test_a_video_is_downloaded_and_not_measured_without_the_extra(
    examine: Examine, monkeypatch: pytest.MonkeyPatch
) -> None:
    class ServesLetters(Service):
        def file(self, name: str) -> Any:
            return 200, b"letters"

    examiner = examine(ServesLetters)
    monkeypatch.setitem(sys.modules, "av", None)

    with pytest.raises(pytest.skip.Exception, match=r"reelspec\[media\]"):
        suite.test_a_video_is_as_asked(examiner)

    assert examiner.tally.passed["a_video_can_be_downloaded"] == 2
    assert "a_video_can_be_played" not in examiner.tally.passed


def test_no_claim_fails_when_a_job_is_cancelled(examine: Examine) -> None:
    examiner = examine(Service, FAL)

    suite.test_a_job_is_cancelled_in_time(examiner)

    assert examiner.tally.faults == {}
