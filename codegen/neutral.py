"""What several providers can do, lowered to one signature for all of them.

The names are those of `[neutral]` in provider.toml; an argument that is not named there
keeps the name that the model's own `submit` has for it.
"""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from codegen.ir import Argument, NeutralOperation, ProviderPackage, Resource
from codegen.names import identifier, unique
from codegen.sentences import with_arguments
from specs import Provider

_TAKEN = ("close",)
_Models: TypeAlias = Mapping[str, tuple[Resource, Mapping[str, str]]]


def lower_neutral(
    providers: Sequence[Provider], packages: Sequence[ProviderPackage]
) -> tuple[NeutralOperation, ...]:
    """Return what at least two of *providers* can do, by what is generated of them."""
    known = {(p.name, it.model): it for p in packages for it in p.resources}
    found: list[NeutralOperation] = []
    for operation in sorted({name for it in providers for name in it.neutral}):
        models = {
            it.name: (known[it.name, facts.model], facts.names)
            for it in providers
            if (facts := it.neutral.get(operation)) and (it.name, facts.model) in known
        }
        if len(models) > 1:
            taken = (*_TAKEN, *(it.name for it in found))
            found.append(_lower(_named(operation, taken), models))
    return tuple(found)


def _lower(name: str, models: _Models) -> NeutralOperation:
    shared: dict[str, dict[str, Argument]] = {}
    for provider, (resource, names) in models.items():
        neutral = {own: _named(it, ("self",)) for it, own in names.items()}
        for it in resource.arguments:
            label = neutral.get(it.wire_name, it.name)
            shared.setdefault(label, {})[provider] = it
    merged = [_merge(label, its, models) for label, its in shared.items()]
    arguments = tuple(sorted(merged, key=lambda it: not it.required))
    told = f"Start a job at {' or '.join(models)} and return it."
    return NeutralOperation(
        name=name,
        doc=with_arguments(told, arguments),
        arguments=arguments,
        ways={
            provider: {
                "attribute": resource.name,
                "names": {
                    label: its[provider].name
                    for label, its in shared.items()
                    if provider in its and its[provider].name != label
                },
            }
            for provider, (resource, _) in models.items()
        },
    )


def _merge(label: str, its: Mapping[str, Argument], models: _Models) -> Argument:
    first, *_ = its.values()
    types = [_type(it.type) for it in its.values()]
    only = "" if len(its) == len(models) else f" Only at {' and '.join(its)}."
    return Argument(
        name=label,
        wire_name=label,
        type="Any" if "Any" in types else " | ".join(dict.fromkeys(types)),
        required=not only and all(it.required for it in its.values()),
        doc=first.doc + only,
    )


def _type(own: str) -> str:
    """Return the type *own*, or Any where it names a class of one provider's models."""
    return "Any" if "_input." in own else own


def _named(text: str, taken: Sequence[str]) -> str:
    name = identifier(text, where=f"provider.toml#/neutral/{text}", prefix="field")
    return unique([name], taken=taken)[0]
