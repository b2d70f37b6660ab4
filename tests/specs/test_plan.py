"""Documents with known faults are taken in with treatments that say why, or not at all."""

import hashlib
import json
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from specs import (
    Arrival,
    Fault,
    ProviderError,
    SourceError,
    SpecError,
    Treatment,
    UnsupportedSchemaError,
    VendoringError,
    VendoringPlan,
    Waiver,
    WaiverError,
    find_faults,
    land,
    plan_arrivals,
    vendored_folder,
)

Make = Callable[..., dict[str, Any]]
TODAY = date(2026, 1, 2)
SUBMIT = "/paths/~1make/post"
IT = f"{SUBMIT}/requestBody/content/application~1json/schema/properties/it"


@pytest.fixture
def folder(vendor: Callable[..., Path], lock: Callable[[Path], None]) -> Path:
    """Return a folder of the made-up provider, without a document."""
    found = vendor()
    lock(found)
    (found / "waivers.toml").unlink()
    return found


def arrival(document: Any, name: str = "acme/one.json") -> Arrival:
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    return Arrival(name=name, content=content, source="https://acme.test/one.json")


def plan(folder: Path, *arrivals: Arrival) -> VendoringPlan:
    return plan_arrivals(folder, list(arrivals), today=TODAY)


def treated(folder: Path, document: Any) -> Treatment:
    """Return the one treatment that *document* is taken in with."""
    (entry,) = plan(folder, arrival(document)).proposed
    assert isinstance(entry, Treatment)
    return entry


def test_faultless_document_is_locked_and_nothing_else(
    folder: Path, document: Make
) -> None:
    found = plan(folder, arrival(document()))

    assert found.proposed == found.dropped == ()
    assert sorted(found.files) == ["acme/one.json", "specs.lock"]
    assert [it.id for it in found.registry.contracts] == ["acme:acme/one"]
    (entry,) = tomllib.loads((found.files["specs.lock"] or b"").decode())["document"]
    assert entry["retrieved"] == TODAY
    assert entry["origin"] == "verbatim"


def test_folder_stays_as_it_is_until_the_plan_is_landed(
    folder: Path, document: Make
) -> None:
    before = {it: it.read_bytes() for it in folder.rglob("*") if it.is_file()}

    found = plan(folder, arrival(document()))

    assert {it: it.read_bytes() for it in folder.rglob("*") if it.is_file()} == before
    land(folder, found.files)
    assert plan(folder, arrival(document())).files == {}


@pytest.mark.parametrize(
    ("schema", "action", "said"),
    [
        pytest.param(
            {"type": "integer", "enum": [5, 10], "default": "5"},
            "coerce default",
            "default-of-another-type: default='5' is not of the declared type",
            id="default-of-another-type",
        ),
        pytest.param(
            {"type": "integer", "enum": [5, 10], "default": 7},
            "drop default",
            "default-refused: default=7 is not one of the allowed values",
            id="default-outside-its-list",
        ),
        pytest.param(
            {"type": "integer", "default": "many"},
            "drop default",
            "default-refused: default='many'",
            id="default-that-no-integer-is-written-like",
        ),
        pytest.param(
            {"type": "object", "required": True},
            "drop required",
            "required-as-flag: True is not a list",
            id="required-as-flag",
        ),
        pytest.param(
            {"type": "string", "pattern": "("},
            "drop pattern",
            "pattern-unreadable: '(' is no regular expression",
            id="pattern-unreadable",
        ),
        pytest.param(
            {"type": "object", "discriminator": {"propertyName": "a"}},
            "drop discriminator",
            "discriminator: this keyword is not supported",
            id="discriminator",
        ),
        pytest.param(
            {"type": "integer", "enum": ["5", 10]},
            "coerce enum",
            "enum-of-another-type: enum lists '5'",
            id="enum-of-another-type",
        ),
    ],
)
def test_known_fault_is_treated_with_a_reason(
    folder: Path, document: Make, schema: Any, action: str, said: str
) -> None:
    found = treated(folder, document({"it": schema}))

    assert f"{found.action} {found.pointer}" == action.replace(" ", f" {IT}/")
    assert found.documents == "acme/one.json"
    assert found.reason.startswith(said)
    assert found.reason.endswith("(proposed by `reelspec specs`, not yet reviewed)")


