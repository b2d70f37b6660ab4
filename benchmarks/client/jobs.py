"""A thousand jobs, waited for at once in one process; time and memory as JSON.

Run as `python jobs.py PORT COLOUR`, where COLOUR is `blocking` or `asyncio`; with
`httpx-` before it, httpx alone makes as many calls, and waits for nothing.
"""

import asyncio
import json
import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
from reel_clients.aimlapi import AsyncClient, Client

JOBS = 1_000
LOOKS = 3
AT_ONCE = 16
PACE = {"timeout": 120.0, "interval": 0.2}


def blocking(base_url: str) -> int:
    """Wait by threads; return how many jobs have a video."""
    with Client(api_key="k", base_url=base_url) as client:
        model = client.wan2_2_vace_fun_a14b_reframe
        jobs = [model.job(f"blocking-{it}") for it in range(JOBS)]
        done = client.wait_all(jobs, concurrency=AT_ONCE, **PACE)
        return sum(hasattr(it, "video_url") for it in done)


async def awaited(base_url: str) -> int:
    """Wait on one event loop; return how many jobs have a video."""
    async with AsyncClient(api_key="k", base_url=base_url) as client:
        model = client.wan2_2_vace_fun_a14b_reframe
        jobs = [model.job(f"asyncio-{it}") for it in range(JOBS)]
        done = await client.wait_all(jobs, concurrency=AT_ONCE, **PACE)
        return sum(hasattr(it, "video_url") for it in done)


def question(base_url: str, name: str, number: int) -> str:
    """Return where the next look at one of the jobs goes."""
    return f"{base_url}/v2/video/generations?generation_id={name}-{number % JOBS}"


def httpx_blocking(base_url: str) -> int:
    """Make as many calls by threads; return how many saw a video."""
    with httpx.Client() as client, ThreadPoolExecutor(AT_ONCE) as pool:

        def look(number: int) -> bool:
            return "video" in client.get(question(base_url, "sync", number)).json()

        return sum(pool.map(look, range(LOOKS * JOBS)))


async def httpx_awaited(base_url: str) -> int:
    """Make as many calls on one event loop; return how many saw a video."""
    numbers = iter(range(LOOKS * JOBS))

    async def look(client: httpx.AsyncClient) -> int:
        seen = 0
        for number in numbers:
            answer = await client.get(question(base_url, "async", number))
            seen += "video" in answer.json()
        return seen

    async with httpx.AsyncClient() as client:
        return sum(await asyncio.gather(*(look(client) for _ in range(AT_ONCE))))


COLOURS: dict[str, Callable[[str], int]] = {
    "blocking": blocking,
    "asyncio": lambda it: asyncio.run(awaited(it)),
    "httpx-blocking": httpx_blocking,
    "httpx-asyncio": lambda it: asyncio.run(httpx_awaited(it)),
}


def peak() -> float:
    """Return the most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Wait for all of them once."""
    base_url = f"http://127.0.0.1:{sys.argv[1]}"
    before, start, used = peak(), time.perf_counter(), time.process_time()
    done = COLOURS[sys.argv[2]](base_url)
    seconds, cpu = time.perf_counter() - start, time.process_time() - used
    told = {"done": done, "seconds": seconds, "cpu": cpu}
    told |= {"before": before, "after": peak()}
    print(json.dumps(told))


main()
