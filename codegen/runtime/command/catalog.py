"""The providers and models of a distribution, found in it, and how people call them."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from importlib import import_module
from typing import Any

import click

from ..client import BaseClient


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A model: its id, the client's attribute for it, and a short name for a shell."""

    provider: str
    name: str
    attribute: str
    model: str

    @property
    def names(self) -> tuple[str, ...]:
        """Every way to write the model."""
        return self.name, self.attribute, self.attribute.replace("_", "-"), self.model


@dataclass(frozen=True)
class Catalog:
    """What the distribution *package* has clients for."""

    package: str

    @cached_property
    def providers(self) -> list[str]:
        """The names of the providers: the subpackages that are public."""
        found = pkgutil.iter_modules(import_module(self.package).__path__)
        return sorted(it.name for it in found if it.ispkg and it.name[0] != "_")

    def entries(self, provider: str) -> list[Entry]:
        """Return the models of *provider*, by their short names."""
        module = self._module(provider, "client")
        models: dict[str, str] = module.MODELS
        short = _shortened(list(models))
        entries = [
            Entry(provider=provider, name=name, attribute=it, model=models[it])
            for it, name in zip(models, short, strict=True)
        ]
        return sorted(entries, key=lambda it: it.name)

    def find(self, provider: str, text: str) -> Entry:
        """Return the model of *provider* that *text* means; raise UsageError."""
        self.check(provider)
        entries = self.entries(provider)
        for it in entries:
            if text in it.names:
                return it
        raise unknown(f"model of {provider}", text, [it.name for it in entries])

    def check(self, provider: str) -> None:
        """Raise UsageError unless there is that *provider*."""
        if provider not in self.providers:
            raise unknown("provider", provider, self.providers)

    def submit(self, entry: Entry) -> Callable[..., Any]:
        """Return the function whose signature states what the model takes."""
        module = self._module(entry.provider, f"resources.{entry.attribute}")
        found: Callable[..., Any] = module.Blocking.submit
        return found

    def open(self, provider: str, **options: Any) -> BaseClient:
        """Return a client of *provider*, its key from the environment."""
        self.check(provider)
        client: BaseClient = self._module(provider, "client").Client(**options)
        return client

    def _module(self, provider: str, name: str) -> Any:
        return import_module(f"{self.package}.{provider}.{name}")


def unknown(what: str, text: str, known: Iterable[str]) -> click.UsageError:
    """Return the refusal of *text*, which is not among *known*, with the nearest ones."""
    names = list(known)
    near = get_close_matches(text, names, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else f"know {', '.join(names)}"
    return click.UsageError(f"no {what} is called {text!r:.80}; {hint}")


def _shortened(attributes: Sequence[str]) -> list[str]:
    """Return for each of *attributes* the fewest last words that no other ends with."""
    words = [it.strip("_").split("_") for it in attributes]
    return [
        next(
            "-".join(own[-count:])
            for count in range(1, len(own) + 1)
            if count == len(own)
            or sum(it[-count:] == own[-count:] for it in words) == 1
        )
        for own in words
    ]
