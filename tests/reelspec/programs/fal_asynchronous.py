"""Generate a video with fal's own client, asynchronously."""

import asyncio

import fal_client
import httpx


async def main() -> None:
    handler = await fal_client.submit_async(
        "fal-ai/wan-22-vace-fun-a14b/inpainting",
        arguments={"prompt": "A door.", "video_url": "https://example.com/door.mp4"},
    )
    states = [type(it).__name__ async for it in handler.iter_events(with_logs=True)]
    result = await handler.get()
    async with httpx.AsyncClient() as client:
        video = (await client.get(result["video"]["url"])).content
    size = result["video"]["file_size"]
    print(states[-1], video[4:8].decode(), len(video) == size)


asyncio.run(main())
