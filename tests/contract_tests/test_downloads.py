"""A file is fetched from where an answer says, but not from just anywhere."""

from collections.abc import Callable
from itertools import pairwise

import httpx
import pytest

from contract_tests import Target
from contract_tests.downloads import download
from specs import Registry
from tests.contract_tests.conftest import FAL
from tests.contract_tests.mutants.reference import KEYS

Handler = Callable[[httpx.Request], httpx.Response]


def fetch(
    url: str, handler: Handler, *, named_by: str = "api.example.com"
) -> tuple[bytes, str]:
    """Return the content of what stands at *url*, and the problem."""
    with httpx.Client(transport=httpx.MockTransport(handler)) as client:
        found = download(client, url, named_by=named_by)
    return found.content, found.problem


def film(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, content=b"a film")


def never(request: httpx.Request) -> httpx.Response:
    raise AssertionError(f"{request.url} was asked for")


def sends_on(*steps: str) -> Handler:
    """Return what leads from each path of *steps* to the next, and then to a film."""
    onward = dict(pairwise(steps))

    def handler(request: httpx.Request) -> httpx.Response:
        place = onward.get(str(request.url))
        return film(request) if place is None else moved(place)

    return handler


def moved(place: str) -> httpx.Response:
    return httpx.Response(302, headers={"location": place})


def test_a_file_is_fetched_over_redirects() -> None:
    steps = [f"https://cdn.example.com/{it}" for it in range(6)]

    assert fetch(steps[0], sends_on(*steps)) == (b"a film", "")


def test_a_circle_of_redirects_is_left() -> None:
    one, two = "https://a.example.com/1", "https://b.example.com/2"

    assert fetch(one, sends_on(one, two, one)) == (
        b"",
        "redirected more than 5 times",
    )


def test_a_video_in_the_answer_itself_is_taken_from_there() -> None:
    assert fetch("data:video/mp4;base64,YSBmaWxt", never) == (b"a film", "")


def test_a_video_in_the_answer_is_named_when_it_cannot_be_read() -> None:
    content, problem = fetch("data:video/mp4;base64,!!", never)

    assert content == b""
    assert problem.startswith("no base64")


INSIDE = (
    "http://127.0.0.1/x",
    "http://[::1]:80/x",
    "http://169.254.169.254/latest",
    "http://10.0.0.1/x",
    "http://2130706433/x",
    "http://0x7f.0.0.1/x",
    "http://localhost/x",
    "http://localhost./x",
    "http://printer/x",
    "http://a.internal/x",
)


@pytest.mark.parametrize("url", INSIDE)
def test_a_service_on_the_internet_cannot_point_inside(url: str) -> None:
    content, problem = fetch(url, never)

    assert content == b""
    assert problem.endswith("is inside the network that this test runs in")


def test_a_service_on_the_internet_cannot_send_on_inside() -> None:
    start = "https://cdn.example.com/1"
    _, problem = fetch(start, sends_on(start, "http://127.0.0.1/x"))

    assert problem.startswith("127.0.0.1 is inside")


@pytest.mark.parametrize("url", INSIDE)
def test_a_service_at_home_may_point_there(url: str) -> None:
    assert fetch(url, film, named_by="127.0.0.1") == (b"a film", "")


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a.example.com/x",
        "file:///etc/passwd",
        "https://u:p@a.example.com/x",
        "/x",
    ],
)
def test_what_is_no_address_on_the_web_is_not_asked_for(url: str) -> None:
    assert fetch(url, never)[1] == "no address of a file on the web"


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        pytest.param(httpx.Response(404), "answered 404", id="gone"),
        pytest.param(httpx.Response(200), "an empty file", id="empty"),
        pytest.param(moved("http://a:b"), "no whole answer", id="nowhere"),
        pytest.param(moved("ftp://a.example.com"), "no address", id="elsewhere"),
    ],
)
def test_a_file_that_is_not_there_is_named(
    answer: httpx.Response, problem: str
) -> None:
    assert fetch("https://a.example.com/x", lambda _: answer)[1].startswith(problem)


@pytest.mark.parametrize("url", ["https://a:b/x", "https://\x00.example.com/x"])
def test_an_address_that_cannot_be_read_is_named(url: str) -> None:
    assert fetch(url, never)[1].startswith("no whole answer")


def test_the_key_does_not_travel_to_where_the_file_is(registry: Registry) -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return film(request)

    contract = registry.contract(FAL)
    target = Target(
        base_url="https://api.example.com",
        keys=KEYS,
        transport=httpx.MockTransport(handler),
    )
    with target.connect(contract) as connection:
        exchange, content = connection.download(
            contract.outcome, "https://cdn.example.com/x"
        )

    assert content == b"a film"
    assert exchange.broken == ""
    assert exchange.curl == "curl -sS -i -X GET https://cdn.example.com/x"
    assert "authorization" not in seen[0].headers
