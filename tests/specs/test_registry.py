import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from specs import (
    DuplicateModelError,
    ProviderError,
    Registry,
    UnknownModelError,
    vendored_folder,
)

Load = Callable[..., Registry]

Make = Callable[..., dict[str, Any]]


def test_contract_is_what_one_model_promises(load: Load, document: Make) -> None:
    properties = {"prompt": {"type": "string"}, "seed": {"type": "integer"}}

    (contract,) = load(document(properties)).contracts

    assert (contract.id, contract.model) == ("acme:acme/one", "acme/one")
    assert contract.fixed == {"model": "acme/one"}
    assert [(it.name, it.location) for it in contract.parameters] == [
        ("prompt", "body"),
        ("seed", "body"),
    ]
    assert [it.role for it in contract.operations] == ["submit", "poll"]
    assert contract.outcome is contract.poll
    assert contract.lifecycle.initial == "new"


def test_document_of_several_models_gives_a_contract_for_each(
    load: Load, document: Make
) -> None:
    registry = load(document(models=("acme/two", "acme/one")))

    assert [it.model for it in registry.contracts] == ["acme/one", "acme/two"]


@pytest.mark.parametrize(
    ("documents", "claims"),
    [
        pytest.param(
            [("acme/one",), ("acme/one",)], "acme/two.json#", id="two-documents"
        ),
        pytest.param([("acme/one", "acme/one")], "acme/one.json#", id="one-document"),
    ],
)
def test_model_is_refused_when_it_is_claimed_twice(
    load: Load, document: Make, documents: list[tuple[str, ...]], claims: str
) -> None:
    with pytest.raises(DuplicateModelError) as caught:
        load(*(document(models=it) for it in documents))

    assert str(caught.value) == (
        f"{claims}/paths/~1make/post: claims the model 'acme/one', which "
        "acme/one.json#/paths/~1make/post claims too; keep one of the two"
    )


@pytest.mark.parametrize(
    "model",
    [
        "",
        "../secret",
        "a//b",
        "a/../b",
        "/a",
        "a b",
        "a?b",
        "a\nb",
        "{model}",
        ".",
        "é",
    ],
)
def test_model_is_refused_when_no_path_can_be_built_with_it(
    load: Load, document: Make, model: str
) -> None:
    with pytest.raises(
        ProviderError, match="no id to build a path with; treat the name"
    ):
        load(document(models=(model,)))


@pytest.mark.parametrize(
    "selector",
    [
        pytest.param({"type": "string"}, id="no-enum"),
        pytest.param({"enum": [1, 2]}, id="numbers"),
        pytest.param({"enum": ["acme/one", 2]}, id="mixed"),
        pytest.param(None, id="absent"),
    ],
)
def test_document_is_refused_when_its_body_names_no_model(
    load: Load, document: Make, selector: Any
) -> None:
    broken = document()
    body = broken["paths"]["/make"]["post"]["requestBody"]["content"][
        "application/json"
    ]
    body["schema"] = {"properties": {"model": selector} if selector else {}}

    with pytest.raises(ProviderError) as caught:
        load(broken)

    assert str(caught.value) == (
        "acme/one.json#/paths/~1make/post: has no body member 'model' whose enum names "
        "the model; mend [model] in provider.toml, or vendor a document of one model"
    )


@pytest.mark.parametrize("body", [{"type": "string"}, None])
def test_document_is_refused_when_its_submit_takes_no_object(
    load: Load, document: Make, facts: str, body: Any
) -> None:
    broken = document()
    post = broken["paths"].pop("/make")["post"]
    post.pop("requestBody")
    if body:
        post["requestBody"] = {"content": {"application/json": {"schema": body}}}
    broken["paths"]["/make/acme/one"] = {"post": post}
    by_path = facts.replace('in = "body"', 'in = "path"').replace(
        '"/make"', '"/make/{model}"'
    )

    with pytest.raises(ProviderError, match="post: takes no JSON object; only objects"):
        load(broken, provider=by_path)


def test_document_is_refused_when_it_declares_no_submit(
    load: Load, document: Make
) -> None:
    broken = document()
    del broken["paths"]["/make"]

    with pytest.raises(ProviderError) as caught:
        load(broken)

    assert str(caught.value).startswith(
        "acme/one.json#/paths: declares no POST /make to submit with, and so no model: "
        "it has only GET /jobs; vendor the document that submits"
    )


@pytest.mark.parametrize("method", ["post", "x-get"])
def test_document_is_refused_when_it_declares_no_poll(
    load: Load, document: Make, method: str
) -> None:
    broken = document()
    broken["paths"]["/jobs"] = {method: broken["paths"]["/jobs"]["get"]}

    with pytest.raises(ProviderError, match="no GET /jobs to poll with; mend op"):
        load(broken)


def test_one_document_may_serve_every_model(
    load: Load, document: Make, facts: str
) -> None:
    shared, own = document(models=("acme/x",)), document(models=("acme/two",))
    del shared["paths"]["/make"]
    del own["paths"]["/jobs"]
    provider = facts.replace('path = "/jobs"', 'path = "/jobs"\ndocument = "one.json"')

    (contract,) = load(shared, own, provider=provider).contracts

    assert contract.submit.document.name == "acme/two.json"
    assert contract.poll.document.name == "acme/one.json"


def test_one_document_may_submit_every_model(
    load: Load, document: Make, facts: str
) -> None:
    shared, other = document(models=("a", "b")), document()
    del other["paths"]["/make"]
    provider = facts.replace('path = "/make"', 'path = "/make"\ndocument = "one.json"')

    registry = load(shared, other, provider=provider)

    assert [it.model for it in registry.contracts] == ["a", "b"]


