"""Generate a video with httpx, asynchronously."""

import asyncio
import os

import httpx

URL = "https://api.aimlapi.com/v2/video/generations"
HEADERS = {"Authorization": f"Bearer {os.environ['AIML_API_KEY']}"}
BODY = {
    "model": "alibaba/wan2.2-vace-fun-a14b-reframe",
    "video_url": "https://example.com/street.mp4",
}


async def main() -> None:
    async with httpx.AsyncClient(headers=HEADERS) as client:
        job = (await client.post(URL, json=BODY)).json()
        while job["status"] in ("queued", "generating"):
            await asyncio.sleep(0.2)
            params = {"generation_id": job["id"]}
            job = (await client.get(URL, params=params)).json()
        video = (await client.get(job["video"]["url"])).content
    print(job["status"], video[4:8].decode(), len(video) > 1000)


asyncio.run(main())
