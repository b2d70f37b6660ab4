"""What a source may answer, and what no source can do to whoever asks it."""

import http.server
import socket

import pytest

from specs import OfflineError, SourceError
from specs.vendoring.fetching import Fetched, FetchLimits, fetch_all
from tests.specs.upstream import Upstream, send

Handler = http.server.BaseHTTPRequestHandler


LOCAL = FetchLimits(loopback=True)


def fetch(
    url: str, etag: str = "", *, limits: FetchLimits = LOCAL
) -> Fetched | SourceError:
    return fetch_all({url: etag}, limits=limits)[url]


def refusal(url: str, limits: FetchLimits = LOCAL) -> SourceError:
    found = fetch(url, limits=limits)
    assert isinstance(found, SourceError)
    return found


def test_document_is_fetched_with_its_etag(upstream: Upstream) -> None:
    upstream.pages["/a.json"] = b"{}"

    found = fetch(f"{upstream.url}/a.json")

    assert isinstance(found, Fetched)
    assert found.content == b"{}"
    assert found.etag.startswith('"')


def test_nothing_is_fetched_when_the_etag_still_holds(upstream: Upstream) -> None:
    upstream.pages["/a.json"] = b"{}"
    first = fetch(f"{upstream.url}/a.json")
    assert isinstance(first, Fetched)

    again = fetch(f"{upstream.url}/a.json", first.etag)

    assert again == Fetched(content=None)


def test_many_sources_are_fetched_and_each_is_told(upstream: Upstream) -> None:
    sources = {f"{upstream.url}/{it}.json": "" for it in range(20)}
    upstream.pages |= {f"/{it}.json": str(it).encode() for it in range(20)}
    told: list[str] = []

    found = fetch_all(
        sources, limits=FetchLimits(loopback=True), on_fetched=told.append
    )

    assert sorted(told) == sorted(sources)
    assert [it.content for it in found.values() if isinstance(it, Fetched)] == [
        str(it).encode() for it in range(20)
    ]


def test_unasked_304_is_refused(upstream: Upstream) -> None:
    upstream.pages["/a.json"] = lambda handler: send(handler, 304, b"")

    assert "answers 304" in str(refusal(f"{upstream.url}/a.json"))


def test_source_is_refused_when_it_is_gone(upstream: Upstream) -> None:
    found = refusal(f"{upstream.url}/a.json")

    assert "answers 404, and no document" in str(found)
    assert not isinstance(found, OfflineError)


def test_source_is_refused_when_half_a_body_comes(upstream: Upstream) -> None:
    def halve(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        handler.wfile.write(b"{")
        handler.close_connection = True

    upstream.pages["/a.json"] = halve

    assert "broke its answer off" in str(refusal(f"{upstream.url}/a.json"))


def test_redirect_is_followed_within_the_host(upstream: Upstream) -> None:
    upstream.pages["/a.json"] = lambda it: send(it, 302, b"", Location="/b.json")
    upstream.pages["/b.json"] = b"{}"

    found = fetch(f"{upstream.url}/a.json")

    assert isinstance(found, Fetched)
    assert found.content == b"{}"


@pytest.mark.parametrize(
    "place",
    [
        "https://elsewhere.test/b.json",
        "http://localhost/b.json",
        "//elsewhere.test/b.json",
        "file:///etc/passwd",
    ],
)
def test_redirect_is_refused_when_it_leaves_the_host(
    upstream: Upstream, place: str
) -> None:
    upstream.pages["/a.json"] = lambda it: send(it, 307, b"", Location=place)

    found = refusal(f"{upstream.url}/a.json")

    assert "leads to another host" in str(found)
    assert len(upstream.asked) == 1


def test_redirect_is_refused_when_it_goes_round(upstream: Upstream) -> None:
    upstream.pages["/a.json"] = lambda it: send(it, 302, b"", Location="/a.json")

    assert "redirects more than 5 times" in str(refusal(f"{upstream.url}/a.json"))


def test_redirect_is_refused_when_it_leads_to_no_address(upstream: Upstream) -> None:
    upstream.pages["/a.json"] = lambda it: send(it, 302, b"", Location="https://[")

    assert "or the protocol" in str(refusal(f"{upstream.url}/a.json"))


def test_source_is_refused_when_it_is_no_address() -> None:
    assert "Invalid" in str(refusal("https://[/a.json"))


def test_body_is_refused_at_its_limit_when_it_never_ends(upstream: Upstream) -> None:
    def flood(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(2**30))
        handler.end_headers()
        while True:
            handler.wfile.write(bytes(65_536))

    upstream.pages["/a.json"] = flood

    found = refusal(
        f"{upstream.url}/a.json", FetchLimits(loopback=True, most_bytes=1_000_000)
    )

    assert "answers more than 1,000,000 bytes" in str(found)


def test_compressed_body_is_refused(upstream: Upstream) -> None:
    upstream.pages["/a.json"] = lambda it: send(it, 200, b"x", Content_Encoding="gzip")

    assert "answers compressed" in str(refusal(f"{upstream.url}/a.json"))


def test_source_counts_as_offline_when_it_drips(upstream: Upstream) -> None:
    def drip(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        while not upstream.ended.wait(0.02):
            handler.wfile.write(b" ")
            handler.wfile.flush()

    upstream.pages["/a.json"] = drip

    found = refusal(f"{upstream.url}/a.json", FetchLimits(loopback=True, total=0.3))

    assert isinstance(found, OfflineError)
    assert "did not answer in full within 0.3 seconds" in str(found)


def test_source_counts_as_offline_when_nobody_listens() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/a.json"

    found = refusal(url)

    assert isinstance(found, OfflineError)
    assert "cannot be reached" in str(found)


@pytest.mark.parametrize(
    "url",
    [
        "http://elsewhere.test/a.json",
        "https:///a.json",
        "https://me:secret@elsewhere.test/a.json",
    ],
)
def test_source_is_refused_unasked_when_it_is_not_https(url: str) -> None:
    found = refusal(url)

    assert "is not an https address" in str(found)
    assert "secret" not in str(found)


def test_loopback_is_refused_unless_it_was_allowed(upstream: Upstream) -> None:
    url = f"{upstream.url}/a.json"

    found = fetch_all({url: ""}, limits=FetchLimits())[url]

    assert isinstance(found, SourceError)
    assert upstream.asked == []


def test_etag_that_is_none_is_forgotten(upstream: Upstream) -> None:
    upstream.pages["/a.json"] = lambda it: send(it, 200, b"{}", ETag="no quotes")

    found = fetch(f"{upstream.url}/a.json", "neither")

    assert found == Fetched(content=b"{}", etag="")
    assert upstream.asked == [("/a.json", None)]