def test_shared_document_is_refused_when_it_is_not_there(
    load: Load, document: Make, facts: str
) -> None:
    provider = facts.replace('path = "/jobs"', 'path = "/jobs"\ndocument = "all.json"')

    with pytest.raises(ProviderError) as caught:
        load(document(), provider=provider)

    assert str(caught.value) == (
        "acme/provider.toml#/operations: names the document 'all.json', which is not "
        "there; vendor it beside provider.toml"
    )


def test_result_and_cancel_are_part_of_the_contract_when_they_are_named(
    load: Load, document: Make, facts: str
) -> None:
    both = document()
    both["paths"]["/results"] = both["paths"]["/jobs"]
    both["paths"]["/jobs"] = {**both["paths"]["/jobs"], "delete": {"responses": {}}}
    more = """
[operations.result]
method = "GET"
path = "/results"

[operations.cancel]
method = "DELETE"
path = "/jobs"

[job]"""

    (contract,) = load(both, provider=facts.replace("\n[job]", more)).contracts

    assert [it.role for it in contract.operations] == [
        "submit",
        "poll",
        "result",
        "cancel",
    ]
    assert contract.outcome is contract.result


def test_contract_is_found_by_its_id_and_by_its_model(
    load: Load, document: Make
) -> None:
    registry = load(document(models=("acme/one", "acme/two")))
    two = registry.contracts[1]

    assert registry.contract("acme:acme/two") is two
    assert registry.contract("acme/two") is two
    assert registry.contract("acme/two", provider="acme") is two
    assert registry.of("acme") == registry.contracts
    assert registry.of("other") == ()


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        pytest.param(
            "acme/tow",
            "'acme/tow': is not vendored; did you mean acme:acme/two, acme:acme/one?",
            id="near",
        ),
        pytest.param(
            "zzzzzzzz",
            "'zzzzzzzz': is not vendored; did you mean acme:acme/one, acme:acme/two?",
            id="far",
        ),
        pytest.param("\x1b[0m", "is not vendored; did you mean", id="escape"),
    ],
)
def test_unknown_model_is_refused_with_near_names(
    load: Load, document: Make, asked: str, message: str
) -> None:
    registry = load(document(models=("acme/one", "acme/two")))

    with pytest.raises(UnknownModelError) as caught:
        registry.contract(asked)

    assert message in str(caught.value)
    assert str(caught.value).isprintable()


def test_unknown_model_is_refused_when_the_provider_has_none(
    load: Load, document: Make
) -> None:
    with pytest.raises(
        UnknownModelError, match="'acme/one': is not vendored; vendor it"
    ):
        load(document()).contract("acme/one", provider="other")


def test_model_of_two_providers_is_refused_unless_one_is_named(
    vendor: Callable[..., Path], document: Make, facts: str
) -> None:
    folder = vendor(document())
    (folder / "other").mkdir()
    provider = facts.replace('name = "acme"', 'name = "other"')
    (folder / "other/provider.toml").write_text(provider, "utf-8")
    (folder / "other/one.json").write_bytes((folder / "acme/one.json").read_bytes())
    registry = Registry.load(folder)

    with pytest.raises(UnknownModelError) as caught:
        registry.contract("acme/one")

    assert "'acme/one': is the model of several providers; did you mean" in str(
        caught.value
    )
    assert "acme:acme/one" in str(caught.value)
    assert "other:acme/one" in str(caught.value)
    assert registry.contract("acme/one", provider="other").id == "other:acme/one"
    assert [it.id for it in registry.contracts] == ["acme:acme/one", "other:acme/one"]


def test_registry_cannot_be_changed_once_loaded(load: Load, document: Make) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        load(document()).contracts = ()  # type: ignore[misc]  # which is what is refused


def test_loading_the_vendored_documents_is_deterministic() -> None:
    first, second = (Registry.load(vendored_folder()) for _ in range(2))

    assert first.documents == second.documents
    assert repr(first) == repr(second)  # a contract equals itself alone


OTHER_PATHS = 'other_paths = ["/old/{vendor}/jobs"]\n'


def with_other_paths(facts: str, *, document: str = "") -> str:
    """Return *facts* whose submit and poll may stand on an old path."""
    shared = f'document = "{document}"\n' if document else ""
    facts = facts.replace('path = "/make"\n', f'path = "/make"\n{OTHER_PATHS}')
    return facts.replace('path = "/jobs"\n', f'path = "/jobs"\n{OTHER_PATHS}{shared}')


def test_document_submits_and_polls_on_a_path_of_its_vendor_when_it_has_one(
    load: Load, document: Make, facts: str
) -> None:
    old = document(models=("acme/old",))
    paths = old["paths"]
    old["paths"] = {
        "/old/other/jobs": {"get": paths["/jobs"]["get"]},
        "/old/acme/jobs": {**paths.pop("/make"), **paths.pop("/jobs")},
    }
    provider = with_other_paths(facts, document="two.json")

    registry = load(old, document(), provider=provider)

    (contract,) = registry.contracts
    assert contract.submit.wire_path == contract.poll.wire_path == "/old/acme/jobs"
    assert contract.poll.document is contract.submit.document


def test_document_polls_on_the_usual_path_when_it_has_no_other(
    load: Load, document: Make, facts: str
) -> None:
    old = document(models=("acme/old",))
    old["paths"]["/old/acme/jobs"] = old["paths"].pop("/make")

    (contract,) = load(
        old, document(), provider=with_other_paths(facts, document="two.json")
    ).contracts

    assert contract.submit.wire_path == "/old/acme/jobs"
    assert contract.poll.wire_path == "/jobs"
    assert contract.poll.document is contract.submit.document
