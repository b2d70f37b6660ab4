"""A report as JSON values, in the shape that `report.schema.json` publishes."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from contract_tests.reports.model import ContractResult, Report

Paid = dict[str, Any] | None
"""What a run has paid, as JSON values; None where nothing costs."""

VERSION = 1
"""Raised when a reader of older records would no longer understand a new one."""


def schema() -> dict[str, Any]:
    """Return the JSON Schema of what `to_json` returns."""
    text = Path(__file__).with_name("report.schema.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def to_json(report: Report, *, paid: Paid = None) -> dict[str, Any]:
    """Return *report* as JSON values; every fault carries its stable key.

    *paid* is what a run against a service that charges says of the money.
    """
    return {
        "version": VERSION,
        "is_kept": report.is_kept,
        "is_complete": report.is_complete,
        "base_url": report.base_url,
        "profile": report.profile,
        "seed": report.seed,
        "contracts": [_contract(it) for it in report.contracts],
        "live": paid,
    }


def _contract(result: ContractResult) -> dict[str, Any]:
    found = asdict(result)
    found["faults"] = [
        {
            "key": it.key,
            **asdict(it.fault),
            "sightings": it.sightings,
            "test": it.test,
            "again": it.again,
        }
        for it in result.faults
    ]
    return found | {
        "is_kept": result.is_kept,
        "checks": result.checks,
        "coverage": result.coverage,
        "seconds": result.seconds,
    }
