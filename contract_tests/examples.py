"""Where the cases that failed are kept, so that another machine tries them first.

Hypothesis keeps them by the source of a test, which is the same for every contract:
each contract and test is given a place of its own.
"""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from hypothesis.database import DirectoryBasedExampleDatabase, ExampleDatabase

from contract_tests.errors import TargetError, UnreachableError
from contract_tests.failures import show

Examples = Callable[[str, str], ExampleDatabase | None]
"""What gives the place for one contract and one test of it."""

_REDIS = ("redis://", "rediss://", "unix://")


def examples_at(place: str | None) -> Examples:
    """Return what keeps failures at *place*: a folder, or the address of a Redis.

    Without a place nothing is kept.
    """
    if place is None:
        return lambda *_: None
    return _in_redis(place) if place.startswith(_REDIS) else _in_folder(Path(place))


def _in_folder(folder: Path) -> Examples:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise TargetError(
            f"--failures {show(str(folder))}",
            exc.strerror or str(exc),
            fix="name a folder that can be written to, or redis://HOST",
        ) from exc
    return lambda contract, test: DirectoryBasedExampleDatabase(
        folder / quote(contract, safe="") / test
    )


def _in_redis(url: str) -> Examples:
    try:
        import redis  # noqa: PLC0415 - an extra that few runs need
        from hypothesis.extra.redis import (  # noqa: PLC0415 - likewise
            RedisExampleDatabase,
        )
    except ModuleNotFoundError as exc:
        raise TargetError(
            "--failures", f"{exc.name} is not installed", fix="install reelspec[redis]"
        ) from exc
    # The address may hold a password, so it is not repeated.
    try:
        client = redis.Redis.from_url(url)
        client.ping()
    except (redis.RedisError, ValueError) as exc:
        raise UnreachableError(
            "--failures",
            f"Redis does not answer ({type(exc).__name__})",
            fix="see that it runs and that the address is right",
        ) from exc
    return lambda contract, test: RedisExampleDatabase(
        client, key_prefix=f"reelspec:{contract}:{test}:".encode()
    )
