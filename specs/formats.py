"""The one format of the documents that is checked, for the judge and its understudies."""

from typing import Any

from pydantic_core import Url


def is_uri(value: Any) -> bool:
    """Say whether *value* is an absolute URL to a browser, and so to the services.

    jsonschema leaves `uri` unchecked unless an optional package is installed. What is
    no text has no format.
    """
    if isinstance(value, str):
        try:
            Url(value)
        except ValueError:
            return False
    return True
