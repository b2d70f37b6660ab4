import traceback
from dataclasses import replace

import pytest

from codegen.runtime.access import open_access
from codegen.runtime.errors import InvalidInputError, MissingApiKeyError
from codegen.runtime.exchange import Key
from codegen.runtime.protocol import Call
from tests.codegen.acme import SERVICE as ACME

SERVICE = replace(
    ACME,
    base_url="https://api.acme.test",
    environment=("ACME_KEY", "ACME_TOKEN"),
)


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SERVICE.environment:
        monkeypatch.delenv(name, raising=False)


def test_the_key_is_the_one_given() -> None:
    access = open_access(SERVICE, key=Key("", "k1"), base_url=None)

    assert access.key
    assert access.key.value == "Key k1"
    assert access.base_url == "https://api.acme.test"


def test_the_key_comes_from_the_first_variable_that_has_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ACME_KEY", " ")
    monkeypatch.setenv("ACME_TOKEN", "k2\n")

    access = open_access(SERVICE, key=Key("", ""), base_url=None)

    assert access.key
    assert access.key.value == "Key k2"


@pytest.mark.parametrize("key", [None, "", " "])
def test_a_missing_key_is_one_line_that_says_what_to_do(key: str | None) -> None:
    with pytest.raises(MissingApiKeyError) as caught:
        open_access(SERVICE, key=Key("", key or ""), base_url=None)

    assert str(caught.value) == (
        "acme: no API key; set ACME_KEY or ACME_TOKEN, or pass api_key=…"
    )


@pytest.mark.parametrize("key", ["se cret", "se\ncret", "se\x00cret", "secrét"])
def test_a_malformed_key_is_refused_and_not_shown(key: str) -> None:
    with pytest.raises(
        InvalidInputError, match="acme: api_key: holds a character"
    ) as it:
        open_access(SERVICE, key=Key("", key or ""), base_url=None)

    told = traceback.TracebackException.from_exception(it.value, capture_locals=True)
    ours = [frame for frame in told.stack if "runtime" in frame.filename]
    assert not any(
        "cr" in str(v) and "cret" in str(v)
        for f in ours
        for v in (f.locals or {}).values()
    )
    assert "cr" not in str(it.value).replace("character", "")


def test_the_key_is_never_shown() -> None:
    assert "k1" not in repr(open_access(SERVICE, key=Key("", "k1"), base_url=None))


@pytest.mark.parametrize(
    "url",
    [
        "localhost:8000",
        "ftp://a.test",
        "http://",
        "http://[",
        "http://a?b",
        "http://u:p@a",
        "x",
    ],
)
def test_a_base_url_that_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(InvalidInputError, match=r"acme: base_url: .* is no address"):
        open_access(SERVICE, key=Key("", "k"), base_url=url)


def test_the_base_url_comes_from_the_environment_unless_it_is_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REEL_BASE_URL", "http://127.0.0.1:8000")
    found = [
        open_access(SERVICE, key=Key("", "k"), base_url=it).base_url
        for it in (None, "https://x.y")
    ]

    assert found == ["http://127.0.0.1:8000", "https://x.y"]


def test_a_request_carries_id_and_body_where_they_belong() -> None:
    access = open_access(SERVICE, key=Key("", "k"), base_url="http://localhost:1/x/")
    status = Call("GET", "/r/{id}/s")
    query = Call("GET", "/r", query="id")

    by_path = access.request(status, job_id="a/b:c?")
    by_query = access.request(query, job_id="a/b:c")
    submit = access.request(Call("POST", "/r"), content=b"{}")

    assert by_path.url == "http://localhost:1/x/r/a%2Fb%3Ac%3F/s"
    assert (by_query.url, by_query.query) == ("http://localhost:1/x/r", {"id": "a/b:c"})
    assert (submit.content, submit.query) == (b"{}", {})
    assert submit.headers["Content-Type"] == "application/json"
    assert "Content-Type" not in by_query.headers


def test_a_call_to_another_host_of_the_service_goes_there_with_the_key() -> None:
    access = open_access(SERVICE, key=Key("", "k"), base_url=None)

    request = access.beside("https://rest.acme.test/x?y=1", b"{}")

    assert (request.method, request.url) == ("POST", "https://rest.acme.test/x?y=1")
    assert (request.key, request.content) == (access.key, b"{}")


def test_a_call_to_another_host_stays_below_a_base_url_that_was_given() -> None:
    access = open_access(SERVICE, key=Key("", "k"), base_url="http://127.0.0.1:8000/")

    request = access.beside("https://rest.acme.test/x?y=1", b"{}")

    assert request.url == "http://127.0.0.1:8000/rest.acme.test/x?y=1"


def test_a_request_takes_the_query_and_headers_of_a_caller() -> None:
    access = open_access(SERVICE, key=Key("", "k"), base_url=None)
    call = Call("POST", "/r")

    request = access.request(call, content=b"", query={"a": "b"}, headers={"X": "1"})

    assert request.query == {"a": "b"}
    assert request.headers["X"] == "1"
