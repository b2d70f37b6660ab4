"""What a program must find in its environment to end up at the mock, unchanged.

Every kind of program has variables of its own for the proxy it is to use and for the
certificates it is to trust. Nothing that is set here says anything of the program.
"""

import shlex
from collections.abc import Iterable, Mapping
from pathlib import Path

from specs import Provider

PRELOAD = Path(__file__).with_name("preload.cjs")
_PROXY = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
BUNDLE_VARIABLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_PLACEHOLDER = "reelspec:placeholder"  # well-formed for every provider, worth nothing


def route_through(
    proxy: str, *, certificate: Path, bundle: Path, present: Mapping[str, str]
) -> dict[str, str]:
    """Return the variables that lead a program through *proxy*.

    *certificate* is what it vouches by, *bundle* that and all else to be trusted;
    what *present* holds of NODE_OPTIONS is kept.
    """
    # curl knows some of these names in lower case alone, others prefer it.
    names = [spelling for it in _PROXY for spelling in (it, it.lower())]
    local = "localhost,127.0.0.1,::1"
    preload = f'--require "{_escape(str(PRELOAD))}"'
    return {
        **dict.fromkeys(names, proxy),
        "NO_PROXY": local,
        "no_proxy": local,
        **dict.fromkeys(BUNDLE_VARIABLES, str(bundle)),
        "NODE_EXTRA_CA_CERTS": str(certificate),
        "NODE_OPTIONS": f"{preload} {present.get('NODE_OPTIONS', '')}".strip(),
        # The preload does what Node would do itself, for every agent.
        "NODE_USE_ENV_PROXY": "0",
    }


def placeholder_keys(
    providers: Iterable[Provider],
    *,
    present: Mapping[str, str],
    accepted: Mapping[str, str],
) -> dict[str, str]:
    """Return a key for each provider of which *present* holds none.

    It is the one of *accepted*, by provider, and any where that has none.
    """
    return {
        name: accepted.get(provider.name, _PLACEHOLDER)
        for provider in providers
        if not any(present.get(it) for it in provider.auth.environment)
        for name in provider.auth.environment
    }


def export_lines(variables: Mapping[str, str]) -> str:
    """Return *variables* as a shell reads them."""
    return "\n".join(
        f"export {name}={shlex.quote(value)}" for name, value in variables.items()
    )


def _escape(path: str) -> str:
    """Return *path* as NODE_OPTIONS takes it between double quotes."""
    return path.replace("\\", "\\\\").replace('"', '\\"')
