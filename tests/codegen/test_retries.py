from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from codegen.runtime.errors import NetworkError
from codegen.runtime.exchange import Request, Response, Send, drive
from codegen.runtime.retries import Attempt, Persistence, retry_after

ASK = Request(method="GET", url="https://a.test/x?signature=s3cret")
GONE = NetworkError("refused", sent=False)
CUT = NetworkError("cut", sent=True)


def page(status: int, **headers: str) -> Response:
    named = {name.replace("_", "-"): it for name, it in headers.items()}
    return Response(status=status, headers=named)


class Network:
    """Plays outcomes back, the last one for ever, on a clock of its own."""

    def __init__(self, *outcomes: Response | NetworkError) -> None:
        self.outcomes = list(outcomes)
        self.now = 100.0
        self.slept: list[float] = []
        self.sent: list[Send] = []
        self.attempts: list[Attempt] = []

    def send(self, step: Send) -> Response:
        self.sent.append(step)
        self.now += 0.25
        it = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        if isinstance(it, NetworkError):
            raise it
        return it

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def run(
        self,
        request: Request | Callable[[], Request] = ASK,
        *,
        deadline: float = 160.0,
        billable: bool = False,
        **how: Any,
    ) -> Response:
        persistence = Persistence(
            clock=lambda: self.now,
            random=lambda: 0.5,
            on_attempt=self.attempts.append,
            **how,
        )
        steps = persistence.send(
            request, deadline=deadline, most=60.0, billable=billable
        )
        return drive(steps, send=self.send, sleep=self.sleep)


@pytest.mark.parametrize("it", [GONE, CUT, *map(page, (408, 429, 500, 502, 503, 504))])
def test_a_question_is_asked_again_when_it_came_to_nothing(
    it: Response | NetworkError,
) -> None:
    network = Network(it, it, page(200))

    assert network.run().status == 200
    assert network.slept == [0.375, 0.75]


@pytest.mark.parametrize("status", [200, 202, 302, 400, 401, 403, 404, 409, 422])
def test_an_answer_that_is_final_is_not_asked_for_again(status: int) -> None:
    network = Network(page(status))

    assert network.run().status == status
    assert len(network.sent) == 1


@pytest.mark.parametrize("it", [CUT, *map(page, (408, 429, 500, 503))])
def test_what_costs_money_is_sent_once_when_it_may_have_arrived(
    it: Response | NetworkError,
) -> None:
    network = Network(it)

    if isinstance(it, NetworkError):
        with pytest.raises(NetworkError):
            network.run(billable=True)
    else:
        assert network.run(billable=True) is it
    assert len(network.sent) == 1


def test_what_costs_money_is_sent_again_when_nothing_of_it_left() -> None:
    network = Network(GONE, GONE, page(200))

    assert network.run(billable=True).status == 200


@pytest.mark.parametrize("retries", [0, 1, 4])
def test_there_are_as_many_attempts_as_are_wished_for(retries: int) -> None:
    network = Network(page(503))

    assert network.run(max_retries=retries).status == 503
    assert len(network.sent) == retries + 1


def test_pauses_double_up_to_a_limit() -> None:
    network = Network(page(503))

    network.run(max_retries=6)

    assert network.slept == [0.375, 0.75, 1.5, 3.0, 6.0, 6.0]


def test_the_last_error_is_raised() -> None:
    with pytest.raises(NetworkError, match="cut"):
        Network(GONE, CUT).run()


@pytest.mark.parametrize("it", [CUT, page(503), page(503, retry_after="1")])
def test_a_pause_never_outlasts_the_deadline(it: Response | NetworkError) -> None:
    network = Network(it)

    with suppress(NetworkError):
        network.run(deadline=100.5)

    assert (network.slept, len(network.sent)) == ([], 1)


def test_no_attempt_is_given_more_than_what_is_left() -> None:
    network = Network(page(503))

    network.run(deadline=110.0)

    assert [it.timeout for it in network.sent] == [10.0, 9.375, 8.375]


def test_the_service_says_how_long_to_wait() -> None:
    network = Network(page(429, retry_after="7"), page(200))

    network.run()

    assert network.slept == [7.0]


def test_a_request_may_depend_on_how_far_the_last_one_came() -> None:
    network = Network(page(503), page(200))
    urls = iter(("https://a.test/1", "https://a.test/2"))

    network.run(lambda: Request(method="GET", url=next(urls)))

    assert [it.request.url for it in network.sent] == [
        "https://a.test/1",
        "https://a.test/2",
    ]


def test_each_attempt_is_told_without_what_is_secret() -> None:
    network = Network(CUT, page(503), page(200))

    network.run()

    assert [str(it) for it in network.attempts] == [
        "GET https://a.test/x: no answer in 0.25 s, again in 0.4 s",
        "GET https://a.test/x: 503 in 0.25 s, again in 0.8 s",
        "GET https://a.test/x: 200 in 0.25 s",
    ]
    assert [it.number for it in network.attempts] == [1, 2, 3]
    assert network.attempts[0].error is CUT


DATE = "Sat, 21 Nov 2026 10:00:00 GMT"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7.0),
        ("", None),
        ("-3", None),
        ("soon", None),
        ("٣", None),
        ("Sat, 21 Nov 2026 10:00:09 GMT", 9.0),
        ("Sat, 21 Nov 2026 10:00:09 -0000", 9.0),
        ("Sat, 21 Nov 2026 09:00:00 GMT", 0.0),
    ],
)
def test_a_wish_to_wait_is_read_as_seconds_or_as_a_date(
    text: str, seconds: float | None
) -> None:
    assert retry_after(page(429, retry_after=text, date=DATE)) == seconds


def test_a_date_is_held_against_our_own_clock_where_the_service_tells_no_time() -> None:
    past = retry_after(page(429, retry_after="Sat, 01 Jan 2000 00:00:00 GMT"))
    future = retry_after(page(429, retry_after="Fri, 01 Jan 2100 00:00:00 GMT"))

    assert past == 0.0
    assert future is not None
    assert future > 1e6
