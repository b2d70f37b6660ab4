"""Generate a video with requests, as a script for the service would."""

import os
import time

import requests

URL = "https://api.aimlapi.com/v2/video/generations"
HEADERS = {"Authorization": f"Bearer {os.environ['AIMLAPI_API_KEY']}"}
BODY = {
    "model": "alibaba/wan2.2-vace-fun-a14b-pose",
    "prompt": "A dancer on a roof.",
    "video_url": "https://example.com/dance.mp4",
}

job = requests.post(URL, json=BODY, headers=HEADERS, timeout=30).json()
while job["status"] in ("queued", "generating"):
    time.sleep(0.2)
    params = {"generation_id": job["id"]}
    job = requests.get(URL, params=params, headers=HEADERS, timeout=30).json()
video = requests.get(job["video"]["url"], timeout=30).content
print(job["status"], video[4:8].decode(), len(video) > 1000)
