"""What the demo asks for: arguments that a document allows, and that shape the video."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from specs import (
    UNSET,
    ArraySchema,
    BooleanSchema,
    Contract,
    NumberSchema,
    ObjectSchema,
    Parameter,
    Schema,
    StringSchema,
    UnionSchema,
)

_URL = "https://example.com/input.mp4"
_TEXT = "A paper boat on a river."
_NUMBERS: Final = {"num_frames": (33, 49, 65, 81), "frames_per_second": (16, 24, 30)}
_CHOICES: Final = frozenset({"resolution", "aspect_ratio"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be generated: a contract, its method in the client, and the arguments."""

    contract: Contract
    resource: str
    arguments: Mapping[str, Any]


def make_orders(
    contracts: Mapping[str, Contract], resources: Mapping[str, str]
) -> list[Order]:
    """Return one order per contract, no two of them alike in shape.

    *resources* names each contract's attribute of its client.
    """
    return [
        Order(
            contract=contract,
            resource=resources[name],
            arguments=_arguments(contract, index),
        )
        for index, (name, contract) in enumerate(contracts.items())
    ]


def _arguments(contract: Contract, index: int) -> dict[str, Any]:
    """Return arguments that the document allows, and that shape the video."""
    arguments: dict[str, Any] = {}
    for it in contract.parameters:
        if _is_shape(it):
            arguments[it.name] = _shape(it, index)
        elif it.required:
            arguments[it.name] = _value(it.schema, it.name)
    return arguments


def _is_shape(parameter: Parameter) -> bool:
    if parameter.name in _CHOICES:
        return bool(_listed(parameter.schema))
    return parameter.name in _NUMBERS and isinstance(parameter.schema, NumberSchema)


def _listed(schema: Schema) -> list[Any]:
    return [it for it in schema.enum or () if it != "auto"]


def _shape(parameter: Parameter, index: int) -> Any:
    schema = parameter.schema
    wished = _listed(schema) or list(_NUMBERS.get(parameter.name, ()))
    wish = wished[index % len(wished)]
    if not isinstance(schema, NumberSchema) or schema.enum:
        return wish
    return _nearest(schema, wish)


def _nearest(schema: NumberSchema, wish: int) -> int | float:
    """Return the number near *wish* that *schema* allows, as far as its bounds say."""
    number = Decimal(wish)
    if schema.minimum is not None:
        number = max(number, schema.minimum.value + schema.minimum.exclusive)
    if schema.maximum is not None:
        number = min(number, schema.maximum.value - schema.maximum.exclusive)
    if schema.multiple_of is not None:
        number -= number % schema.multiple_of
    return int(number) if number == int(number) else float(number)


def _value(schema: Schema, name: str) -> Any:
    """Return a value that *schema* allows, a URL or a sentence where it is text."""
    if schema.enum:
        return schema.enum[0]
    if schema.default is not UNSET:
        return schema.default
    match schema:
        case StringSchema():
            is_url = schema.format == "uri" or "url" in name.split("_")
            return _URL if is_url else _TEXT[: schema.max_length]
        case NumberSchema():
            return _nearest(schema, 1)
        case BooleanSchema():
            return False
        case ArraySchema():
            count = max(schema.min_items, 1)
            return [_value(schema.items, name) for _ in range(count)]
        case ObjectSchema():
            members = schema.properties.values()
            return {
                it.name: _value(it.schema, it.name) for it in members if it.required
            }
        case UnionSchema():
            return _value(schema.options[0], name)
        case _:
            return None
