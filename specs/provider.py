"""A provider: what `provider.toml` says beside the documents.

The file is read strictly: an unknown key, a missing one or a value of the wrong type
is a ProviderError that names the key. Facts that the documents also state are held
against them by `specs.registry`.
"""

import re
import sys
import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import jsonschema_rs
import msgspec
from msgspec import Meta, field

from specs.errors import LifecycleError, ProviderError
from specs.facts import Facts, MemberError, Pointer, first_problem
from specs.lifecycle import Lifecycle

# To Python `$` also matches before a line break at the end.
Name = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*\Z", max_length=40)]
HostName = Annotated[str, Meta(pattern=r"^[a-z0-9.-]+\Z", max_length=253)]
HeaderToken = Annotated[str, Meta(pattern=r"^[A-Za-z0-9-]+\Z", max_length=60)]
VariableName = Annotated[str, Meta(pattern=r"^[A-Z][A-Z0-9_]*\Z", max_length=60)]
PathTemplate = Annotated[str, Meta(pattern=r"^/[A-Za-z0-9_./{}~-]*\Z", max_length=300)]

# TOML has inf and nan: the one is above, the other is compared to nothing.
Seconds = Annotated[float, Meta(gt=0, le=sys.float_info.max)]
Amount = Annotated[float, Meta(ge=0, le=sys.float_info.max)]
Bytes = Annotated[int, Meta(gt=0)]
Accepted = Annotated[int, Meta(ge=200, le=299)]
Refused = Annotated[int, Meta(ge=400, le=499)]


class Auth(Facts, frozen=True, kw_only=True):
    """How a request proves who pays for it: `<header>: <scheme> <key>`."""

    header: HeaderToken
    scheme: HeaderToken
    environment: Annotated[tuple[VariableName, ...], Meta(min_length=1)]
    key_pattern: str  # a whole key matches it
    source: str

    def __post_init__(self) -> None:
        try:
            re.compile(self.key_pattern)
        except re.error as exc:
            raise MemberError(
                "key_pattern", f"is no regular expression: {exc}"
            ) from exc


class ModelSelector(Facts, frozen=True, kw_only=True):
    """Where a submit says which model it wants: in a body member, or by its path."""

    location: Literal["body", "path"] = field(name="in")
    name: str = ""  # of the body member
    source: str


class OperationFacts(Facts, frozen=True, kw_only=True):
    """Which operation of the documents plays a role, and how it is addressed.

    `path` is the template as the documents write it, with `{model}` for the whole
    model id and `{app}` for its first two segments. `other_paths` are templates that
    some documents have in its place; there a name stands for any one segment.
    `document` names one document that serves every model which does not declare the
    operation itself; without it each model's own document has it.
    """

    method: Literal["GET", "POST", "PUT", "DELETE", "PATCH"]
    path: PathTemplate
    other_paths: tuple[PathTemplate, ...] = ()
    wire_path: PathTemplate | None = None
    aliases: tuple[PathTemplate, ...] = ()
    document: str | None = None
    id: str | None = None  # the parameter that carries the job's id

    def __post_init__(self) -> None:
        if self.other_paths and self.wire_path:
            raise ValueError("other_paths are sent as documented, so wire_path is idle")


class Operations(Facts, frozen=True, kw_only=True):
    """The operation of each role; a provider may lack the last two."""

    submit: OperationFacts
    poll: OperationFacts
    result: OperationFacts | None = None
    cancel: OperationFacts | None = None


class JobFacts(Facts, frozen=True, kw_only=True):
    """Where an answer carries what a job is; `video` is in the outcome's answer.

    `cost` is what it costs as the provider bills it, `spent` in currency, which not
    every document declares. `position` is how many jobs wait before it.
    """

    id: Pointer
    status: Pointer
    video: Pointer
    error: Pointer
    cost: Pointer | None = None
    spent: Pointer | None = None
    position: Pointer | None = None
    source: str


class Polling(Facts, frozen=True, kw_only=True):
    """How often to ask, and for how long, in seconds."""

    interval: Seconds
    deadline: Seconds
    source: str


class Messages(Facts, frozen=True, kw_only=True):
    """What the service says when it refuses a request, where its own words are known.

    What is not given is said as HTTP says it.
    """

    no_key: str = "Unauthorized"
    malformed_key: str = "Unauthorized"
    wrong_method: str = "Method Not Allowed"
    too_large: str = "Content Too Large"
    unknown_job: str = "Not Found"
    queue_full: str = "Too Many Requests"
    rate_limited: str = "Too Many Requests"
    no_credits: str = "Forbidden"
    unavailable: str = "Service Unavailable"
    too_slow: str = "Request Timeout"
    source: str = ""


class Errors(Facts, frozen=True, kw_only=True):
    """The shape of a refusal, and the status codes that carry it.

    `refused` answers a request that breaks a rule of the document, `unauthorized`
    one without a valid key, `unknown_job` an id that was never given out. `schema`
    is a JSON Schema of the answer; `style` names the library whose wording the
    service's messages follow. `pages` begins the address of the page about a type of
    error, where the service has such.
    """

    style: Literal["zod", "pydantic"]
    messages: Messages = Messages()
    pages: str = ""
    refused: Refused
    unauthorized: Refused
    unknown_job: Refused
    envelope: dict[str, Any] = field(name="schema")
    source: str

    def __post_init__(self) -> None:
        try:
            jsonschema_rs.Draft202012Validator(self.envelope, offline=True)
        except jsonschema_rs.ValidationError as exc:
            raise MemberError("schema", f"is no JSON Schema: {exc.message}") from exc
        except ValueError as exc:  # TOML has dates, JSON does not
            raise MemberError("schema", f"is not JSON: {exc}") from exc


