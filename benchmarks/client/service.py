"""A service that answers at once, so that what is measured is the client.

It speaks enough HTTP/1.1 for every peer: a submit answers with a new job, a look at a
job says that it has ended from the third one on. Run as `python service.py`; the port
that it listens on is its first line of output.
"""

import asyncio
import json
from collections import Counter
from itertools import count
from urllib.parse import parse_qs, urlsplit

_LOOKS = 3

_ids = count(1)
_looks: Counter[str] = Counter()


def answer(method: str, target: str) -> dict[str, object]:
    """Return the JSON answer to a request."""
    url = urlsplit(target)
    if url.path.endswith("/chat/completions"):
        message = {"role": "assistant", "content": "a cat"}
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        facts = {"id": "c", "object": "chat.completion", "created": 1, "model": "m"}
        return {**facts, "choices": [choice]}
    if method == "POST":
        job = f"job-{next(_ids)}"
        place = f"http://{url.netloc}/requests/{job}"
        urls = {f"{it}_url": place for it in ("response", "status", "cancel")}
        return {"id": job, "request_id": job, "status": "queued", **urls}
    job = parse_qs(url.query)["generation_id"][0]
    _looks[job] += 1
    if _looks[job] < _LOOKS:
        return {"id": job, "status": "generating"}
    return {"id": job, "status": "completed", "video": {"url": "https://x.test/a.mp4"}}


class Connection(asyncio.Protocol):
    """One connection, kept alive."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep where answers go."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._buffer = b""

    def data_received(self, data: bytes) -> None:
        """Answer each request that is there as a whole."""
        self._buffer += data
        while b"\r\n\r\n" in self._buffer:
            head, _, rest = self._buffer.partition(b"\r\n\r\n")
            lines = head.decode("latin-1").split("\r\n")
            headers = {k.lower(): v for k, _, v in (it.partition(": ") for it in lines)}
            length = int(headers.get("content-length", 0))
            if len(rest) < length:
                return
            self._buffer = rest[length:]
            method, target, _ = lines[0].split(" ")
            body = json.dumps(answer(method, target)).encode()
            self._transport.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
            )


async def main() -> None:
    """Serve until killed."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Connection, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
