"""What every answer about a job is made of, whatever the protocol.

`provider.toml` says where the id, the status, the video, the error and the price of a
job stand in an answer; the documents say what may stand beside them. Nothing here
knows a provider.
"""

import asyncio
from base64 import b64encode
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from mock_server.answers.samples import complete
from mock_server.jobs import Job, Standing
from mock_server.media.cabinet import Clip
from mock_server.media.films import LONGEST_PROMPT, Film
from mock_server.media.library import Library
from mock_server.media.shapes import SHAPING, Shape, Source, read_shape
from mock_server.media.sizes import file_size
from mock_server.scenarios import Failure, scenario_of
from specs import (
    Contract,
    Event,
    Json,
    NumberSchema,
    ObjectSchema,
    Operation,
    Schema,
    StringSchema,
    split_pointer,
)

MEDIA_PATH = "/__mock__/media"
_SCALARS = (str, int, float, bool)
_MANY = 1_024  # facts that follow from a contract, so many are remembered
_FRAMES, _WANT_FRAMES = "frames_zip", "return_frames_zip"
_PROMPT, _SYNC = "prompt", "sync_mode"
_CANCELLED = Failure(
    type="client_cancelled", message="The request was cancelled.", status=499
)

TIMED_OUT = Failure(
    type="request_timeout", message="Request timed out", status=504, timeout="user"
)
"""Why a job failed that its caller would not wait for any longer."""


class View(NamedTuple):
    """A job as one request finds it; `history` ends with where it stands now."""

    contract: Contract
    job: Job
    history: tuple[Standing, ...]
    now: float
    origin: str

    @property
    def standing(self) -> Standing:
        """Where the job stands."""
        return self.history[-1]

    @property
    def ended(self) -> bool:
        """Whether the job can change no more."""
        return self.standing.state in self.contract.lifecycle.terminal

    @property
    def succeeded(self) -> bool:
        """Whether there is a video."""
        return self.ended and self.standing.event is Event.COMPLETE

    @property
    def failure(self) -> Failure:
        """Why there is none, of a job that has ended without one."""
        if self.standing.event is Event.CANCEL:
            early = self.standing.since < self.job.schedule[-1].at
            return TIMED_OUT if self.job.expires and not early else _CANCELLED
        return scenario_of(self.job.scenario).failure

    @property
    def shape(self) -> Shape:
        """What the video measures."""
        wishes = tuple(map(self.job.inputs.get, SHAPING))
        return _shape(self.contract, self.job.source, wishes)

    @property
    def film(self) -> Film:
        """What the video shows."""
        return film_of(self.contract, self.job)

    @property
    def video_url(self) -> str:
        """Where the video is served."""
        return f"{self.origin}{MEDIA_PATH}/{self.job.key}.mp4"

    @property
    def frames_url(self) -> str:
        """Where the archive of the video's frames is served."""
        return f"{self.origin}{MEDIA_PATH}/{self.job.key}.zip"


class Files(NamedTuple):
    """What was drawn for an answer: the archive of the frames, the video inside a URL."""

    frames: Clip | None = None
    data_uri: str | None = None


NO_FILES = Files()


def film_of(contract: Contract, job: Job) -> Film:
    """Return what the video of *job* shows."""
    return Film(
        shape=read_shape(contract.body, job.inputs, job.source),
        model=contract.model,
        job=job.id,
        prompt=str(job.inputs.get(_PROMPT, "")),
    )


async def fetch_files(library: Library, view: View) -> Files:
    """Return what the answer that carries the video needs to have been drawn: mostly nothing."""
    frames, data_uri = None, None
    if view.succeeded and wants_frames(view.contract, view.job):
        frames = await library.fetch_frames(view.film)
    if view.succeeded and _wants_data(view):
        video = await library.fetch(view.film)
        content = await asyncio.to_thread(video.path.read_bytes)
        data_uri = f"data:video/mp4;base64,{b64encode(content).decode()}"
    return Files(frames=frames, data_uri=data_uri)


def keep_inputs(contract: Contract, body: Mapping[str, Json]) -> dict[str, Json]:
    """Return the members of *body* that an answer may depend on."""
    names = _kept(contract)
    kept: dict[str, Json] = {
        name: value
        for name, value in body.items()
        if name in names and type(value) in _SCALARS
    }
    prompt = body.get(_PROMPT)
    if isinstance(prompt, str) and _PROMPT not in kept:
        kept[_PROMPT] = prompt[:LONGEST_PROMPT]
    return kept


@lru_cache(_MANY)
def _kept(contract: Contract) -> frozenset[str | None]:
    prices = contract.provider.prices
    name = prices.parameter if prices else None
    return frozenset({*SHAPING, _SYNC, _WANT_FRAMES, *_echoed(contract), name})


@lru_cache(_MANY)
def _shape(
    contract: Contract, source: Source | None, wishes: tuple[Json, ...]
) -> Shape:
    inputs = dict(zip(SHAPING, wishes, strict=True))
    return read_shape(contract.body, inputs, source)


def identify(view: View) -> dict[str, Any]:
    """Return an answer that holds the job's id and status, and nothing else yet."""
    content: dict[str, Any] = {}
    facts = view.contract.provider.job
    put(content, facts.id, view.job.id)
    put(content, facts.status, view.standing.state)
    return content


