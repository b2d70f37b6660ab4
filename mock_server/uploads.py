"""Files that callers have uploaded, in a folder of this machine that is bounded.

The workers of one mock share the folder, so that each can read what another was sent.
No text of a caller becomes a path: a file is kept under a name that is drawn here, its
own name and type beside it.
"""

import json
import re
import secrets
import shutil
import tempfile
import weakref
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from mock_server.exchange import BodyTooLargeError
from specs import Uploads

_BUDGET = 4_000_000_000  # bytes of all files together; the oldest are given up beyond
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_MEDIA_TYPE = re.compile(r"[\w.+-]{1,60}/[\w.+-]{1,60}", re.ASCII)
_UNTYPED = "application/octet-stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file, or the promise of one; whoever knows its `secret` may write it."""

    key: str
    secret: str
    name: str
    media_type: str


class Storage:
    """The files in *folder*, or in one that goes when this object does."""

    def __init__(
        self, limits: Uploads, folder: Path | None = None, *, budget: int = _BUDGET
    ) -> None:
        self._limits = limits
        self._given = folder
        self._budget = budget

    @cached_property
    def folder(self) -> Path:
        """Where the files are."""
        if self._given is not None:
            self._given.mkdir(parents=True, exist_ok=True)
            return self._given
        folder = tempfile.mkdtemp(prefix="reelspec-uploads-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        return Path(folder)

    def open(self, name: str, media_type: str) -> Upload:
        """Return the promise of a file; *name* and *media_type* are what callers say."""
        media_type = media_type.partition(";")[0].strip()
        upload = Upload(
            key=secrets.token_hex(16),
            secret=secrets.token_hex(16),
            name=_UNSAFE.sub("_", name)[-100:].lstrip(".") or "file",
            media_type=media_type if _MEDIA_TYPE.fullmatch(media_type) else _UNTYPED,
        )
        self._place(upload.key, "json").write_text(json.dumps(asdict(upload)), "utf-8")
        return upload

    def find(self, key: str) -> Upload | None:
        """Return the file of that key, 32 hexadecimal digits, if it was promised."""
        try:
            return Upload(**json.loads(self._place(key, "json").read_text("utf-8")))
        except FileNotFoundError:
            return None

    def content(self, upload: Upload) -> Path | None:
        """Return where the bytes of *upload* are, if they have arrived."""
        path = self._place(upload.key, "bin")
        return path if path.exists() else None

    async def write(self, upload: Upload, chunks: AsyncIterator[bytes]) -> None:
        """Keep *chunks* as the file; raise BodyTooLargeError where they are too many."""
        await self._write(upload, "bin", chunks, self._limits.file_bytes)

    async def write_part(
        self, upload: Upload, number: int, chunks: AsyncIterator[bytes]
    ) -> str:
        """Keep *chunks* as one part of the file; return the tag that names it."""
        kept = sum(it.stat().st_size for it in self._parts(upload))
        limit = min(self._limits.part_bytes, self._limits.file_bytes - kept)
        return await self._write(upload, f"{number:05d}.part", chunks, limit)

    def join(self, upload: Upload, numbers: Iterable[int]) -> bool:
        """Make the file of its parts, in the order of their numbers; say if all are there."""
        parts = [self._place(upload.key, f"{it:05d}.part") for it in sorted(numbers)]
        if not parts or not all(it.exists() for it in parts):
            return False
        whole = self._place(upload.key, "joining")
        with whole.open("wb") as target:
            for part in parts:
                with part.open("rb") as source:
                    shutil.copyfileobj(source, target)
        whole.replace(self._place(upload.key, "bin"))
        for part in self._parts(upload):
            part.unlink()
        return True

    async def _write(
        self, upload: Upload, kind: str, chunks: AsyncIterator[bytes], limit: int
    ) -> str:
        arriving = self._place(upload.key, f"{secrets.token_hex(4)}.arriving")
        size, digest = 0, sha256()
        try:
            with arriving.open("wb") as target:
                async for chunk in chunks:
                    size += len(chunk)
                    if size > limit:
                        raise BodyTooLargeError
                    digest.update(chunk)
                    target.write(chunk)
            arriving.replace(self._place(upload.key, kind))
        finally:
            arriving.unlink(missing_ok=True)
        self._make_room(upload.key)
        return f'"{digest.hexdigest()[:32]}"'

    def _make_room(self, spared: str) -> None:
        """Give up the oldest files until the rest are within the budget."""
        facts = sorted(_facts(self.folder))
        total = sum(size for _, size, _ in facts)
        for _, size, path in facts:
            if total > self._budget and not path.name.startswith(spared):
                total -= size
                path.unlink(missing_ok=True)

    def _parts(self, upload: Upload) -> Iterable[Path]:
        return self.folder.glob(f"{upload.key}.*.part")

    def _place(self, key: str, kind: str) -> Path:
        assert re.fullmatch(r"[0-9a-f]{32}", key)  # its callers match it first
        return self.folder / f"{key}.{kind}"


def _facts(folder: Path) -> Iterator[tuple[float, int, Path]]:
    """Yield the age, the size and the path of each file in *folder*."""
    for path in folder.iterdir():
        with suppress(FileNotFoundError):  # another worker has given it up
            facts = path.stat()
            yield facts.st_mtime, facts.st_size, path
