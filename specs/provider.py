"""A provider: what `provider.toml` says beside the documents.

The file is read strictly: an unknown key, a missing one or a value of the wrong type
is a ProviderError that names the key. Facts that the documents also state are held
against them by `specs.registry`.
"""

import re
import tomllib
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import jsonschema_rs
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from specs.errors import LifecycleError, ProviderError
from specs.lifecycle import Event, Lifecycle, Outcome
from specs.messages import first_problem
from specs.pointers import split_pointer


def _checked_pointer(value: str) -> str:
    split_pointer(value)
    return value


def _checked_pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as exc:
        raise ValueError(f"is no regular expression: {exc}") from exc
    return value


def _checked_schema(value: dict[str, Any]) -> dict[str, Any]:
    try:
        jsonschema_rs.Draft202012Validator(value, offline=True)
    except jsonschema_rs.ValidationError as exc:
        raise ValueError(f"is no JSON Schema: {exc.message}") from exc
    return value


Pointer = Annotated[str, AfterValidator(_checked_pointer)]
"""A JSON pointer into an answer, such as `/video/url`."""

Pattern = Annotated[str, AfterValidator(_checked_pattern)]
"""A regular expression that a whole text matches."""

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
HostName = Annotated[str, Field(pattern=r"^[a-z0-9.-]+$", max_length=253)]
HeaderToken = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+$", max_length=60)]
VariableName = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$", max_length=60)]
PathTemplate = Annotated[str, Field(pattern=r"^/[A-Za-z0-9_./{}~-]*$", max_length=300)]


