"""The addresses of the mock's own side, and the OpenAPI document that describes them.

One table says both, so that neither knows an address which the other does not.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from mock_server.control.schemas import SCHEMAS
from specs import VERSION

PREFIX = "/__mock__"


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlRoute:
    """What one method does at one address.

    `name` is that of the handler. `body` and `answer` name schemas; `problems` are
    the status codes of what can go wrong, besides a caller that is not let in.
    """

    method: str
    path: str
    name: str
    summary: str
    answer: str = ""
    body: str | None = None
    problems: tuple[int, ...] = ()
    query: Mapping[str, Any] = field(default_factory=dict)
    open: bool = False  # to everybody, wherever they are
    media_type: str = "application/json"


_MOST = {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}

ROUTES = (
    ControlRoute(
        method="GET",
        path="/health",
        name="health",
        summary="What is served, since which reload, and by which version.",
        answer="Health",
    ),
    ControlRoute(
        method="GET",
        path="/openapi.json",
        name="document",
        summary="This document.",
        answer="Any",
    ),
    ControlRoute(
        method="POST",
        path="/clock/advance",
        name="advance_clock",
        summary="Move a manual clock on.",
        body="Step",
        answer="Time",
        problems=(400, 409),
    ),
    ControlRoute(
        method="GET",
        path="/jobs",
        name="list_jobs",
        summary="The newest jobs, and where each stands.",
        answer="Jobs",
        query={"limit": _MOST},
        problems=(400,),
    ),
    ControlRoute(
        method="GET",
        path="/jobs/{job_id}",
        name="read_job",
        summary="One job, with what it has been through and what it will.",
        answer="JobDetail",
        problems=(404,),
    ),
    ControlRoute(
        method="DELETE",
        path="/jobs/{job_id}",
        name="delete_job",
        summary="Forget a job, as if nobody had submitted it.",
        answer="Count",
        problems=(404,),
    ),
    ControlRoute(
        method="POST",
        path="/jobs/{job_id}/events",
        name="force_event",
        summary="Have an event happen to a job; one that cannot be changes nothing.",
        body="Happening",
        answer="Job",
        problems=(400, 404, 409),
    ),
    ControlRoute(
        method="GET",
        path="/scenarios",
        name="read_scenarios",
        summary="The scenarios that there are, and the rules that choose among them.",
        answer="Scenarios",
    ),
    ControlRoute(
        method="PUT",
        path="/scenarios",
        name="write_scenarios",
        summary="Put other rules in the place of all that there are.",
        body="Rules",
        answer="Scenarios",
        problems=(400,),
    ),
    ControlRoute(
        method="GET",
        path="/journal",
        name="read_journal",
        summary="The last calls and their answers, the newest first, without keys.",
        answer="Journal",
        query={"limit": _MOST},
        problems=(400,),
    ),
    ControlRoute(
        method="DELETE",
        path="/journal",
        name="clear_journal",
        summary="Forget the calls and their answers.",
        answer="Count",
    ),
    ControlRoute(
        method="GET",
        path="/journal.har",
        name="export_journal",
        summary="The whole journal as an HTTP Archive 1.2.",
        answer="Archive",
    ),
    ControlRoute(
        method="POST",
        path="/reset",
        name="reset",
        summary="Forget jobs and journal and start the dice anew; rules and clock stay.",
        answer="Reset",
    ),
    ControlRoute(
        method="GET",
        path="/media/{name}",
        name="video",
        summary="The video of a job that has completed, or the range that is wanted.",
        media_type="video/mp4",
        problems=(403, 404, 503),
        open=True,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a request leads: a route and its path's values, or the methods there are."""

    route: ControlRoute | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    allowed: tuple[str, ...] = ()


def find_route(method: str, path: str) -> Target:
    """Return where *method* and the percent-encoded *path* lead."""
    allowed: list[str] = []
    for route, pattern in _PATTERNS:
        match = pattern.fullmatch(path)
        if match is None:
            continue
        if route.method == ("GET" if method == "HEAD" else method):
            values = {name: unquote(it) for name, it in match.groupdict().items()}
            return Target(route=route, values=values)
        allowed.append(route.method)
    return Target(allowed=tuple(dict.fromkeys(allowed)))


def _compile(path: str) -> re.Pattern[str]:
    # An id may hold a slash that was not encoded; the name of a file may not.
    pattern = re.escape(PREFIX + path)
    pattern = pattern.replace(r"\{job_id\}", r"(?P<job_id>.+?)")
    return re.compile(pattern.replace(r"\{name\}", r"(?P<name>[^/]+)"))


# The longest address first: an id could otherwise swallow what follows it.
_PATTERNS = tuple(
    (it, _compile(it.path)) for it in sorted(ROUTES, key=lambda it: -len(it.path))
)


def write_document() -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of the mock's own side."""
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        operation = _operation(route)
        paths.setdefault(PREFIX + route.path, {})[route.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Reelspec mock control",
            "version": VERSION,
            "description": "The mock's own side: its jobs, clock, scenarios, journal.",
        },
        "servers": [{"url": "/"}],
        "security": [{}, {"token": []}],
        "paths": paths,
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(route: ControlRoute) -> dict[str, Any]:
    refused = () if route.open else (401, 403)
    operation: dict[str, Any] = {
        "operationId": route.name,
        "summary": route.summary,
        "responses": {"200": _content(route.media_type, route.answer, "The answer.")}
        | {
            str(code): _content("application/problem+json", "Problem", "What is wrong.")
            for code in sorted({*route.problems, *refused})
        },
    }
    names = re.findall(r"\{(\w+)\}", route.path)
    parameters = [_parameter(it, "path", {"type": "string"}) for it in names]
    parameters += [
        _parameter(it, "query", schema) for it, schema in route.query.items()
    ]
    if parameters:
        operation["parameters"] = parameters
    if route.body:
        body = _content("application/json", route.body, "")
        operation["requestBody"] = {"required": True, "content": body["content"]}
    if route.open:
        operation["security"] = []
    return operation


def _parameter(name: str, place: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": place, "required": place == "path", "schema": schema}


def _content(media_type: str, schema: str, description: str) -> dict[str, Any]:
    described = {"$ref": f"#/components/schemas/{schema}"} if schema else {}
    return {"description": description, "content": {media_type: {"schema": described}}}
