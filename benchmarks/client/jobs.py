"""A thousand jobs, waited for at once in one process; time and memory as JSON.

Run as `python jobs.py PORT COLOUR`, where COLOUR is `blocking` or `asyncio`.
"""

import asyncio
import json
import resource
import sys
import time

from reel_clients.aimlapi import AsyncClient, Client

JOBS = 1_000
PACE = {"timeout": 120.0, "interval": 0.2}


def blocking(base_url: str) -> int:
    """Wait by threads; return how many jobs have a video."""
    with Client(api_key="k", base_url=base_url) as client:
        model = client.wan2_2_vace_fun_a14b_reframe
        jobs = [model.job(f"blocking-{it}") for it in range(JOBS)]
        done = client.wait_all(jobs, concurrency=16, **PACE)
        return sum(hasattr(it, "video_url") for it in done)


async def awaited(base_url: str) -> int:
    """Wait on one event loop; return how many jobs have a video."""
    async with AsyncClient(api_key="k", base_url=base_url) as client:
        model = client.wan2_2_vace_fun_a14b_reframe
        jobs = [model.job(f"asyncio-{it}") for it in range(JOBS)]
        done = await client.wait_all(jobs, concurrency=16, **PACE)
        return sum(hasattr(it, "video_url") for it in done)


def peak() -> float:
    """Return the most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Wait for all of them once."""
    base_url = f"http://127.0.0.1:{sys.argv[1]}"
    before, start, used = peak(), time.perf_counter(), time.process_time()
    if sys.argv[2] == "blocking":
        done = blocking(base_url)
    else:
        done = asyncio.run(awaited(base_url))
    seconds, cpu = time.perf_counter() - start, time.process_time() - used
    told = {"done": done, "seconds": seconds, "cpu": cpu}
    told |= {"before": before, "after": peak()}
    print(json.dumps(told))


main()
