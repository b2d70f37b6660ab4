"""One typed POST by each client, over and over, in turns; the medians as JSON.

Run as `python calls.py PORT`, in a process of its own that has imported all of them.
"""

import json
import logging
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import fal_client
import httpx
import openai
from reel_clients.aimlapi import Client

ROUNDS = 40
CALLS = 25

BODY: dict[str, Any] = {
    "prompt": "a cat walks along a wall at dusk",
    "video_url": "https://example.com/a.mp4",
    "num_frames": 81,
    "resolution": "480p",
    "aspect_ratio": "16:9",
    "guidance_scale": 5,
}


def clients(base_url: str) -> dict[str, Callable[[], object]]:
    """Return what makes one call, by the name of the client."""
    raw = httpx.Client()
    path = f"{base_url}/v2/video/generations"
    headers = {"Authorization": "Bearer k"}
    reel = Client(api_key="k", base_url=base_url).wan2_2_vace_fun_a14b_inpainting
    fal_client.client.QUEUE_URL_FORMAT = f"{base_url}/"
    fal = fal_client.SyncClient(key="id:secret")
    chat = openai.OpenAI(api_key="k", base_url=base_url).chat.completions
    messages: Any = [{"role": "user", "content": BODY["prompt"]}]
    return {
        "httpx with .json()": lambda: raw.post(path, json=BODY, headers=headers).json(),
        "reel_clients": lambda: reel.submit(**BODY),
        "fal-client": lambda: fal.submit("fal-ai/m", BODY),
        "openai": lambda: chat.create(model="m", messages=messages),
    }


def main() -> None:
    """Call all of them in turns, so that a noisy moment strikes each alike."""
    logging.disable()
    calls = clients(f"http://127.0.0.1:{sys.argv[1]}")
    wall: dict[str, list[float]] = {it: [] for it in calls}
    cpu: dict[str, list[float]] = {it: [] for it in calls}
    for call in calls.values():
        for _ in range(CALLS):
            call()
    for _ in range(ROUNDS):
        for name, call in calls.items():
            start, used = time.perf_counter(), time.process_time()
            for _ in range(CALLS):
                call()
            cpu[name].append((time.process_time() - used) / CALLS)
            wall[name].append((time.perf_counter() - start) / CALLS)
    told = {it: {"wall": median(wall[it]), "cpu": median(cpu[it])} for it in calls}
    print(json.dumps(told))


main()