class _Facts(BaseModel):
    """Facts from one table: immutable, and no key goes unread."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Auth(_Facts):
    """How a request proves who pays for it: `<header>: <scheme> <key>`."""

    header: HeaderToken
    scheme: HeaderToken
    environment: tuple[VariableName, ...] = Field(min_length=1)
    key_pattern: Pattern
    source: str


class ModelSelector(_Facts):
    """Where a submit says which model it wants: in a body member, or by its path."""

    location: Literal["body", "path"] = Field(alias="in")
    name: str = ""  # of the body member
    source: str


class OperationFacts(_Facts):
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

    @model_validator(mode="after")
    def _is_sent_as_it_is_found(self) -> Self:
        if self.other_paths and self.wire_path:
            raise ValueError("other_paths are sent as documented, so wire_path is idle")
        return self


class Operations(_Facts):
    """The operation of each role; a provider may lack the last two."""

    submit: OperationFacts
    poll: OperationFacts
    result: OperationFacts | None = None
    cancel: OperationFacts | None = None


class JobFacts(_Facts):
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


class Polling(_Facts):
    """How often to ask, and for how long, in seconds."""

    interval: float = Field(gt=0)
    deadline: float = Field(gt=0)
    source: str


class Messages(_Facts):
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


class Errors(_Facts):
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
    refused: int = Field(ge=400, le=499)
    unauthorized: int = Field(ge=400, le=499)
    unknown_job: int = Field(ge=400, le=499)
    envelope: Annotated[dict[str, Any], AfterValidator(_checked_schema)] = Field(
        alias="schema"
    )
    source: str


class Limits(_Facts):
    """What the service refuses for its size alone."""

    body_bytes: int = Field(gt=0)
    source: str


class Queue(_Facts):
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
    pending: int = Field(default=202, ge=200, le=299)
    cancelled: int = Field(default=202, ge=200, le=299)
    source: str


class Webhooks(_Facts):
    """How the end of a job is told to the URL in the query's member `parameter`.

    The headers that prove it start with `header_prefix`. A delivery fails after
    `timeout` seconds; `retries` are the seconds from each that
    fails to the next, and when they are used up the service gives up.
    """

    parameter: str
    header_prefix: HeaderToken
    timeout: float = Field(gt=0)
    retries: tuple[Annotated[float, Field(gt=0)], ...]
    source: str


class Uploads(_Facts):
    """How much the service stores for a caller: of one file, and of one part."""

    file_bytes: int = Field(gt=0)
    part_bytes: int = Field(gt=0)
    source: str


class Media(_Facts):
    """Which body members take the address of a file, and how a file gets one.

    `members` are shell patterns. A POST of `{content_type, file_name}` to `upload`
    answers `{upload_url, file_url}`; where it is empty, a data URI is taken instead.
    """

    members: tuple[str, ...]
    upload: Annotated[str, Field(pattern=r"^(https://[!-~]+)?$")] = ""
    most_bytes: int = Field(gt=0)
    source: str


class Neutral(_Facts):
    """The model that does what several providers can do, under one name for it.

    `names` gives the model's own name of each argument that is called otherwise.
    """

    model: str
    names: dict[Name, str] = {}
    source: str


class Prices(_Facts):
    """What a generation costs, in `currency`.

    `values` gives the price of one `unit` for each value of the body member
    `parameter`; a video second is `frames_per_second` frames. The member `frames` asks
    for so many of them, unless one of `matching` is true: then the input decides. The
    member `inserted` asks for so many more between each two. Where the provider bills
    in credits, `credits_per_unit` of them are one unit of currency.
    """

    currency: str
    unit: str | None = None
    frames_per_second: int | None = None
    parameter: str | None = None
    values: dict[str, Annotated[float, Field(ge=0)]] = {}
    frames: str | None = None
    inserted: str | None = None
    matching: tuple[str, ...] = ()
    credits_per_unit: int | None = None
    source: str
    retrieved: date | None = None


class _LifecycleFacts(_Facts):
    """The `[lifecycle]` table as written; `Provider` holds the `Lifecycle` it gives."""

    initial: str
    transitions: dict[str, dict[Event, str]]
    terminal: dict[str, Outcome]
    source: str

    @model_validator(mode="after")
    def _is_a_sound_table(self) -> Self:
        table = self.transitions
        targets = {it for row in table.values() for it in row.values()}
        if strays := sorted(
            ({self.initial} | targets | set(self.terminal)) - set(table)
        ):
            raise ValueError(f"states {strays} have no row in transitions")
        if lost := sorted(set(table) - self.table.reachable(self.initial)):
            raise ValueError(f"no event leads to the states {lost}")
        for state, row in table.items():
            if any(state in self.table.reachable(it) for it in row.values()):
                raise ValueError(f"state {state!r} leads back to itself")
        ends = {state for state, row in table.items() if not row}
        if ends != set(self.terminal):
            raise ValueError(
                f"terminal names {sorted(self.terminal)}, but the states without a way "
                f"out are {sorted(ends)}"
            )
        return self

    @cached_property
    def table(self) -> Lifecycle:
        return Lifecycle(
            initial=self.initial, transitions=self.transitions, terminal=self.terminal
        )


class Provider(_Facts):
    """A service with its own authentication, job protocol and errors."""

    name: Name
    title: str
    base_url: Annotated[str, Field(pattern=r"^https://[a-z0-9.-]+$")]
    hosts: tuple[HostName, ...]
    source: str
    auth: Auth
    model: ModelSelector
    operations: Operations
    job: JobFacts
    lifecycle_facts: _LifecycleFacts = Field(alias="lifecycle", repr=False)
    polling: Polling
    errors: Errors
    limits: Limits
    queue: Queue | None = None
    webhooks: Webhooks | None = None
    uploads: Uploads | None = None
    media: Media | None = None
    neutral: dict[Name, Neutral] = {}
    prices: Prices | None = None

    @model_validator(mode="after")
    def _says_where_the_model_stands(self) -> Self:
        in_path = "{model}" in self.operations.submit.path
        if in_path != (self.model.location == "path"):
            raise ValueError(
                f"model.in is {self.model.location!r}, but operations.submit.path is "
                f"{self.operations.submit.path!r}"
            )
        return self

    @model_validator(mode="after")
    def _lists_its_hosts(self) -> Self:
        queue = self.queue
        wanted = {queue.run_host, queue.rest_host, queue.files_host} if queue else set()
        if strays := sorted(wanted - {*self.hosts}):
            raise ValueError(f"hosts lacks {strays}, which [queue] names")
        return self

    @property
    def lifecycle(self) -> Lifecycle:
        """The transition table of this provider's jobs."""
        return self.lifecycle_facts.table


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
        provider = Provider.model_validate(facts)
    except ValidationError as exc:
        where, problem = first_problem(exc)
        kind = LifecycleError if where.startswith("/lifecycle") else ProviderError
        raise kind(f"{name}#{where}", problem, fix="mend the table") from exc
    if provider.name != path.parent.name:
        raise ProviderError(
            f"{name}#/name",
            f"says {provider.name!r}, but stands in the folder {path.parent.name!r}",
            fix="make the two agree",
        )
    return provider
