"""Whatever is wrong with a document, it is taken in for good, or refused by name."""

import copy
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from specs import Registry, SpecError, VendoringPlan, land, plan_arrivals, refuse_faults
from tests.specs.test_mutations import JSON, RICH, SCHEMAS, places, put
from tests.specs.test_plan import TODAY, arrival

FAULTS = st.sampled_from(
    [
        {"type": "integer", "default": "5"},
        {"type": "integer", "default": "five"},
        {"type": "string", "enum": ["a"], "default": "b"},
        {"type": "integer", "enum": ["1", "2"]},
        {"type": "boolean", "required": True},
        {"type": "string", "pattern": "("},
        {"type": "number", "exclusiveMinimum": 5},
        {"description": "An answer without content."},
    ]
)


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
@settings(
    max_examples=40,  # of documents: one takes about 50 ms
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # nothing writes there
    deadline=None,
)
@given(data=st.data())
def test_document_that_is_taken_in_keeps_every_rule_of_the_folder(
    document: Callable[..., dict[str, Any]],
    facts: str,
    version: str,
    data: st.DataObject,
) -> None:
    whole = document(RICH, components={"schemas": SCHEMAS}, version=version)
    changed = copy.deepcopy(whole)
    path = data.draw(st.sampled_from(places(whole)), label="place")
    put(changed, path, data.draw(FAULTS | JSON, label="value"))

    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "acme").mkdir()
        (folder / "acme" / "provider.toml").write_text(facts, "utf-8")
        before = sorted(folder.rglob("*"))
        plan = plan_or_refusal(folder, changed)
        if isinstance(plan, SpecError):
            assert str(plan).isprintable()
            assert sorted(folder.rglob("*")) == before
            return
        land(folder, plan.files)

        faults = refuse_faults(Registry.load(folder))
        again = plan_or_refusal(folder, changed)

    assert all(it.reason for it in faults)
    assert all(it.reason for it in plan.proposed)
    assert isinstance(again, VendoringPlan)
    assert (again.files, again.proposed, again.dropped) == ({}, (), ())


def plan_or_refusal(folder: Path, document: Any) -> VendoringPlan | SpecError:
    try:
        return plan_arrivals(folder, [arrival(document)], today=TODAY)
    except SpecError as refusal:
        return refusal
