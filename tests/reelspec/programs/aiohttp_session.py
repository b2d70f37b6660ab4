"""Generate a video with aiohttp, which minds the environment when it is told to."""

import asyncio
import os

import aiohttp

URL = "https://api.aimlapi.com/v2/video/generations"
HEADERS = {"Authorization": f"Bearer {os.environ['AIMLAPI_API_KEY']}"}
BODY = {
    "model": "alibaba/wan2.2-vace-fun-a14b-reframe",
    "video_url": "https://example.com/street.mp4",
}


async def main() -> None:
    async with aiohttp.ClientSession(trust_env=True) as session:
        async with session.post(URL, json=BODY, headers=HEADERS) as answer:
            job = await answer.json()
        while job["status"] in ("queued", "generating"):
            await asyncio.sleep(0.2)
            params = {"generation_id": job["id"]}
            async with session.get(URL, params=params, headers=HEADERS) as answer:
                job = await answer.json()
        async with session.get(job["video"]["url"]) as answer:
            video = await answer.read()
    print(job["status"], video[4:8].decode(), len(video) > 1000)


asyncio.run(main())
