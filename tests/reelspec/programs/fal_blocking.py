"""Generate a video with fal's own client."""

import fal_client
import httpx

states: list[str] = []
result = fal_client.subscribe(
    "fal-ai/wan-22-vace-fun-a14b/inpainting",
    arguments={"prompt": "A red door.", "video_url": "https://example.com/door.mp4"},
    with_logs=True,
    on_queue_update=lambda update: states.append(type(update).__name__),
)
video = httpx.get(result["video"]["url"]).content
print(states[-1], video[4:8].decode(), len(video) == result["video"]["file_size"])
