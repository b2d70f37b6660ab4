"""What the generated clients share: options, a session, and calls about any model."""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from difflib import get_close_matches
from importlib import import_module
from random import random as _random
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Generic,
    ParamSpec,
    Self,
    TypedDict,
    TypeVar,
    Unpack,
)

from .access import open_access
from .errors import ContractViolation, InvalidInputError, Problem, ReelError
from .exchange import Key
from .money import Budget, Estimate
from .protocol import Service
from .retries import Attempt, Persistence
from .session import AsyncSession, Session, Validate, log_as_wished
from .tracing import Tracer
from .transport import AsyncHttpClient, AsyncTransport, HttpClient, Transport

if TYPE_CHECKING:
    from pydantic import BaseModel

    from .jobs import AsyncFinished, AsyncJob, Finished, Job, StrPath
    from .resource import Resource

P = ParamSpec("P")
SessionT = TypeVar("SessionT", Session, AsyncSession)
OutputT = TypeVar("OutputT", bound="BaseModel")


class Options(TypedDict, total=False):
    """What both colours of a client may be given, beside the key and a connection."""

    base_url: str | None
    """Another address of the service, such as that of a mock; else REEL_BASE_URL."""

    validate: Validate
    """Hold arguments and answers against the document ("strict"), or not ("off")."""

    max_retries: int
    """How often more a call is tried that cannot cost twice; 2 if left out."""

    max_spend: float | None
    """The most that all jobs of this client may cost together, by their estimates."""

    price: float | None
    """The most that one job costs, where the provider publishes no price or another."""

    on_attempt: Callable[[Attempt], object] | None
    """Called after each attempt at a call, with what came of it."""

    on_violation: Callable[[ContractViolation], object] | None
    """Called with each answer that the document does not allow."""

    tracer: Tracer | None
    """Starts a span for each call and each attempt: OpenTelemetry's get_tracer(…)."""

    clock: Callable[[], float]
    """Tells the time in seconds; only differences count."""

    random: Callable[[], float]
    """Draws from 0 to 1, to spread what is tried again."""


class _Client(Generic[SessionT]):
    """A client of one provider; `_models` names its attributes' models."""

    _service: ClassVar[Service]
    _models: ClassVar[Mapping[str, str]]
    _session: SessionT

    def _facts(self, key: Key, options: Options) -> dict[str, Any]:
        log_as_wished()
        base_url = options.get("base_url")
        return {
            "access": open_access(self._service, key=key, base_url=base_url),
            "persistence": Persistence(
                clock=options.get("clock", time.monotonic),
                random=options.get("random", _random),
                max_retries=options.get("max_retries", 2),
                on_attempt=options.get("on_attempt"),
            ),
            "budget": self._budget(**options),
            "validate": options.get("validate", "strict"),
            "on_violation": options.get("on_violation"),
            "tracer": options.get("tracer"),
        }

    def _budget(
        self, max_spend: float | None = None, price: float | None = None, **_: Any
    ) -> Budget:
        problems = tuple(
            Problem(name, f"{it!r:.40} is no amount of money")
            for name, it in {"max_spend": max_spend, "price": price}.items()
            if it is not None and not 0 <= it < float("inf")
        )
        if problems:
            raise InvalidInputError(self._service.name, problems)
        return Budget(max_spend, price=price)

    if not TYPE_CHECKING:  # pragma: no branch - it would take any name for a model's

        def __getattr__(self, name):
            """Return the jobs of the model called *name*, imported on first use."""
            if name not in self._models:
                near = get_close_matches(name, self._models, n=1, cutoff=0.5)
                hint = f"; did you mean {near[0]!r}?" if near else ""
                raise AttributeError(
                    f"{self._service.name} has no model {name!r}{hint}"
                )
            package = type(self).__module__.rpartition(".")[0]
            module = import_module(f"{package}.resources.{name}")
            self.__dict__[name] = resource = module.Blocking(self._session)
            return resource

    @property
    def provider(self) -> str:
        """The name of the service."""
        return self._service.name

    def __dir__(self) -> Iterable[str]:
        return [*super().__dir__(), *self._models]

    def estimate(
        self,
        submit: Callable[P, Any],
        /,
        *_: P.args,
        **arguments: P.kwargs,
    ) -> Estimate | None:
        """Return what `submit`, that of a model, would cost; None if no price is known.

        A price of your own, `Client(price=…)`, is the estimate of each.

        `client.estimate(client.<model>.submit, prompt="…", …)`; nothing is sent.
        """
        return self._resource_of(submit).estimate(arguments)

    def _resource_of(self, submit: Callable[..., Any]) -> Resource[Any, Any]:
        from .resource import Resource  # which a program that has one has paid for

        found: Resource[Any, Any] | None = getattr(submit, "__self__", None)
        if isinstance(found, Resource):
            return found
        problem = Problem("submit", f"{submit!r:.80} is no client.<model>.submit")
        raise InvalidInputError(self._service.name, (problem,))

    def _resumed(self, text: str) -> Any:
        try:
            facts: dict[str, str] = json.loads(text)
            models = {
                (self._service.name, it): name for name, it in self._models.items()
            }
            name = models[facts["provider"], facts["model"]]
            return getattr(self, name).job(facts["id"])
        except (ValueError, KeyError, TypeError) as exc:
            problem = Problem(
                "text", f"{text[:80]!r} is no job.to_json() of this client"
            )
            raise InvalidInputError(self._service.name, (problem,)) from exc

    def __repr__(self) -> str:
        session: SessionT | None = self.__dict__.get("_session")  # None: not opened yet
        where = session.access.base_url if session else self._service.base_url
        return f"<{self._service.title} client for {where}>"


