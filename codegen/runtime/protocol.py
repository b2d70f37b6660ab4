"""What the jobs of a service look like on the wire: data, and no code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Outcome: TypeAlias = Literal["success", "failure", "result"]
"""What a terminal status says: there is a video, there is none, or ask for the result."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploads:
    """How a file becomes an address: uploaded at *url*, or a data URI where that is ""."""

    url: str = ""
    most_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Where a provider answers, how a caller proves who pays, and how its jobs go.

    `id`, `status`, `video`, `error` and `cost` are JSON pointers into an answer;
    `credits` of the cost's unit are one unit of the `currency`. `interval` and
    `deadline`, in seconds, are the provider's own pace.
    """

    name: str
    title: str
    base_url: str
    header: str
    scheme: str
    environment: tuple[str, ...]
    id: str
    status: str
    video: str
    error: str
    cost: str | None = None
    credits: int = 1
    currency: str = ""
    pending: tuple[str, ...]
    terminal: Mapping[str, Outcome]
    interval: float
    deadline: float
    uploads: Uploads | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One operation; a job's id fills `{id}` of the path, or is *query*'s value."""

    method: str
    path: str
    query: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A member of the body that counts frames: `usual` if it is left out, `most` at most."""

    name: str
    usual: int
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What a job costs: `values` of the body's `parameter`, for each second of video.

    A second is `rate` frames. The body asks for `frames` of them, unless one of
    `matching` lets the input decide, and for `inserted` more between each two.
    """

    parameter: str
    values: Mapping[str, float]
    frames: Count
    inserted: Count | None = None
    matching: tuple[str, ...] = ()
    rate: int
    source: str
    retrieved: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobProtocol:
    """How one model's jobs are started, followed and fetched.

    `fixed` are the members of the submit body that name the model, `media` those that
    take the address of a file, `wire` those that Python calls otherwise, by its name
    for them. `webhook` is the query's member that takes the address to notify.
    """

    service: Service
    model: str
    submit: Call
    poll: Call
    result: Call | None = None
    cancel: Call | None = None
    fixed: Mapping[str, str] = field(default_factory=dict[str, str])
    media: tuple[str, ...] = ()
    wire: Mapping[str, str] = field(default_factory=dict[str, str])
    webhook: str = ""
    price: Price | None = None

    @property
    def where(self) -> str:
        """How messages call the model."""
        return f"{self.service.name} {self.model}"
