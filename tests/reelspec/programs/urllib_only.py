"""Generate a video with nothing but the standard library."""

import json
import os
import time
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

URL = "https://api.aimlapi.com/v2/video/generations"
HEADERS = {
    "Authorization": f"Bearer {os.environ['AIMLAPI_API_KEY']}",
    "Content-Type": "application/json",
}
BODY = {
    "model": "alibaba/wan2.2-vace-fun-a14b-reframe",
    "video_url": "https://example.com/street.mp4",
}


def call(url: str, body: bytes | None = None) -> Any:
    with urlopen(Request(url, data=body, headers=HEADERS)) as answer:
        return json.load(answer)


job = call(URL, json.dumps(BODY).encode())
while job["status"] in ("queued", "generating"):
    time.sleep(0.2)
    job = call(f"{URL}?{urlencode({'generation_id': job['id']})}")
with urlopen(job["video"]["url"]) as answer:
    video = answer.read()
print(job["status"], video[4:8].decode(), len(video) > 1000)
