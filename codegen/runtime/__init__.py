"""What every generated client runs on: hand-written once, the same for each provider."""

from .client import BaseAsyncClient, BaseClient
from .dialogue import Progress
from .finished import AsyncFinished, Finished
from .inputs import UNSET
from .jobs import AsyncCancellableJob, AsyncJob, CancellableJob, Job
from .protocol import Call, JobProtocol, Service
from .session import AsyncSession, Session

__all__ = [
    "UNSET",
    "AsyncCancellableJob",
    "AsyncFinished",
    "AsyncJob",
    "AsyncSession",
    "BaseAsyncClient",
    "BaseClient",
    "Call",
    "CancellableJob",
    "Finished",
    "Job",
    "JobProtocol",
    "Progress",
    "Service",
    "Session",
]
