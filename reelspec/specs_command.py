"""`reelspec specs`: what is vendored, and what is known of it."""

import json
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from reelspec import specs_add_command, specs_sync_command
from reelspec.diff_command import diff_specs
from reelspec.exits import expected_errors
from reelspec.options import json_option, print_json, specs_option
from reelspec.wording import describe_lifecycle, describe_limits, describe_prices
from specs import (
    UNSET,
    Contract,
    Fault,
    OverlayAction,
    Parameter,
    Registry,
    Treatment,
    describe_type,
    read_lock,
    refuse_faults,
)


@click.group("specs")
def command() -> None:
    """List, read, add and follow the vendored documents.

    \b
    Examples:
      reelspec specs list
      reelspec specs show alibaba/wan2.2-vace-fun-a14b-reframe
      reelspec specs add https://example.com/models/my-model.json --provider aimlapi
      reelspec specs sync --check
      reelspec specs diff main:specs specs
    """


command.add_command(specs_add_command.command)
command.add_command(specs_sync_command.command)
command.add_command(diff_specs)


@command.command("list")
@specs_option
@json_option
def list_specs(folder: Path, *, as_json: bool) -> None:
    """List every contract: its document, where that came from, its known faults.

    The documents are held against specs.lock and waivers.toml: one that was edited,
    or has a fault that nobody waived, ends the command with exit code 3.
    """
    with expected_errors():
        registry = Registry.load(folder)
        faults = refuse_faults(registry)
        lock = read_lock(folder)
    rows = [_summary(it, faults, lock) for it in registry.contracts]
    if as_json:
        print_json(rows)
        return
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="bold")
    table.add_column("Contract", no_wrap=True)
    table.add_column("Origin", no_wrap=True)
    table.add_column("Parameters", justify="right", no_wrap=True)
    table.add_column("Waived", justify="right", no_wrap=True)
    for row in rows:
        cells = (row["contract"], row["origin"], row["parameters"], len(row["faults"]))
        table.add_row(*(Text(str(it)) for it in cells))
    Console().print(table)
    click.echo("`reelspec specs show CONTRACT` has the rest.")


@command.command("show")
@click.argument("name", metavar="CONTRACT")
@specs_option
@json_option
def show_spec(name: str, folder: Path, *, as_json: bool) -> None:
    """Show one contract: its calls, parameters, lifecycle, prices and known faults.

    CONTRACT is `provider:model`, or the model alone where only one provider has it.
    """
    with expected_errors():
        registry = Registry.load(folder)
        contract = registry.contract(name)
        faults = refuse_faults(registry)
        lock = read_lock(folder)
    if as_json:
        print_json(_details(registry, contract, faults, lock))
        return
    _print_contract(contract, faults, lock)
    for line in _changes(registry, contract):
        Console().print(Text(line, style="dim"), soft_wrap=True)


def _documents(contract: Contract) -> list[str]:
    return sorted({it.document.name for it in contract.operations})


def _own_faults(contract: Contract, faults: list[Fault]) -> list[Fault]:
    names = _documents(contract)
    return [it for it in faults if it.document in names]


def _summary(
    contract: Contract, faults: list[Fault], lock: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    entry = lock[contract.submit.document.name]
    return {
        "contract": contract.id,
        "document": contract.submit.document.name,
        "origin": entry["origin"],
        "source": entry["source"],
        "retrieved": str(entry["retrieved"]),
        "parameters": len(contract.parameters),
        "faults": [it.rule for it in _own_faults(contract, faults)],
    }


def _treatments(registry: Registry, contract: Contract) -> list[Treatment]:
    names = _documents(contract)
    return [it for it in registry.treated if any(map(it.is_for, names))]


def _actions(registry: Registry, contract: Contract) -> list[OverlayAction]:
    names = _documents(contract)
    found = {it.place: it for name in names for it in registry.overlaid[name]}
    return list(found.values())


def _changes(registry: Registry, contract: Contract) -> Iterator[str]:
    """Yield a line for all that was changed in the documents when they were loaded."""
    for it in _treatments(registry, contract):
        yield f"treated {it.action} {it.pointer} ({it.reason})"
    for action in _actions(registry, contract):
        yield f"overlay {action.place}: {action.wording}"


def _details(
    registry: Registry,
    contract: Contract,
    faults: list[Fault],
    lock: dict[str, dict[str, Any]],
) -> dict[str, Any]:
    prices = contract.provider.prices
    lifecycle = contract.lifecycle
    return {
        **_summary(contract, faults, lock),
        "operations": [
            {
                "role": it.role,
                "method": it.method,
                "path": it.wire_path,
                "pointer": it.pointer,
                "answers": sorted(it.answers),
            }
            for it in contract.operations
        ],
        "lifecycle": {
            "initial": lifecycle.initial,
            "transitions": lifecycle.transitions,
            "terminal": lifecycle.terminal,
        },
        "parameters": [_parameter(it) for it in contract.parameters],
        "prices": prices.as_table() if prices else None,
        "faults": [
            {
                "document": it.document,
                "rule": it.rule,
                "pointer": it.pointer,
                "problem": it.problem,
                "reason": it.reason,
            }
            for it in _own_faults(contract, faults)
        ],
        "treatments": [it.as_table() for it in _treatments(registry, contract)],
        "overlays": [
            {
                "action": it.place,
                "title": it.title,
                "target": it.target,
                "description": it.description,
            }
            for it in _actions(registry, contract)
        ],
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    schema = parameter.schema
    return {
        "name": parameter.name,
        "required": parameter.required,
        "type": describe_type(schema),
        "limits": describe_limits(schema),
        "nullable": schema.nullable,
        **({} if schema.default is UNSET else {"default": schema.default}),
        "description": schema.description,
    }


def _heading(parameter: Parameter) -> Padding:
    schema = parameter.schema
    facts = [describe_type(schema)]
    if limits := describe_limits(schema):
        facts.append(limits)
    if schema.default is not UNSET:
        default = json.dumps(schema.default, ensure_ascii=False)
        facts.append(f"default {textwrap.shorten(default, 60, placeholder=' …')}")
    if parameter.required:
        facts.append("required")
    line = Text.assemble((parameter.name, "bold"), f"  {'; '.join(facts)}")
    return Padding(line, (0, 0, 0, 2))


def _print_contract(
    contract: Contract, faults: list[Fault], lock: dict[str, dict[str, Any]]
) -> None:
    console = Console()
    # Text from a document is never markup, so all of it goes through Text.
    console.print(Text(contract.id, style="bold"))
    for name in _documents(contract):
        entry = lock[name]
        line = f"{name}  {entry['origin']}, retrieved {entry['retrieved']}, {entry['source']}"
        console.print(Text(line), soft_wrap=True)
    console.print()
    for operation in contract.operations:
        line = f"{operation.role:<7} {operation.method:<4} {operation.wire_path}"
        console.print(Text(line), soft_wrap=True)
    console.print(
        Text(f"states  {describe_lifecycle(contract.lifecycle)}"), soft_wrap=True
    )
    console.print()
    for parameter in contract.parameters:
        console.print(_heading(parameter))
        if parameter.schema.description:
            console.print(Padding(Text(parameter.schema.description), (0, 0, 0, 6)))
    console.print()
    if prices := contract.provider.prices:
        console.print(Text(f"price   {describe_prices(prices)}"), soft_wrap=True)
    for fault in _own_faults(contract, faults):
        line = f"waived  {fault.rule}: {fault.problem} ({fault.reason})"
        console.print(Text(line, style="dim"), soft_wrap=True)
