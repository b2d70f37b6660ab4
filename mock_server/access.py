"""Who may call: keys, and the tokens that stand for one."""

import re
from collections.abc import Collection, Mapping

from mock_server.exchange import Call
from mock_server.memory import Memory
from mock_server.refusals.reasons import Reason, RefusedError
from mock_server.signing import is_token
from mock_server.validation.validation import read_query
from specs import Provider

APP_TOKEN = "app"  # noqa: S105 - what a token is for, not one
FILES_TOKEN = "files"  # noqa: S105 - likewise
_MOST_ADMITTED = 1_000  # headers that are remembered
_TOKEN_PARAMETER = "fal_jwt_token"  # noqa: S105 - the name of a query's member


class Access:
    """The keys that each provider accepts; one that is left out accepts any."""

    def __init__(self, keys: Mapping[str, Collection[str]]) -> None:
        self._keys = keys
        self._admitted: Memory[tuple[str, str], str] = Memory(_MOST_ADMITTED)

    def admit(self, provider: Provider, call: Call) -> str:
        """Return the key of *call*; raise RefusedError unless *provider* accepts it."""
        header = call.headers.get(provider.auth.header.lower(), "")
        key = self._admitted.get((provider.name, header))
        if key is not None:
            return key
        if not header and provider.queue and _TOKEN_PARAMETER in str(call.query):
            return self._admit_token(call)
        key = self._read_key(provider, header)
        self._admitted[provider.name, header] = key
        return key

    def _read_key(self, provider: Provider, header: str) -> str:
        auth = provider.auth
        scheme, _, key = header.partition(" ")
        key = key.strip()
        if scheme.lower() != auth.scheme.lower() or not key:
            raise RefusedError(Reason.NO_KEY)
        if re.fullmatch(auth.key_pattern, key) is None:
            raise RefusedError(Reason.MALFORMED_KEY)
        if key not in self._keys.get(provider.name, (key,)):
            raise RefusedError(Reason.NO_KEY)
        return key

    def _admit_token(self, call: Call) -> str:
        """Return the token that a browser puts into the URL, where it is good."""
        token = read_query(call).get(_TOKEN_PARAMETER, "")
        if not is_token(token, APP_TOKEN):
            raise RefusedError(Reason.NO_KEY)
        return token