def test_enum_is_coerced_value_by_value(folder: Path, document: Make) -> None:
    schema = {"type": "integer", "enum": ["5", 10, None], "nullable": True}

    found = plan(folder, arrival(document({"it": schema})))

    assert found.registry.contracts[0].body.properties["it"].schema.enum == (5, 10)
    (entry,) = found.proposed
    assert isinstance(entry, Treatment)
    assert (entry.action, entry.pointer) == ("coerce", f"{IT}/enum")
    assert "enum-of-another-type: enum lists '5'" in entry.reason


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "integer", "enum": ["5", "many"]},
        {"type": "string", "required": ["a"]},
        {"type": "string", "pattern": 5},
        {"type": "object", "discriminator": "a"},
        {"not": {}},
    ],
)
def test_fault_without_a_remedy_is_refused(
    folder: Path, document: Make, schema: Any
) -> None:
    broken = document({"it": schema})
    if schema.get("required"):
        broken["components"]["schemas"] = {"A": schema}
        broken["paths"]["/make"]["post"]["requestBody"]["content"]["application/json"][
            "schema"
        ]["required"] = ["gone"]

    with pytest.raises(UnsupportedSchemaError) as caught:
        plan(folder, arrival(broken))

    assert caught.value.pointer.startswith(f"acme/one.json#{SUBMIT}")


def test_treatment_that_does_not_help_is_tried_once(
    folder: Path, document: Make
) -> None:
    schema = {"allOf": [{"type": "integer", "minimum": 9}, {"default": 1}]}

    with pytest.raises(SpecError):
        plan(folder, arrival(document({"it": schema})))


def test_fault_of_another_document_is_not_treated(folder: Path, document: Make) -> None:
    broken = document({"it": {"type": "integer", "default": "5"}}, models=("acme/b",))
    (folder / "acme" / "two.json").write_text(json.dumps(broken))

    with pytest.raises(SpecError, match=r"acme/two\.json#.*default='5'"):
        plan(folder, arrival(document()))


def test_answer_that_is_not_declared_is_set_from_the_provider(
    folder: Path, document: Make
) -> None:
    quiet = document()
    for path, method in (("/make", "post"), ("/jobs", "get")):
        quiet["paths"][path][method]["responses"]["200"] = {"description": "A job."}

    found = plan(folder, arrival(quiet))

    submit, poll = found.proposed
    assert isinstance(submit, Treatment)
    assert isinstance(poll, Treatment)
    assert submit.pointer == f"{SUBMIT}/responses/200/content"
    assert submit.value == {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["id", "status"],
                "properties": {
                    "id": {"type": "string"},
                    "status": {
                        "type": "string",
                        "enum": ["new", "busy", "done", "failed"],
                    },
                },
            }
        }
    }
    assert "video" in poll.value["application/json"]["schema"]["properties"]
    assert "answer-undeclared: answers nothing at '/id'" in submit.reason


@pytest.mark.parametrize(
    "responses",
    [
        {"200": {"description": "A page.", "content": {"text/html": {}}}},
        {"400": {"description": "No."}},
        [],
    ],
    ids=["page", "refusal", "list"],
)
def test_answer_that_is_something_else_is_refused(
    folder: Path, document: Make, responses: Any
) -> None:
    broken = document()
    broken["paths"]["/make"]["post"]["responses"] = responses

    with pytest.raises((ProviderError, UnsupportedSchemaError)):
        plan(folder, arrival(broken))


