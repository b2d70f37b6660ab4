"""A target says where requests go, and lets a key go nowhere else."""

import socket
import time
from dataclasses import replace
from typing import Any

import httpx
import pytest

from contract_tests import MissingKeyError, Target, TargetError, UnreachableError
from contract_tests.bridge import AsgiBridge
from contract_tests.evidence import Job
from contract_tests.examiner import request_for
from contract_tests.plan import requests_about
from specs import Registry, Request
from tests.contract_tests.conftest import AIMLAPI, FAL
from tests.contract_tests.mutants.reference import KEYS, Service


class Recorder(httpx.BaseTransport):
    """Keeps each request, and answers 204."""

    def __init__(self) -> None:
        self.seen: list[httpx.Request] = []
        self.is_closed = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        return httpx.Response(204)

    def close(self) -> None:
        self.is_closed = True


def free_port() -> int:
    with socket.socket() as it:
        it.bind(("127.0.0.1", 0))
        port: int = it.getsockname()[1]
    return port


def test_a_request_goes_to_the_wire_path_with_its_id_escaped(
    registry: Registry,
) -> None:
    transport = Recorder()
    target = Target(base_url="http://a.test/base", keys=KEYS, transport=transport)
    contract = registry.contract(FAL)

    with target.connect(contract) as connection:
        connection.send(request_for(contract.poll, "a/b c"), credential=None)

    assert transport.seen[0].url.raw_path == (
        b"/base/fal-ai/wan-22-vace-fun-a14b/requests/a%2Fb%20c/status"
    )


def test_a_request_carries_the_credential_and_the_body_as_given(
    registry: Registry,
) -> None:
    transport = Recorder()
    contract = registry.contract(AIMLAPI)
    request = Request(operation=contract.submit, body=b"{}", headers={"X-A": "b"})

    with Target(base_url="http://a.test", keys=KEYS, transport=transport).connect(
        contract
    ) as connection:
        connection.send(request, credential="Bearer x")

    sent = transport.seen[0]
    assert sent.content == b"{}"
    assert sent.headers["authorization"] == "Bearer x"
    assert sent.headers["content-type"] == "application/json"
    assert sent.headers["x-a"] == "b"


def test_nothing_is_remembered_from_one_request_to_the_next(
    registry: Registry,
) -> None:
    class Baker(Recorder):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            super().handle_request(request)
            return httpx.Response(307, headers={"Set-Cookie": "a=b", "Location": "/"})

    recorder, contract = Baker(), registry.contract(AIMLAPI)
    target = Target(base_url="http://a.test", keys=KEYS, transport=recorder)
    with target.connect(contract) as connection:
        for _ in range(2):
            connection.send(Request(operation=contract.poll), credential=None)

    assert len(recorder.seen) == 2
    assert "cookie" not in recorder.seen[1].headers


def test_a_transport_that_was_handed_in_stays_open(registry: Registry) -> None:
    transport = Recorder()
    target = Target(base_url="http://a.test", keys=KEYS, transport=transport)

    with target.connect(registry.contract(AIMLAPI)):
        pass

    assert not transport.is_closed


def test_no_message_holds_a_key(registry: Registry) -> None:
    contract = registry.contract(FAL)
    target = Target(base_url="http://a.test", keys=KEYS, transport=Recorder())
    job = Job(id="x", state="")

    with target.connect(contract) as connection:
        exchanges = [
            connection.send(it, credential=credential)
            for it in requests_about(contract, job)
            for credential in (connection.credential, f"Basic {KEYS['fal']}")
        ]

    shown = f"{target!r} {exchanges!r}"
    assert KEYS["fal"] not in shown
    assert "a-secret-of-fal" not in shown
    assert "Key $FAL_KEY" in exchanges[0].curl


def test_a_missing_key_is_refused_with_the_variable_to_set(
    registry: Registry,
) -> None:
    with pytest.raises(MissingKeyError, match=r"'aimlapi'.*AIMLAPI_API_KEY"):
        Target(base_url="http://a.test").connect(registry.contract(AIMLAPI))


@pytest.mark.parametrize("key", ["one\ntwo", "schlüssel", "\x00"])
def test_a_key_that_no_header_may_carry_is_refused_unseen(
    key: str, registry: Registry
) -> None:
    target = Target(base_url="http://a.test", keys={"aimlapi": key})

    with pytest.raises(TargetError, match="no header may carry") as caught:
        target.connect(registry.contract(AIMLAPI))

    assert key not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["", "127.0.0.1:8000", "ftp://a.test", "http://", "http://u:p@a.test"]
)
def test_a_base_url_is_refused_when_it_is_no_address_of_a_server(url: str) -> None:
    with pytest.raises(TargetError, match="no address of a server"):
        Target(base_url=url)


def test_a_server_that_does_not_answer_is_unreachable(registry: Registry) -> None:
    contract = registry.contract(AIMLAPI)
    target = Target(base_url=f"http://127.0.0.1:{free_port()}", keys=KEYS)

    with (
        target.connect(contract) as connection,
        pytest.raises(UnreachableError, match="got no answer"),
    ):
        connection.send(Request(operation=contract.poll), credential=None)


def test_time_really_passes_unless_a_clock_can_be_moved() -> None:
    live = Target(base_url="http://a.test")

    assert live.is_live
    assert live.advance is time.sleep
    assert not replace(live, advance=lambda _: None).is_live


def test_the_bridge_answers_500_when_the_application_raises() -> None:
    async def broken(scope: object, receive: object, send: object) -> None:
        raise RuntimeError("a bug")

    with AsgiBridge(broken) as bridge, httpx.Client(transport=bridge) as client:
        assert client.get("http://a.test/").status_code == 500


def test_an_answer_that_an_application_breaks_off_is_no_whole_answer(
    registry: Registry,
) -> None:
    async def short(scope: object, receive: object, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})

    contract = registry.contract(AIMLAPI)
    with AsgiBridge(short) as bridge:
        target = Target(base_url="http://a.test", keys=KEYS, transport=bridge)
        with target.connect(contract) as connection:
            found = connection.send(Request(operation=contract.poll), credential=None)

    assert found.broken == "the application broke off its answer"


def test_an_application_hears_of_the_end_once_it_has_answered() -> None:
    heard: list[str] = []

    async def listening(scope: object, receive: Any, send: Any) -> None:
        heard.append((await receive())["body"].decode())
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.trailers", "headers": []})
        await send({"type": "http.response.body", "body": b"yes"})
        heard.append((await receive())["type"])

    with AsgiBridge(listening) as bridge, httpx.Client(transport=bridge) as client:
        assert client.post("http://a.test/", content=b"hear").text == "yes"

    assert heard == ["hear", "http.disconnect"]


def test_the_bridge_serves_many_requests_and_closes_twice(registry: Registry) -> None:
    bridge = AsgiBridge(Service(registry))
    request = httpx.Request("GET", "http://a.test/nowhere")

    statuses = [bridge.handle_request(request).status_code for _ in range(3)]
    bridge.close()
    bridge.close()

    assert statuses == [404, 404, 404]
