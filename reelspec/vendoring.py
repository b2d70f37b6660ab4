"""A change of the documents, shown, and made together with the clients."""

import json
from pathlib import Path
from typing import Any

import click

from specs import (
    CHANGE_OUTPUTS,
    ChangeReport,
    OverlayAction,
    Treatment,
    VendoringPlan,
    Waiver,
    land,
    one_line,
)

_LONGEST = 400


def land_plan(plan: VendoringPlan, folder: Path, out: Path) -> list[str]:
    """Make what *plan* says, in *folder* and in the clients below *out*, or nothing.

    Return the paths that were written or removed.
    """
    import codegen

    generated = codegen.compare(codegen.generate(plan.registry), out)
    encoded = {
        name: None if text is None else text.encode()
        for name, text in generated.items()
    }
    land(folder, plan.files, out=out, generated=encoded)
    return [str(folder / it) for it in plan.files] + [str(out / it) for it in encoded]


def print_changes(report: ChangeReport) -> None:
    """Print what *report* says, as `reelspec specs diff` does."""
    click.echo(CHANGE_OUTPUTS["text"](report))


def changes_json(report: ChangeReport) -> Any:
    """Return the same for machines."""
    return json.loads(CHANGE_OUTPUTS["json"](report))


def print_entries(plan: VendoringPlan) -> None:
    """Print what faults added to waivers.toml, what left it, and what to look at."""
    for it in plan.proposed:
        click.echo(f"  added to waivers.toml: {_entry_line(it)}")
    for it in plan.dropped:
        click.echo(f"  removed from waivers.toml, nothing needs it: {_entry_line(it)}")
    for action in plan.idle:
        click.echo(f"  changes nothing any more, remove it: {_action_line(action)}")
    if plan.proposed:
        click.echo("  Review what was added: each entry accepts or changes something.")


def entries_json(plan: VendoringPlan) -> dict[str, Any]:
    """Return the same for machines."""
    return {
        "proposed": [_entry_json(it) for it in plan.proposed],
        "dropped": [_entry_json(it) for it in plan.dropped],
        "idle": [it.place for it in plan.idle],
    }


def _entry_line(entry: Waiver | Treatment) -> str:
    what = "waiver" if isinstance(entry, Waiver) else f"treatment '{entry.action}'"
    text = f"{what}, {entry.documents}#{entry.pointer}: {entry.reason}"
    return one_line(text, longest=_LONGEST)


def _action_line(action: OverlayAction) -> str:
    return one_line(f"{action.place}: {action.wording}", longest=_LONGEST)


def _entry_json(entry: Waiver | Treatment) -> dict[str, Any]:
    kind = "waiver" if isinstance(entry, Waiver) else "treatment"
    return {"kind": kind, **entry.as_table()}
