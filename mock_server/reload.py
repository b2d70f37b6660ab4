"""Contracts that are read anew when a file beside them changes.

The folder is looked at once a second: that is a few dozen `stat` calls, works on every
file system and needs no package.
"""

import logging
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from time import sleep

from mock_server.errors import MockServerError
from specs import Registry, SpecError

_LOG = logging.getLogger(__name__)
_EACH = 1.0  # seconds
_WATCHED = ("*.toml", "*/*.toml", "*/*.json", "*/overlays/*")

Fingerprint = frozenset[tuple[str, int, int]]


class Reloader:
    """Hands what is in *folder* to *apply* whenever it has changed.

    `reloads` says how often it has, `fault` what keeps the last change from being
    served; meanwhile what was served before still is.
    """

    def __init__(self, folder: Path, apply: Callable[[Registry], None]) -> None:
        self._folder = folder
        self._apply = apply
        self._seen = _read_fingerprint(folder)
        self.reloads = 0
        self.fault: str | None = None

    def look(self) -> None:
        """Load the folder if it has changed since it was last looked at."""
        # Taken first: what changes while it is loaded is seen the next time.
        found = _read_fingerprint(self._folder)
        if found == self._seen:
            return
        self._seen = found
        try:
            self._apply(Registry.load(self._folder))
        except (SpecError, MockServerError, OSError) as exc:
            self.fault = str(exc)
            _LOG.warning("still serving the contracts from before: %s", exc)
        else:
            self.fault = None
            self.reloads += 1
            _LOG.info("serving what has changed in %s", self._folder)

    def watch(self) -> None:
        """Look again and again, in a thread that ends with the program."""
        Thread(target=self._keep_looking, name="reelspec-reload", daemon=True).start()

    def _keep_looking(self) -> None:
        while _pause():
            self.look()


def _pause() -> bool:
    """Let a moment pass; say whether to look again, which only a test does not."""
    sleep(_EACH)
    return True


def _read_fingerprint(folder: Path) -> Fingerprint:
    """Return what tells whether a file in *folder* has changed."""
    found = set()
    for pattern in _WATCHED:
        for path in folder.glob(pattern):
            try:
                facts = path.stat()
            except OSError:  # it went away just now
                continue
            found.add((str(path), facts.st_mtime_ns, facts.st_size))
    return frozenset(found)
