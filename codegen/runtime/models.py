"""What every generated model is: open to fields the document does not know yet."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """A value that a document describes; fields it does not describe are kept."""

    model_config = ConfigDict(
        extra="allow",
        populate_by_name=True,
        protected_namespaces=(),
        # A pattern of a document may use what the default engine lacks (look-around).
        regex_engine="python-re",
    )
