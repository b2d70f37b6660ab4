"""Contracts that are read anew when a file beside them changes.

The folder is looked at once a second: that is a few dozen `stat` calls, works on every
file system and needs no package. A document with a fault leaves only its own contract
as it was; a fault anywhere else leaves them all.
"""

import logging
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from time import sleep

from mock_server.errors import MockServerError
from specs import Registry, SpecError

_LOG = logging.getLogger(__name__)
_EACH = 1.0  # seconds
_WATCHED = ("*.toml", "*/*.toml", "*/*.json", "*/overlays/*")

Fingerprint = frozenset[tuple[str, int, int]]


class Reloader:
    """Hands what is in the folder of *served* to *apply* whenever it has changed.

    `reloads` says how often it has, `fault` what keeps the last change, or a part of
    it, from being served; meanwhile what was served before still is.
    """

    def __init__(self, served: Registry, apply: Callable[[Registry], None]) -> None:
        self._served = served
        self._apply = apply
        self._seen = _read_fingerprint(served.folder)
        self.reloads = 0
        self.fault: str | None = None

    def look(self) -> None:
        """Load the folder if it has changed since it was last looked at."""
        folder = self._served.folder
        # Taken first: what changes while it is loaded is seen the next time.
        found = _read_fingerprint(folder)
        if found == self._seen:
            return
        self._seen = found
        try:
            registry, faults = _load_sound(self._served)
            self._apply(registry)
        except (SpecError, MockServerError, OSError) as exc:
            self.fault = str(exc)
            _LOG.warning("still serving the contracts from before: %s", exc)
            return
        self._served = registry
        self.fault = faults[0] if faults else None
        for fault in faults:
            _LOG.warning("still serving this contract as it was before: %s", fault)
        self.reloads += 1
        _LOG.info("serving what has changed in %s", folder)

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


def _load_sound(served: Registry) -> tuple[Registry, list[str]]:
    """Return what is in the folder of *served*, and what is wrong with the rest of it.

    The contracts of documents that have a fault are those of *served*. Raises
    SpecError where something else has one.
    """
    try:
        return Registry.load(served.folder), []
    except SpecError as exc:
        _require_document(served.folder, exc)
    with TemporaryDirectory(prefix="reelspec-") as name:
        folder = Path(name)
        for pattern in _WATCHED:
            for path in served.folder.glob(pattern):
                copy = folder / path.relative_to(served.folder)
                copy.parent.mkdir(exist_ok=True)
                shutil.copyfile(path, copy)
        faults: dict[str, str] = {}
        while True:
            try:
                registry = Registry.load(folder)
                break
            except SpecError as exc:
                document = _require_document(folder, exc)
                faults[document.relative_to(folder).as_posix()] = str(exc)
                document.unlink()
    kept = [it for it in served.contracts if it.submit.document.name in faults]
    contracts = sorted(
        [*registry.contracts, *kept], key=lambda it: (it.provider.name, it.model)
    )
    found = replace(registry, folder=served.folder, contracts=tuple(contracts))
    return found, [*faults.values()]


def _require_document(folder: Path, fault: SpecError) -> Path:
    """Return the document in *folder* that has the *fault*; raise it where none has."""
    path = folder / fault.pointer.partition("#")[0]
    if path.suffix == ".json" and path.is_file():
        return path
    raise fault


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
