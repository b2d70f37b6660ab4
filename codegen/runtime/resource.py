"""One model's jobs: what every generated class of a model is made of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, ClassVar, Generic, TypeVar, cast

from pydantic import BaseModel

from .dialogue import Started
from .errors import InvalidInputError, NetworkError, Problem
from .exchange import Steps
from .inputs import OPTIONS, UNSET, encode, rules_of
from .jobs import AsyncCancellableJob, AsyncJob, CancellableJob, Job, now
from .money import Estimate, estimate
from .protocol import JobProtocol
from .session import AsyncSession, Session, log
from .tracing import span
from .uploads import find_files, place_files, without_files

_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")

StartedT_co = TypeVar("StartedT_co", covariant=True)
JobT_co = TypeVar("JobT_co", covariant=True)


class Resource(Generic[StartedT_co, JobT_co]):
    """Jobs of one model; `submit` returns a StartedT: a job, or a job to be awaited."""

    _protocol: ClassVar[JobProtocol]
    _output: ClassVar[type[BaseModel]]

    def __init__(self, session: Session | AsyncSession) -> None:
        self._session = session

    def job(self, id: str) -> JobT_co:
        """Return the job of that id, submitted earlier and perhaps by another program."""
        return cast("JobT_co", self._job(id))

    def estimate(self, arguments: Mapping[str, Any]) -> Estimate | None:
        """Return what a job with *arguments* would cost; see client.estimate()."""
        return self._estimated(self.check(arguments))

    def check(self, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the body that *arguments* amount to; raise InvalidInputError."""
        values, validate = self._values(arguments), arguments.get("validate")
        self._encode(without_files(self._protocol, values), validate)
        return values

    def start(self, arguments: Mapping[str, Any]) -> StartedT_co:
        """Start a job with *arguments*: those of the generated `submit`, by name."""
        session, steps = self._session, self._start(arguments)
        if isinstance(session, Session):
            with self._span():
                return cast("StartedT_co", self._made(session.run(steps)))

        async def start() -> Any:
            with self._span():
                return self._made(await session.run(steps))

        return cast("StartedT_co", start())

    def _span(self) -> AbstractContextManager[Any]:
        service, model = self._protocol.service.name, self._protocol.model
        facts = {"reel_provider": service, "reel_model": model}
        return span(self._session.tracer, "reel submit", **facts)

    def _start(self, arguments: Mapping[str, Any]) -> Steps[Started]:
        protocol, session = self._protocol, self._session
        values, validate = self._values(arguments), arguments.get("validate")
        if find_files(protocol, values):
            # A wrong number should be told before a gigabyte is uploaded.
            self._encode(without_files(protocol, values), validate)
            values = yield from place_files(
                protocol, values, session.access, session.persistence
            )
        content = self._encode(values, validate)
        headers = _checked(protocol, arguments.get("extra_headers") or {})
        taken = session.budget.take(self._estimated(values), where=protocol.where)
        hook = arguments.get("webhook_url")
        try:
            return (
                yield from session.dialogue(protocol).submit(
                    content,
                    query={protocol.webhook: hook} if hook else None,
                    headers=headers,
                )
            )
        except NetworkError as exc:
            if not exc.sent:
                session.budget.give_back(taken)
            raise

    def _estimated(self, values: Mapping[str, Any]) -> Estimate | None:
        return estimate(self._protocol, values, own=self._session.budget.price)

    def _values(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        wire = self._protocol.wire
        given = {
            wire.get(name, name): it
            for name, it in arguments.items()
            if it is not UNSET and name not in OPTIONS and name != "self"
        }
        return {**self._protocol.fixed, **given, **(arguments.get("extra_body") or {})}

    def _encode(self, values: Mapping[str, Any], validate: str | None) -> bytes:
        strict = (validate or self._session.validate) == "strict"
        submit = getattr(type(self), "submit")  # noqa: B009 - a generated class has it
        rules = rules_of(submit, **self._protocol.wire) if strict else None
        return encode(rules, values, where=self._protocol.where)

    def _made(self, started: Started) -> Any:
        # Whatever becomes of the program, the log says what it has begun to pay for.
        log.info("%s: submitted job %s", self._protocol.where, started.id)
        return self._job(
            started.id,
            status=started.status,
            request_id=started.request_id,
            response=started.response,
            created=now(),
        )

    def _job(self, id: str, **facts: Any) -> Any:
        blocking = isinstance(self._session, Session)
        if self._protocol.cancel:
            kind: Any = CancellableJob if blocking else AsyncCancellableJob
        else:
            kind = Job if blocking else AsyncJob
        return kind(self._session, self._protocol, self._output, id, **facts)


def _checked(protocol: JobProtocol, headers: Mapping[str, str]) -> Mapping[str, str]:
    """Return *headers* if they can be sent, and leave the key to the session."""
    for name, value in headers.items():
        sound = all(type(it) is str and it.isascii() for it in (name, value))
        if not sound or not _HEADER.fullmatch(name) or not value.isprintable():
            told = f"{name!r:.40}: {value!r:.40} is no header"
        elif name.lower() == protocol.service.header.lower():
            told = f"{name} carries the key, which is passed as api_key"
        else:
            continue
        raise InvalidInputError(protocol.where, (Problem("extra_headers", told),))
    return headers
