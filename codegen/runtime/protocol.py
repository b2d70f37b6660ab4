"""What the jobs of one model look like on the wire: data, one value per contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

Outcome: TypeAlias = Literal["success", "failure", "result"]
"""What a terminal status says: there is a video, there is none, or ask for the result."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Where a provider answers, and how a caller proves who pays."""

    name: str
    title: str
    base_url: str
    header: str
    scheme: str
    environment: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One operation: its method and path, and where it takes the job's id.

    The id fills `{id_name}` of the path where *id_in* is "path".
    """

    method: str
    path: str
    id_name: str = ""
    id_in: Literal["", "path", "query"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobProtocol:
    """How one model's jobs are started, followed and fetched.

    `fixed` are the members of the submit body that name the model. `id`, `status`,
    `video`, `error` and `cost` are JSON pointers into an answer. `interval` and
    `deadline`, in seconds, are the provider's own pace.
    """

    provider: str
    model: str
    submit: Call
    poll: Call
    result: Call | None = None
    cancel: Call | None = None
    fixed: Mapping[str, str]
    id: str
    status: str
    video: str
    error: str
    cost: str | None = None
    pending: tuple[str, ...]
    terminal: Mapping[str, Outcome]
    interval: float
    deadline: float
