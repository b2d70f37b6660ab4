"""Spans as OpenTelemetry has them, where a program gives its tracer; else nothing.

A span for each call of the program's, and within it one for each attempt at a request.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol


class Tracer(Protocol):
    """Starts spans, as `opentelemetry.trace.get_tracer(…)` does."""

    def start_as_current_span(
        self, name: str, *, attributes: Mapping[str, str]
    ) -> AbstractContextManager[Any]:
        """Start a span, and end it with the context."""
        ...


class _Silence:
    """A span of a program that wants none."""

    def set_attribute(self, key: str, value: object) -> None:
        """Forget it."""


SILENT = nullcontext(_Silence())
"""The context of a span that nobody wants."""


def span(
    tracer: Tracer | None, name: str, **attributes: str
) -> AbstractContextManager[Any]:
    """Return the context of a span; dots in the attributes' names are underscores here."""
    if tracer is None:
        return SILENT
    named = {key.replace("_", "."): value for key, value in attributes.items()}
    return tracer.start_as_current_span(name, attributes=named)
