"""Against a real Redis, which each run starts for itself."""

import asyncio
import sys
from collections.abc import Callable, Iterator
from threading import Thread
from threading import enumerate as enumerate_threads
from typing import Any

import httpx
import pytest
import redis

from mock_server import (
    Agreement,
    ManualClock,
    Rules,
    Server,
    StoreError,
    build_app,
)
from mock_server.jobs import Job
from mock_server.stores.redis import RedisStore
from specs import Registry
from tests.mock_server.conftest import standing_still

BODY = {
    "model": "alibaba/wan2.2-vace-fun-a14b-reframe",
    "video_url": "https://example.com/source.mp4",
}

FAL_BODY = {"prompt": "a cat", "video_url": "https://example.com/source.mp4"}


@pytest.fixture
def open_store(redis_url: str) -> Iterator[Callable[[], RedisStore]]:
    opened: list[RedisStore] = []

    def open_() -> RedisStore:
        opened.append(RedisStore(redis_url))
        return opened[-1]

    open_().clear()
    yield open_
    for it in opened:
        it.close()


def make_job(key: str, seed: int = 0) -> Job:
    return Job(
        key=key,
        id=key,
        contract="c",
        scenario="success",
        submitted=0.0,
        schedule=(),
        seed=seed,
    )


def test_two_servers_answer_for_each_others_jobs(
    open_store: Callable[[], RedisStore], registry: Registry
) -> None:
    clock = ManualClock()
    apps = [
        build_app(registry, clock=clock, store=open_store(), seed=n) for n in (1, 2)
    ]
    headers: dict[str, Any] = {"headers": {"Authorization": "Bearer k"}}

    with Server(apps[0]) as first, Server(apps[1]) as second:
        address = "/v2/video/generations"
        made = httpx.post(first.base_url + address, json=BODY, **headers).json()
        events = f"/__mock__/jobs/{made['id']}/events"
        httpx.post(first.base_url + events, json={"event": "start"}).raise_for_status()
        seen = [
            httpx.get(
                it.base_url + address, params={"generation_id": made["id"]}, **headers
            )
            for it in (first, second)
        ]

    assert [it.json()["status"] for it in seen] == ["generating", "generating"]


def test_a_change_is_made_again_where_another_server_was_faster(
    open_store: Callable[[], RedisStore],
) -> None:
    here, there = open_store(), open_store()
    asyncio.run(here.add(make_job("a")))
    asyncio.run(here.add(make_job("b")))
    seeds: list[int] = []

    def change(job: Job) -> Job:
        if not seeds:
            there.update("a", lambda it: make_job(it.key, seed=5))
        seeds.append(job.seed)
        return make_job(job.key, seed=job.seed + 1)

    changed = here.update("a", change)

    assert seeds == [0, 5]
    assert asyncio.run(there.get("a")) == changed == make_job("a", seed=6)


def test_the_loop_goes_on_while_redis_takes_its_time(
    open_store: Callable[[], RedisStore], redis_url: str
) -> None:
    store = open_store()
    asyncio.run(store.add(make_job("a")))

    async def scene() -> tuple[bool, Job | None]:
        with redis.Redis.from_url(redis_url) as operator:
            operator.client_pause(300)
            reading = asyncio.create_task(store.get("a"))
            for _ in range(10):
                await asyncio.sleep(0)
            waits = not reading.done()
        return waits, await reading

    assert asyncio.run(scene()) == (True, make_job("a"))


def test_calls_that_need_no_redis_are_answered_while_it_stands_still(
    open_store: Callable[[], RedisStore],
    registry: Registry,
    redis_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("mock_server.app._JOURNAL_SECONDS", 0.01)
    monkeypatch.setattr("mock_server.agreement._EACH", 0.01)
    address, key = "/v2/video/generations", {"Authorization": "Bearer k"}
    requests, fal_key = "/fal-ai/wan-22-vace-fun-a14b", {"Authorization": "Key a:b"}
    waiting: list[httpx.Response] = []
    store = open_store()
    rules = Rules(default="flaky")  # whose polls are counted in Redis
    app = build_app(
        registry, store=store, rules=rules, agreement=Agreement(store.board)
    )

    def call(client: httpx.Client, method: str, path: str, **options: Any) -> None:
        waiting.append(client.request(method, path, **options))

    others = {*enumerate_threads()}
    with (
        redis.Redis.from_url(redis_url) as operator,
        Server(app) as server,
        httpx.Client(base_url=server.base_url, timeout=30) as client,
    ):
        job = client.post(address, json=BODY, headers=key).json()["id"]
        fal = client.post(f"{requests}/inpainting", json=FAL_BODY, headers=fal_key)
        cancelled = f"{requests}/requests/{fal.json()['request_id']}/cancel"
        hook = {"params": {"fal_webhook": "http://127.0.0.1:9/"}, "json": FAL_BODY}
        queue = {"params": {"fal_max_queue_length": "9"}, "json": FAL_BODY}
        calls: list[tuple[str, str, dict[str, Any]]] = [
            ("POST", address, {"json": BODY, "headers": key}),
            ("GET", address, {"params": {"generation_id": job}, "headers": key}),
            ("PUT", cancelled, {"headers": fal_key}),
            ("POST", f"{requests}/inpainting", {**hook, "headers": fal_key}),
            ("POST", f"{requests}/inpainting", {**queue, "headers": fal_key}),
            ("GET", "/__mock__/jobs", {}),
            ("GET", "/__mock__/health", {}),
            ("GET", "/__mock__/journal", {}),
            ("PUT", "/__mock__/scenarios", {"json": {}}),
        ]
        threads = [
            Thread(target=call, args=(client, method, path), kwargs=options)
            for method, path, options in calls
        ]
        with standing_still(int(operator.info()["process_id"])):
            for it in threads:
                it.start()
            for _ in range(50):
                client.post(address, json={"model": "none"}, headers=key)
                client.get("/__mock__/openapi.json").raise_for_status()
            assert waiting == []
        for it in threads:
            it.join(30)
        client.post("/__mock__/reset").raise_for_status()
    for it in {*enumerate_threads()} - others:
        if it.name == "reelspec-webhooks":  # or its job would outlive the test
            it.join(30)

    assert {it.status_code // 100 for it in waiting} == {2}


def test_a_redis_that_goes_away_is_one_clear_line_in_each_answer(
    open_store: Callable[[], RedisStore],
    registry: Registry,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    store = open_store()

    def fail(*_: Any) -> None:
        raise redis.ConnectionError("Connection refused")

    monkeypatch.setattr(store._redis, "mget", fail)
    with Server(build_app(registry, store=store)) as server:
        answer = httpx.get(
            f"{server.base_url}/v2/video/generations",
            params={"generation_id": "x"},
            headers={"Authorization": "Bearer k"},
        )

    assert answer.status_code == 500
    assert "Redis cannot be asked for 1 jobs" in answer.json()["detail"]
    assert not caplog.records


def test_a_redis_that_is_not_there_is_one_clear_line() -> None:
    with pytest.raises(StoreError, match="the Redis of --store cannot be used"):
        RedisStore("redis://127.0.0.1:1/0")


def test_an_address_that_is_none_is_one_clear_line() -> None:
    with pytest.raises(StoreError, match="mend the address"):
        RedisStore("redis+nonsense://secret")


def test_a_missing_package_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "redis", None)

    with pytest.raises(StoreError, match=r"install reelspec\[redis\]"):
        RedisStore("redis://127.0.0.1:1/0")
