"""From contracts to files, in memory."""

from codegen.lower import lower
from codegen.render import render
from specs import Registry


def generate(registry: Registry) -> dict[str, str]:
    """Return each generated file's text by its path below the output folder.

    The same contracts give the same text, on any machine and on any day.
    """
    return render(lower(registry))


def resource_names(registry: Registry) -> dict[str, str]:
    """Return the attribute that a client has for each contract, by the contract's id."""
    return {
        f"{package.name}:{resource.model}": resource.name
        for package in lower(registry).providers
        for resource in package.resources
    }
