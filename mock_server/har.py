"""The journal as an HTTP Archive 1.2, which browsers and proxies open."""

from base64 import b64encode
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from mock_server.journal import Entry
from specs import VERSION

_REASONS = {it.value: it.phrase for it in HTTPStatus}
_MOST_MEMBERS = 1_000  # of one query


def write_har(entries: Iterable[Entry]) -> dict[str, Any]:
    """Return the archive of *entries*, which come in the order of their numbers."""
    creator = {"name": "reelspec", "version": VERSION}
    log = {
        "version": "1.2",
        "creator": creator,
        "entries": [_entry(it) for it in entries],
    }
    return {"log": log}


def _entry(entry: Entry) -> dict[str, Any]:
    milliseconds = round(entry.seconds * 1000, 3)
    return {
        "startedDateTime": datetime.fromtimestamp(entry.at, UTC).isoformat(),
        "time": milliseconds,
        "request": _request(entry),
        "response": _response(entry),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        # A member with an underscore is a program's own, says the format.
        "_reelspec": entry.verdict,
    }


def _request(entry: Entry) -> dict[str, Any]:
    call = entry.call
    query = call.query.decode("latin-1")
    members = query.split("&", _MOST_MEMBERS)[:_MOST_MEMBERS]
    request: dict[str, Any] = {
        "method": call.method,
        "url": entry.url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(call.headers),
        "queryString": [
            {"name": name, "value": value}
            for name, value in parse_qsl("&".join(members), keep_blank_values=True)
        ],
        "headersSize": -1,
        "bodySize": entry.request_bytes,
    }
    if call.body:
        request["postData"] = {
            "mimeType": call.headers.get("content-type", ""),
            "text": call.body.decode("utf-8", "replace"),
        }
    return request


def _response(entry: Entry) -> dict[str, Any]:
    reply = entry.reply
    content: dict[str, Any] = {
        "size": entry.answer_bytes,
        "mimeType": reply.content_type,
    }
    try:
        content["text"] = reply.body.decode()
    except UnicodeDecodeError:
        content |= {"text": b64encode(reply.body).decode(), "encoding": "base64"}
    return {
        "status": reply.status,
        "statusText": _REASONS.get(reply.status, ""),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs({"content-type": reply.content_type} | {**reply.headers}),
        "content": content,
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": entry.answer_bytes,
    }


def _pairs(headers: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers.items()]
