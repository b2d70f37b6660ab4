"""What is drawn for a job, and by what name it is kept."""

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from mock_server.media.shapes import Shape

_DRAWING = 2  # of the rules of drawing; a film drawn by others has another name
LONGEST_PROMPT = 400
"""So many letters of a prompt are as many as there may be room for."""


@dataclass(frozen=True, kw_only=True)
class Film:
    """A video: what it measures, and what its first second says."""

    shape: Shape
    model: str
    job: str
    prompt: str = ""

    def __post_init__(self) -> None:
        """Cut off what there is no room for."""
        object.__setattr__(self, "prompt", self.prompt[:LONGEST_PROMPT])

    @cached_property
    def key(self) -> str:
        """The name by which it is kept: equal for equal films, whoever draws them."""
        shape = self.shape
        measures = (shape.width, shape.height, shape.frames, shape.rate)
        facts = repr((_DRAWING, *map(str, measures), self.model, self.job, self.prompt))
        return sha256(facts.encode("utf-8", "backslashreplace")).hexdigest()[:40]
