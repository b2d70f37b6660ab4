"""What a run is asked to do, read from pytest's command line and its ini file."""

import difflib
import importlib
import os
import shlex
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

import httpx
import pytest

from contract_tests.checks import CLAIMS
from contract_tests.errors import TargetError, UnreachableError
from contract_tests.failures import show
from contract_tests.profiles import PROFILES, Profile, profile_named
from contract_tests.reports import Outputs
from contract_tests.target import Target
from specs import Contract, Provider, Registry, vendored_folder

_PATIENCE = 120.0  # seconds of real time for one job, unless --patience says otherwise


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Which contracts are to be tested, where, and how much is to be tried.

    The *neighbours* are all that the target may serve, tested or not. `only` is the
    key of the one fault that is looked for, `failures` the place where failed cases
    are kept, `command` the words that start such a run again, and `outputs` the files
    that the report is written to.
    """

    contracts: tuple[Contract, ...]
    neighbours: tuple[Contract, ...] = ()
    target: Target
    profile: Profile
    seed: int | None = None
    strict: bool = False  # where readers differ, the document's version is right
    only: str | None = None
    failures: str | None = None
    command: tuple[str, ...] = ()
    outputs: Outputs = field(default_factory=Outputs)


def add_options(parser: pytest.Parser) -> None:
    """Declare the options and the ini setting on *parser*."""
    parser.addini(
        "contract_target",
        "module:function that makes the Target to test of the registry, where no "
        "--base-url is given",
        default="",
    )
    add = parser.getgroup("contracts", "contract tests").addoption
    add("--base-url", metavar="URL", help="the server to test")
    add(
        "--contract",
        action="append",
        default=[],
        metavar="ID",
        help="test this contract only (provider:model, or the model); repeatable",
    )
    add(
        "--profile",
        dest="contract_profile",
        choices=list(PROFILES),
        default="quick",
        help="how much to try (default: quick)",
    )
    add(
        "--seed",
        dest="contract_seed",
        type=int,
        metavar="N",
        help="draw from this seed",
    )
    add(
        "--key",
        dest="contract_keys",
        action="append",
        default=[],
        metavar="PROVIDER=KEY",
        help="the key for a provider (default: its environment variable); repeatable",
    )
    add(
        "--advance-url",
        metavar="URL",
        help='moves the server\'s clock when {"seconds": n} is posted to it; '
        "without it, time really passes",
    )
    add(
        "--patience",
        type=float,
        metavar="SECONDS",
        help="wait no longer for one job (default: the provider's deadline, or "
        f"{_PATIENCE:g} where time really passes)",
    )
    add(
        "--failing-header",
        action="append",
        default=[],
        metavar="'NAME: VALUE'",
        help="a header that makes the server fail a job; repeatable",
    )
    add(
        "--strict-reading",
        dest="contract_strict",
        action="store_true",
        help="where readers of a document differ, hold the server to its version",
    )
    add("--specs", dest="contract_specs", type=Path, help="the folder of documents")
    add(
        "--only",
        dest="contract_only",
        metavar="KEY",
        help="look for this one fault, by the key that a report gives it",
    )
    add(
        "--failures",
        dest="contract_failures",
        metavar="PLACE",
        help="keep failed cases in this folder or Redis, and try them first",
    )
    add("--contract-github", action="store_true", help="annotate the change on GitHub")
    for form, what in (("html", "a page"), ("json", "JSON"), ("junit", "JUnit XML")):
        add(
            f"--contract-{form}",
            type=Path,
            metavar="FILE",
            help=f"write the report to this file, as {what}",
        )


def assignment_from(config: pytest.Config) -> Assignment:
    """Return what *config* asks for; raise TargetError or SpecError if it cannot be."""
    registry = Registry.load(config.getoption("contract_specs") or vendored_folder())
    only: str | None = config.getoption("contract_only")
    return Assignment(
        contracts=contracts_to_test(registry, config.getoption("contract"), only),
        neighbours=registry.contracts,
        target=_target(config, registry),
        profile=profile_named(config.getoption("contract_profile")),
        seed=config.getoption("contract_seed"),
        strict=config.getoption("contract_strict"),
        only=only,
        failures=config.getoption("contract_failures"),
        command=_command(config),
        outputs=Outputs(
            junit=config.getoption("contract_junit"),
            json=config.getoption("contract_json"),
            html=config.getoption("contract_html"),
        ),
    )


def contracts_to_test(
    registry: Registry, names: Iterable[str], only: str | None = None
) -> tuple[Contract, ...]:
    """Return the contracts of *names*, or all, or that of the one fault looked for.

    Raises SpecError or TargetError for what there is not.
    """
    if only is None:
        return tuple(registry.contract(it) for it in names) or registry.contracts
    name, _, rest = only.partition(" ")
    claim = rest.partition(" ")[0]
    contract = registry.contract(name)
    if claim not in CLAIMS:
        near = difflib.get_close_matches(claim, CLAIMS, n=3)
        raise TargetError(
            "--only",
            f"{show(claim)!r} is no claim",
            fix=f"did you mean {' or '.join(near)}?" if near else "copy a fault's key",
        )
    return (contract,)


def _command(config: pytest.Config) -> tuple[str, ...]:
    """Return the words that start pytest again as *config* has it, without a key."""
    named = {
        "--base-url": config.getoption("base_url"),
        "--advance-url": config.getoption("advance_url"),
        "--patience": config.getoption("patience"),
        "--specs": config.getoption("contract_specs"),
        "--failures": config.getoption("contract_failures"),
    }
    words = [f"{name}={value}" for name, value in named.items() if value is not None]
    words += [f"--failing-header={it}" for it in config.getoption("failing_header")]
    words += ["--strict-reading"] * config.getoption("contract_strict")
    if config.getoption("base_url") is None:
        words += ["-o", f"contract_target={config.getini('contract_target')}"]
    places = [it.partition("::")[0] for it in config.args]
    plugin = ("-p", "contract_tests.plugin")
    return ("python", "-m", "pytest", *map(shlex.quote, [*plugin, *places, *words]))


def _target(config: pytest.Config, registry: Registry) -> Target:
    base_url: str | None = config.getoption("base_url")
    if base_url is None:
        return imported_target(str(config.getini("contract_target")), registry)
    return remote_target(
        base_url,
        registry.providers,
        keys=dict(_pairs(config.getoption("contract_keys"), "=", "--key")),
        failing=dict(
            _pairs(config.getoption("failing_header"), ":", "--failing-header")
        ),
        advance_url=config.getoption("advance_url"),
        patience=config.getoption("patience"),
    )


def remote_target(
    base_url: str,
    providers: Iterable[Provider],
    *,
    keys: Mapping[str, str],
    failing: Mapping[str, str] = MappingProxyType({}),
    advance_url: str | None = None,
    patience: float | None = None,
) -> Target:
    """Return the server at *base_url* as a target.

    A provider without a key in *keys* is given that of its environment variable.
    """
    target = Target(
        base_url=base_url,
        keys={**_environment_keys(providers), **keys},
        failing=failing,
    )
    if advance_url is not None:
        return replace(target, advance=remote_clock(advance_url), patience=patience)
    return replace(target, patience=_PATIENCE if patience is None else patience)


def imported_target(reference: str, registry: Registry) -> Target:
    """Return what the function at *reference*, `module:function`, makes of *registry*."""
    module, _, name = reference.partition(":")
    if not module or not name:
        raise TargetError(
            "contract_target",
            f"{reference!r} names no function" if reference else "there is no target",
            fix="pass --base-url URL, or set contract_target = module:function",
        )
    try:
        build: Callable[[Registry], object] = getattr(
            importlib.import_module(module), name
        )
    except (ImportError, AttributeError) as exc:
        raise TargetError(
            "contract_target", f"{reference!r}: {exc}", fix="name a function there is"
        ) from exc
    target = build(registry)
    if not isinstance(target, Target):
        raise TargetError(
            "contract_target",
            f"{reference} returned {type(target).__name__}",
            fix="return a contract_tests.Target",
        )
    return target


def remote_clock(url: str) -> Callable[[float], None]:
    """Return a function that moves the clock behind *url* by so many seconds."""

    def advance(seconds: float) -> None:
        try:
            answer = httpx.post(url, json={"seconds": seconds}, trust_env=False)
            answer.raise_for_status()
        except (httpx.HTTPError, httpx.InvalidURL) as exc:
            raise UnreachableError(
                f"--advance-url {show(url)}",
                f"the clock could not be moved ({exc!r})",
                fix="see that the server runs on a clock that can be moved",
            ) from exc

    return advance


def _environment_keys(providers: Iterable[Provider]) -> dict[str, str]:
    return {
        it.name: os.environ[variable]
        for it in providers
        for variable in reversed(it.auth.environment)
        if os.environ.get(variable)
    }


def _pairs(
    texts: Iterable[str], separator: str, option: str
) -> Iterable[tuple[str, str]]:
    for it in texts:
        name, found, value = it.partition(separator)
        if not found or not name.strip():
            # The text may hold a key, so it is not repeated.
            raise TargetError(
                option, "is no pair", fix=f"write it as NAME{separator}VALUE"
            )
        yield name.strip(), value.strip()