def test_fault_that_can_be_lived_with_is_waived_where_it_is(
    folder: Path, document: Make
) -> None:
    open_to_all = document()
    del open_to_all["security"]
    open_to_all["servers"] = [{"url": "https://staging.acme.test/v1"}, {"url": "/v1"}]

    found = plan(folder, arrival(open_to_all)).proposed

    assert [(it.rule, it.pointer) for it in found if isinstance(it, Waiver)] == [
        ("no-security", "/paths/~1jobs/get"),
        ("no-security", SUBMIT),
        ("other-server", "/servers/0"),
    ]
    assert "other-server: names the host 'staging.acme.test'" in found[2].reason


def test_entry_is_dropped_when_the_document_is_mended(
    folder: Path, document: Make
) -> None:
    faulty = document({"it": {"type": "integer", "default": "5"}})
    del faulty["security"]
    land(folder, plan(folder, arrival(faulty)).files)

    found = plan(folder, arrival(document()))

    assert len(found.dropped) == 3
    assert b"[[" not in (found.files["waivers.toml"] or b"")
    assert (found.files["waivers.toml"] or b"").startswith(b"# What is known")


def test_comments_and_other_entries_stay_when_a_file_is_edited(
    folder: Path, document: Make
) -> None:
    land(folder, plan(folder, arrival(document())).files)
    (folder / "waivers.toml").write_text("# Ours.\n")
    lock = folder / "specs.lock"
    lock.write_text("# Ours too.\n" + lock.read_text().replace("acme.test", "old.test"))
    other = document(models=("acme/two",))
    del other["security"]

    found = plan(folder, arrival(other, "acme/two.json"))

    assert (found.files["waivers.toml"] or b"").startswith(b"# Ours.\n[[waiver]]\n")
    after = (found.files["specs.lock"] or b"").decode()
    assert after.startswith(lock.read_text().rstrip())
    assert 'file = "acme/two.json"' in after


def test_provider_is_taken_from_those_that_are_built_in(tmp_path: Path) -> None:
    document = {
        "openapi": "3.0.0",
        "info": {"title": "A", "version": "1"},
        "paths": {
            "/v2/generate/video/acme/generation": {
                "post": {
                    "requestBody": {
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "properties": {"model": {"enum": ["acme/one"]}},
                                }
                            }
                        }
                    },
                    "responses": {"201": {"description": ""}},
                }
            }
        },
    }

    found = plan(tmp_path / "new", arrival(document, "aimlapi/one.json"))

    assert not (tmp_path / "new").exists()
    assert sorted(found.files) == [
        "aimlapi/one.json",
        "aimlapi/provider.toml",
        "aimlapi/universal-video-fetch.json",
        "specs.lock",
        "waivers.toml",
    ]
    (contract,) = found.registry.contracts
    assert contract.submit.wire_path == "/v2/generate/video/acme/generation"
    assert contract.poll.document.name == "aimlapi/universal-video-fetch.json"


def test_unknown_provider_is_refused(tmp_path: Path, document: Make) -> None:
    with pytest.raises(
        VendoringError, match=r"no provider 'acme' is built in \(aimlapi"
    ):
        plan(tmp_path, arrival(document()))


def test_document_of_other_models_does_not_replace_one(
    folder: Path, document: Make
) -> None:
    land(folder, plan(folder, arrival(document())).files)

    with pytest.raises(SourceError) as caught:
        plan(folder, arrival(document(models=("acme/two",))))

    assert str(caught.value) == (
        "acme/one.json: would describe acme/two, but the vendored document of that name "
        "describes acme/one; vendor it under another name (--as)"
    )


def test_entry_that_was_idle_all_along_is_refused_to_be_kept(
    folder: Path, document: Make
) -> None:
    (folder / "waivers.toml").write_text(
        '[[waiver]]\ndocuments = "*"\nrule = "no-security"\nreason = "Gone."\n'
    )

    found = plan(folder, arrival(document()))

    assert [it.reason for it in found.dropped] == ["Gone."]


def test_malformed_waivers_are_refused(folder: Path, document: Make) -> None:
    (folder / "waivers.toml").write_text("[[waiver]]\n")

    with pytest.raises(WaiverError):
        plan(folder, arrival(document()))


