"""The one format of the documents that is checked, for the judge and its understudies."""

from functools import lru_cache
from typing import Any

_LONGEST = 500  # characters of an address that is remembered


def is_uri(value: Any) -> bool:
    """Say whether *value* is an absolute URL to a browser, and so to the services.

    jsonschema leaves `uri` unchecked unless an optional package is installed. What is
    no text has no format.
    """
    if not isinstance(value, str):
        return True
    return _is_url(value) if len(value) <= _LONGEST else _is_url.__wrapped__(value)


@lru_cache(1_024)  # the same addresses come again and again
def _is_url(text: str) -> bool:
    # Whoever serves or reads documents may never be asked, and it takes long to import.
    from pydantic_core import Url  # noqa: PLC0415 - as just said

    try:
        Url(text)
    except ValueError:
        return False
    return True
