"""The films of finished jobs: drawn once, kept on a cabinet, beside the event loop."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event, Lock

from mock_server.media.cabinet import Cabinet, Clip
from mock_server.media.drawing import IS_UNWANTED, draw_video
from mock_server.media.films import Film
from mock_server.media.frames import draw_frames

_MOST_REMEMBERED = (
    10_000  # files whose size and tag are known without asking the cabinet
)
_TOUCH_SECONDS = 60.0


@dataclass(slots=True)
class _Known:
    """A file that is drawn or being drawn, and when the cabinet was told it is wanted."""

    clip: Future[Clip]
    touched: float


class Library:
    """The files of films on *cabinet*.

    They are drawn in threads of their own; whoever asks for one that is being drawn
    waits for that one drawing.
    """

    def __init__(
        self,
        cabinet: Cabinet | None = None,
        *,
        draw: Callable[[Film], bytes] = draw_video,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._cabinet = cabinet or Cabinet()
        self._draw = draw
        self._now = now
        self._lock = Lock()
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._open()

    def _open(self) -> None:
        self._closed = Event()
        self._threads = ThreadPoolExecutor(2, "reelspec-media")

    def close(self) -> None:
        """Give up what is being drawn or waits to be; who asks later is drawn for anew.

        Python does not end before its threads have done all that they were given.
        """
        with self._lock:
            closed, threads = self._closed, self._threads
            self._open()
        closed.set()
        threads.shutdown(wait=False, cancel_futures=True)

    async def fetch(self, film: Film) -> Clip:
        """Return the video of *film*, drawing it if nobody has asked for it before."""
        return await self._fetch(f"{film.key}.mp4", lambda: self._draw(film))

    async def fetch_frames(self, film: Film) -> Clip:
        """Return the archive of the frames of *film*."""
        video = await self.fetch(film)
        return await self._fetch(
            f"{film.key}.zip", lambda: draw_frames(film, video.path)
        )

    async def _fetch(self, name: str, draw: Callable[[], bytes]) -> Clip:
        # A caller who gives up must not take the drawing from the others.
        clip = asyncio.wrap_future(self._submit(name, draw))
        return await asyncio.shield(clip)

    def _submit(self, name: str, draw: Callable[[], bytes]) -> Future[Clip]:
        with self._lock:
            known = self._known.get(name)
            if known is None or _is_lost(known.clip):
                clip = self._threads.submit(self._provide, name, draw, self._closed)
                known = self._known[name] = _Known(clip, self._now())
            elif known.touched < self._now() - _TOUCH_SECONDS:
                known.touched = self._now()
                self._threads.submit(self._cabinet.touch, name)
            self._known.move_to_end(name)
            while len(self._known) > _MOST_REMEMBERED:
                self._known.popitem(last=False)
            return known.clip

    def _provide(self, name: str, draw: Callable[[], bytes], closed: Event) -> Clip:
        """Return the file of that name from the cabinet, or after it was drawn."""
        IS_UNWANTED.set(closed.is_set)
        clip = self._cabinet.find(name)
        if clip is None:
            return self._cabinet.keep(name, draw())
        self._cabinet.touch(name)
        return clip


def _is_lost(clip: Future[Clip]) -> bool:
    """Say whether a drawing has failed, or its file been given up for others."""
    if not clip.done():
        return False
    if clip.cancelled():
        return True
    return clip.exception() is not None or not clip.result().path.is_file()