def test_notes_go_when_the_document_they_are_about_is_replaced(
    folder: Path, document: Make
) -> None:
    land(folder, plan(folder, arrival(document())).files)
    path = folder / "specs.lock"
    old = path.read_text()
    path.write_text(old.replace('"verbatim"', '"transcribed"\nnote = "Ours."'))

    found = plan(folder, arrival(document({"it": {"type": "null"}})))

    after = (found.files["specs.lock"] or b"").decode()
    assert "note" not in after
    assert 'origin = "verbatim"' in after


def test_treatment_of_other_documents_is_not_lost(folder: Path, document: Make) -> None:
    first = document({"it": {"type": "integer", "default": "5"}})
    land(folder, plan(folder, arrival(first)).files)

    found = plan(folder, arrival(document(models=("acme/two",)), "acme/two.json"))

    assert found.dropped == ()


def test_treatment_that_still_finds_its_place_is_kept(
    folder: Path, document: Make
) -> None:
    first = document({"it": {"type": "integer", "default": "5"}})
    land(folder, plan(folder, arrival(first)).files)
    second = document({"it": {"type": "integer", "default": "6"}})

    found = plan(folder, arrival(second))

    assert found.proposed == found.dropped == ()


def test_fault_that_a_treatment_brought_in_is_told_where_it_is(
    folder: Path, document: Make
) -> None:
    (folder / "waivers.toml").write_text(
        '[[treatment]]\ndocuments = "acme/one.json"\naction = "set"\nreason = "A guess."\n'
        f'pointer = "{IT}"\nvalue = {{ type = "object", discriminator = "a" }}\n'
    )

    with pytest.raises(UnsupportedSchemaError) as caught:
        plan(folder, arrival(document()))

    assert caught.value.pointer == f"acme/one.json#{IT}/discriminator"


def test_provider_whose_models_share_no_document_is_taken_alone(tmp_path: Path) -> None:
    name = "fal/wan-22-vace-fun-a14b-inpainting.json"
    content = (vendored_folder() / name).read_bytes()

    found = plan(tmp_path, arrival(content, "fal/mine.json"))

    assert sorted(found.files) == [
        "fal/mine.json",
        "fal/provider.toml",
        "specs.lock",
        "waivers.toml",
    ]
    assert [it.document for it in refused(found)] == []


@pytest.mark.parametrize(
    "form", ["document = []\n", 'document = [{ file = "acme/one.json", %s }]\n']
)
def test_entries_join_those_of_a_lock_written_in_another_form(
    folder: Path, document: Make, form: str
) -> None:
    first = arrival(document())
    if "%s" in form:
        land(folder, plan(folder, first).files)
        digest = hashlib.sha256(first.content).hexdigest()
        facts = f'sha256 = "{digest}", source = "x", retrieved = 2026-01-02'
        form = form.replace("%s", f'{facts}, origin = "verbatim"')
    (folder / "specs.lock").write_text(form)

    found = plan(folder, arrival(document(models=("acme/two",)), "acme/two.json"))

    lock = tomllib.loads((found.files["specs.lock"] or b"").decode())["document"]
    assert [it["file"] for it in lock] == (
        ["acme/one.json", "acme/two.json"] if "file" in form else ["acme/two.json"]
    )


def refused(found: VendoringPlan) -> list[Fault]:
    """Return the faults of what *found* loads that nothing covers."""
    return [it for it in find_faults(found.registry) if it.reason is None]


def test_fault_that_toml_cannot_write_is_refused_with_its_place(
    folder: Path, document: Make
) -> None:
    half = {
        "type": "object",
        "properties": {"\ud800": {"type": "string", "default": 5}},
    }

    with pytest.raises(VendoringError) as caught:
        plan(folder, arrival(document({"it": half})))

    assert caught.value.pointer == f"acme/one.json#{IT}/properties/\ud800/default"
    assert "TOML cannot write what waivers.toml would say of it" in str(caught.value)