def put(content: dict[str, Any], pointer: str, value: Json) -> None:
    """Put *value* where *pointer* says, making the objects that lead there."""
    *parents, last = split_pointer(pointer)
    place = content
    for step in parents:
        place = place.setdefault(step, {})
    place[last] = value


def wants_frames(contract: Contract, job: Job) -> bool:
    """Say whether the outcome of *job* has the frames of its video, in an archive."""
    archive = answer_schema(contract).properties.get(_FRAMES)
    declared = archive is not None and isinstance(archive.schema, ObjectSchema)
    return declared and job.inputs.get(_WANT_FRAMES) is True


def _wants_data(view: View) -> bool:
    """Say whether the video is to stand in the answer itself."""
    declared = _SYNC in view.contract.body.properties
    return declared and view.job.inputs.get(_SYNC) is True


def write_video(content: dict[str, Any], view: View, files: Files = NO_FILES) -> None:
    """Put the video where the provider has it, with what is declared beside its URL."""
    shape, rate = view.shape, view.shape.rate
    url = files.data_uri or view.video_url
    known: dict[str, Json] = {
        "url": url,
        "content_type": "video/mp4",
        "file_name": f"{view.job.key}.mp4",
        "file_size": file_size(shape),
        "width": shape.width,
        "height": shape.height,
        "fps": int(rate) if rate.denominator == 1 else float(rate),
        "duration": shape.seconds,
        "num_frames": shape.frames,
    }
    schema = _video_schema(view.contract)
    described = {name: known[name] for name in schema.properties if name in known}
    pointer = view.contract.provider.job.video
    parent, _, _ = pointer.rpartition("/")
    if parent:
        put(content, parent, complete(schema, described))
    else:
        content |= described
    put(content, pointer, url)
    if files.frames is not None:
        content[_FRAMES] = _describe_frames(view, files.frames)


def _describe_frames(view: View, frames: Clip) -> dict[str, Any]:
    known: dict[str, Json] = {
        "url": view.frames_url,
        "content_type": "application/zip",
        "file_name": f"{view.job.key}.zip",
        "file_size": frames.size,
    }
    schema = find_schema(view.contract, f"/{_FRAMES}")
    assert isinstance(schema, ObjectSchema)  # see wants_frames
    return complete(schema, {it: known[it] for it in schema.properties if it in known})


def repeat_inputs(view: View) -> dict[str, Json]:
    """Return what the outcome repeats of the submit, the seed drawn if none was given."""
    found = {
        name: _repeat(view, name, schema)
        for name, schema in _echoed(view.contract).items()
    }
    return {name: value for name, value in found.items() if value is not None}


def _repeat(view: View, name: str, schema: Schema) -> Json:
    value = view.job.inputs.get(name)
    whole = isinstance(schema, NumberSchema) and schema.type == "integer"
    if whole and not isinstance(value, int):
        # An integer past 64 bits has come in as a float and cannot go out as one.
        return view.job.seed if name == "seed" else None
    return value


def price(view: View) -> float:
    """Return what the video costs, in the provider's currency."""
    prices = view.contract.provider.prices
    if prices is None or not prices.values:
        # Where no price is published, one unit of currency, as the samples of the
        # provider's documentation show it.
        return 1.0
    wish = str(view.job.inputs.get(prices.parameter or ""))
    each = prices.values.get(wish, next(iter(prices.values.values())))
    return round(each * view.shape.frames / (prices.frames_per_second or 1), 6)


@lru_cache(_MANY)
def success(operation: Operation) -> tuple[int, ObjectSchema]:
    """Return the first status code of success that answers JSON, and its schema."""
    answers = sorted(operation.answers.items())
    code, schema = next(it for it in answers if it[0].startswith("2") and it[1])
    # The registry refuses an operation whose answer has no member for the job's facts.
    assert isinstance(schema, ObjectSchema)
    return int(code.upper().replace("X", "0")), schema


@lru_cache(_MANY)
def answer_schema(contract: Contract) -> ObjectSchema:
    """Return the schema of the answer that carries the video."""
    return success(contract.outcome)[1]


@lru_cache(_MANY)
def is_declared(operation: Operation, pointer: str) -> bool:
    """Say whether the answer of *operation* names what stands at *pointer*."""
    schema: Schema = success(operation)[1]
    for step in split_pointer(pointer):
        if not isinstance(schema, ObjectSchema) or step not in schema.properties:
            return False
        schema = schema.properties[step].schema
    return True


@lru_cache(_MANY)
def find_schema(contract: Contract, pointer: str) -> Schema:
    """Return the schema of what stands at *pointer* in the outcome."""
    schema: Schema = answer_schema(contract)
    for step in split_pointer(pointer):
        assert isinstance(schema, ObjectSchema)  # as above
        schema = schema.properties[step].schema
    return schema


def _video_schema(contract: Contract) -> ObjectSchema:
    parent, _, _ = contract.provider.job.video.rpartition("/")
    schema = find_schema(contract, parent)
    assert isinstance(schema, ObjectSchema)  # as above
    return schema


@lru_cache(_MANY)
def _echoed(contract: Contract) -> Mapping[str, Schema]:
    """Return the members of the outcome that repeat one of the submit, by name."""
    return {
        name: it.schema
        for name, it in answer_schema(contract).properties.items()
        if isinstance(it.schema, StringSchema | NumberSchema)
        and name in contract.body.properties
        and type(contract.body.properties[name].schema) is type(it.schema)
    }
