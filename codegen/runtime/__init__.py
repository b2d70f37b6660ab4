"""What every generated client runs on: hand-written once, the same for each provider."""

from .client import BaseAsyncClient, BaseClient, Options
from .dialogue import Progress
from .inputs import UNSET, Media, OneOf, Unique
from .jobs import (
    AsyncCancellableJob,
    AsyncFinished,
    AsyncJob,
    CancellableJob,
    Finished,
    Job,
)
from .money import Estimate
from .protocol import Call, Count, JobProtocol, Price, Service, Uploads
from .resource import JobT_co, Resource, StartedT_co
from .retries import Attempt
from .session import Validate

__all__ = [
    "UNSET",
    "AsyncCancellableJob",
    "AsyncFinished",
    "AsyncJob",
    "Attempt",
    "BaseAsyncClient",
    "BaseClient",
    "Call",
    "CancellableJob",
    "Count",
    "Estimate",
    "Finished",
    "Job",
    "JobProtocol",
    "JobT_co",
    "Media",
    "OneOf",
    "Options",
    "Price",
    "Progress",
    "Resource",
    "Service",
    "StartedT_co",
    "Unique",
    "Uploads",
    "Validate",
]