class BaseClient(_Client[Session]):
    """A client of one provider for programs that block; close it, or use `with`."""

    def __init__(
        self,
        *,
        api_key: str | None = None,
        http_client: HttpClient | None = None,
        sleep: Callable[[float], None] = time.sleep,
        **options: Unpack[Options],
    ) -> None:
        """Open a client, with *options* as in Options.

        Args:
            api_key: The provider's key; from the environment if left out.
            http_client: Carries the requests, and is yours to close.
            sleep: Lets seconds pass between two looks at a job.
        """
        # From here on nothing shows the key, tracebacks with variables included.
        key, api_key = Key("", api_key or ""), None
        facts = self._facts(key, options)
        clock = facts["persistence"].clock
        self._session = Session(
            transport=Transport(http_client, clock), sleep=sleep, **facts
        )

    def generate(
        self,
        submit: Callable[P, Job[OutputT]],
        path: StrPath,
        /,
        *args: P.args,
        **arguments: P.kwargs,
    ) -> Finished[OutputT]:
        """Submit, wait, and fetch the video to *path*; return the finished job.

        `client.generate(client.<model>.submit, "out.mp4", prompt="…", …)`
        """
        finished = submit(*args, **arguments).wait()
        finished.download(path)
        return finished

    def resume(self, text: str) -> Job[Any]:
        """Return the job that `job.to_json()` gave *text* for."""
        job: Job[Any] = self._resumed(text)
        return job

    def wait_all(
        self,
        jobs: Iterable[Job[OutputT]],
        *,
        timeout: float | None = None,
        interval: float | None = None,
        concurrency: int = 16,
    ) -> list[Finished[OutputT] | ReelError]:
        """Wait for *jobs* side by side; return what became of each, in their order.

        At most *concurrency* calls are under way at any moment.
        """
        from .crowd import wait_all  # not every program waits for many

        return wait_all(
            self._session, jobs, timeout=timeout, interval=interval, most=concurrency
        )

    def close(self) -> None:
        """Close the connections."""
        self._session.transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class BaseAsyncClient(_Client[AsyncSession]):
    """A client of one provider for asyncio; close it, or use `async with`."""

    def __init__(
        self,
        *,
        api_key: str | None = None,
        http_client: AsyncHttpClient | None = None,
        sleep: Callable[[float], Awaitable[None]] | None = None,
        **options: Unpack[Options],
    ) -> None:
        """Open a client, with *options* as in Options.

        Args:
            api_key: The provider's key; from the environment if left out.
            http_client: Carries the requests, and is yours to close.
            sleep: Lets seconds pass between two looks at a job.
        """
        # From here on nothing shows the key, tracebacks with variables included.
        key, api_key = Key("", api_key or ""), None
        facts = self._facts(key, options)
        clock = facts["persistence"].clock
        self._session = AsyncSession(
            transport=AsyncTransport(http_client, clock), sleep=sleep, **facts
        )

    async def generate(
        self,
        submit: Callable[P, Awaitable[AsyncJob[OutputT]]],
        path: StrPath,
        /,
        *args: P.args,
        **arguments: P.kwargs,
    ) -> AsyncFinished[OutputT]:
        """Submit, wait, and fetch the video to *path*; return the finished job."""
        finished = await (await submit(*args, **arguments)).wait()
        await finished.download(path)
        return finished

    def resume(self, text: str) -> AsyncJob[Any]:
        """Return the job that `job.to_json()` gave *text* for."""
        job: AsyncJob[Any] = self._resumed(text)
        return job

    async def wait_all(
        self,
        jobs: Iterable[AsyncJob[OutputT]],
        *,
        timeout: float | None = None,
        interval: float | None = None,
        concurrency: int = 16,
    ) -> list[AsyncFinished[OutputT] | ReelError]:
        """Wait for *jobs* side by side; return what became of each, in their order.

        At most *concurrency* calls are under way at any moment.
        """
        from .crowd import wait_all_async  # not every program waits for many

        return await wait_all_async(
            self._session, jobs, timeout=timeout, interval=interval, most=concurrency
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._session.transport.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