class Limits(Facts, frozen=True, kw_only=True):
    """What the service refuses for its size alone."""

    body_bytes: Bytes
    source: str


class Queue(Facts, frozen=True, kw_only=True):
    """What a service with a queue serves beside it, and on which of its hosts.

    `run_host` answers a submit with the outcome itself, `rest_host` gives out tokens
    and takes uploads, `files_host` keeps the files. `longest` names the query's member
    that gives the longest queue a submit is willing to join. `pending` is the status
    code of a poll before the end, `cancelled` that of a cancel in time: the sources
    disagree on both.
    """

    run_host: HostName
    rest_host: HostName
    files_host: HostName
    longest: str
    pending: Accepted = 202
    cancelled: Accepted = 202
    source: str


class Webhooks(Facts, frozen=True, kw_only=True):
    """How the end of a job is told to the URL in the query's member `parameter`.

    The headers that prove it start with `header_prefix`. A delivery fails after
    `timeout` seconds; `retries` are the seconds from each that
    fails to the next, and when they are used up the service gives up.
    """

    parameter: str
    header_prefix: HeaderToken
    timeout: Seconds
    retries: tuple[Seconds, ...]
    source: str


class Uploads(Facts, frozen=True, kw_only=True):
    """How much the service stores for a caller: of one file, and of one part."""

    file_bytes: Bytes
    part_bytes: Bytes
    source: str


class Media(Facts, frozen=True, kw_only=True):
    """Which body members take the address of a file, and how a file gets one.

    `members` are shell patterns. A POST of `{content_type, file_name}` to `upload`
    answers `{upload_url, file_url}`; where it is empty, a data URI is taken instead.
    """

    members: tuple[str, ...]
    upload: Annotated[str, Meta(pattern=r"^(https://[!-~]+)?\Z")] = ""
    most_bytes: Bytes
    source: str


class Neutral(Facts, frozen=True, kw_only=True):
    """The model that does what several providers can do, under one name for it.

    `names` gives the model's own name of each argument that is called otherwise.
    """

    model: str
    names: dict[Name, str] = field(default_factory=dict)
    source: str


class Prices(Facts, frozen=True, kw_only=True):
    """What a generation costs, in `currency`.

    `values` gives the price of one `unit` for each value of the body member
    `parameter`; a video second is `frames_per_second` frames. The member `frames` asks
    for so many of them, unless one of `matching` is true: then the input decides. The
    member `inserted` asks for so many more between each two. Where the provider bills
    in credits, `credits_per_unit` of them are one unit of currency. Where no price is
    published there are no `values`, and `assumed` is what any generation is said to cost.
    """

    currency: str
    unit: str | None = None
    frames_per_second: int | None = None
    parameter: str | None = None
    values: dict[str, Amount] = field(default_factory=dict)
    assumed: Amount | None = None
    frames: str | None = None
    inserted: str | None = None
    matching: tuple[str, ...] = ()
    credits_per_unit: int | None = None
    source: str
    retrieved: date | None = None

    def __post_init__(self) -> None:
        if bool(self.values) is (self.assumed is not None):
            raise ValueError(
                "give values, or what is assumed where no price is published"
            )


class Provider(Facts, frozen=True, kw_only=True):
    """A service with its own authentication, job protocol and errors."""

    name: Name
    title: str
    base_url: Annotated[str, Meta(pattern=r"^https://[a-z0-9.-]+\Z")]
    hosts: tuple[HostName, ...]
    source: str
    auth: Auth
    model: ModelSelector
    operations: Operations
    job: JobFacts
    lifecycle: Lifecycle
    polling: Polling
    errors: Errors
    limits: Limits
    queue: Queue | None = None
    webhooks: Webhooks | None = None
    uploads: Uploads | None = None
    media: Media | None = None
    neutral: dict[Name, Neutral] = field(default_factory=dict)
    prices: Prices | None = None

    def __post_init__(self) -> None:
        in_path = "{model}" in self.operations.submit.path
        if in_path != (self.model.location == "path"):
            raise ValueError(
                f"model.in is {self.model.location!r}, but operations.submit.path is "
                f"{self.operations.submit.path!r}"
            )
        if (self.job.cost or self.job.spent) and self.prices is None:
            raise ValueError(
                "job names where the bill stands, but there is no [prices]"
            )
        queue = self.queue
        wanted = {queue.run_host, queue.rest_host, queue.files_host} if queue else set()
        if strays := sorted(wanted - {*self.hosts}):
            raise ValueError(f"hosts lacks {strays}, which [queue] names")


def read_provider(path: Path, *, name: str) -> Provider:
    """Read the `provider.toml` at *path*; *name* is how messages call the file.

    Raises ProviderError, or LifecycleError where the transition table is at fault.
    """
    try:
        facts = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        raise ProviderError(
            name, f"cannot be read as TOML: {exc}", fix="mend the file"
        ) from exc
    try:
        provider = msgspec.convert(facts, Provider)
    except msgspec.ValidationError as exc:
        where, problem = first_problem(facts, Provider)
        kind = LifecycleError if where.startswith("/lifecycle") else ProviderError
        raise kind(f"{name}#{where}", problem, fix="mend the table") from exc
    if provider.name != path.parent.name:
        raise ProviderError(
            f"{name}#/name",
            f"says {provider.name!r}, but stands in the folder {path.parent.name!r}",
            fix="make the two agree",
        )
    return provider
