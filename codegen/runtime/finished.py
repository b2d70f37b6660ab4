"""What a finished job has: the video, what it cost, and the typed answer."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from .answers import Body, look_up
from .dialogue import Dialogue
from .download import download
from .errors import UnexpectedAnswerError
from .session import AsyncSession, Session

OutputT = TypeVar("OutputT", bound=BaseModel)


class _Facts(Generic[OutputT]):
    """A job that has made its video.

    `id` names the job, `answer` is all that the service said of it, and `video_url`
    is where the video stands.
    """

    def __init__(
        self, job_id: str, dialogue: Dialogue, output: type[OutputT], answer: Body
    ) -> None:
        self.id = job_id
        self.answer = answer
        self.video_url = dialogue.video_url(answer)
        self._dialogue = dialogue
        self._output = output

    @property
    def cost(self) -> float | None:
        """What the service says it charged, in its own unit; None if it does not say."""
        pointer = self._dialogue.protocol.cost
        found = look_up(self.answer, pointer) if pointer else None
        return float(found) if isinstance(found, int | float) else None

    @property
    def output(self) -> OutputT:
        """The answer, typed; raises UnexpectedAnswerError if it is not as documented."""
        try:
            return self._output.model_validate(self.answer)
        except ValidationError as exc:
            first = exc.errors(include_url=False)[0]
            place = "/".join(str(it) for it in first["loc"])
            raise UnexpectedAnswerError(
                f"{self._dialogue.where}: the answer for job {self.id} is not as "
                f"documented at /{place}, {first['msg']}; see .body, or .answer",
                body=self.answer,
            ) from exc

    def __repr__(self) -> str:
        return f"<finished job {self.id} of {self._dialogue.where}>"


class Finished(_Facts[OutputT]):
    """A finished job, for programs that block."""

    def __init__(
        self,
        job_id: str,
        dialogue: Dialogue,
        output: type[OutputT],
        answer: Body,
        session: Session,
    ) -> None:
        super().__init__(job_id, dialogue, output, answer)
        self._session = session

    def download(self, path: str | os.PathLike[str]) -> Path:
        """Fetch the video to *path*, whole or not at all, and return the path."""
        return self._session.run(download(self.video_url, Path(path)))


class AsyncFinished(_Facts[OutputT]):
    """A finished job, for asyncio."""

    def __init__(
        self,
        job_id: str,
        dialogue: Dialogue,
        output: type[OutputT],
        answer: Body,
        session: AsyncSession,
    ) -> None:
        super().__init__(job_id, dialogue, output, answer)
        self._session = session

    async def download(self, path: str | os.PathLike[str]) -> Path:
        """Fetch the video to *path*, whole or not at all, and return the path."""
        return await self._session.run(download(self.video_url, Path(path)))
