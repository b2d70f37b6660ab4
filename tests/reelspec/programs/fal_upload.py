"""Upload a file with fal's own client, and fetch it again."""

from pathlib import Path
from tempfile import TemporaryDirectory

import fal_client
import httpx

with TemporaryDirectory() as folder:
    path = Path(folder) / "door.mp4"
    path.write_bytes(b"not quite a video" * 1000)
    url = fal_client.upload_file(path)
    print(httpx.get(url).content == path.read_bytes())
