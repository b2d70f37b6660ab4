"""Documents as the validating libraries want them, with every way out closed.

Left alone, those libraries open what a reference names, be it a file or an address,
and a discriminator lets even a request choose among them. `specs.reach` refuses such
references where they are used; this is the second lock.
"""

from collections.abc import Mapping
from typing import Any, NoReturn

from jsonschema_path import SchemaPath


def sealed_path(raw: Mapping[str, Any]) -> SchemaPath:
    """Return *raw* as a path that resolves inside itself and nowhere else."""
    return SchemaPath.from_dict(dict(raw), handlers=_Refusals())


class _Refusals(dict[str, Any]):
    """Handlers of every scheme there is, none of which opens anything."""

    def __contains__(self, scheme: object) -> bool:
        return True

    def __missing__(self, scheme: str) -> Any:
        return _refuse


def _refuse(uri: str) -> NoReturn:
    raise LookupError(f"{uri!r:.80} leaves the document")
