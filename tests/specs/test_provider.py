from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from specs import LifecycleError, ProviderError, Registry

Load = Callable[..., Registry]
Make = Callable[..., dict[str, Any]]

PROVIDER_TOML = "acme/provider.toml"


@pytest.fixture
def load_edited(
    load: Load, document: Make, facts: str
) -> Callable[[str, str], Registry]:
    """Return what loads the provider with one place of its facts edited."""

    def load_edited(before: str, after: str) -> Registry:
        assert before in facts
        return load(document(), provider=facts.replace(before, after, 1))

    return load_edited


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        pytest.param(
            'title = "Acme"',
            "title =",
            "acme/provider.toml: cannot be read as TOML",
            id="toml",
        ),
        pytest.param(
            'title = "Acme"',
            "",
            "acme/provider.toml#/title: is missing",
            id="missing",
        ),
        pytest.param(
            'title = "Acme"',
            'title = "Acme"\ncolour = "red"',
            "#/colour: is not known here: 'red'",
            id="unknown",
        ),
        pytest.param(
            'title = "Acme"',
            "title = 5",
            "#/title: Expected `str`, got `int`: 5;",
            id="type",
        ),
        pytest.param(
            'scheme = "Bearer"',
            'scheme = "Bea rer"',
            "#/auth/scheme: Expected `str` matching regex",
            id="scheme",
        ),
        pytest.param(
            'environment = ["ACME_KEY"]',
            "environment = []",
            "#/auth/environment",
            id="empty",
        ),
        pytest.param(
            'environment = ["ACME_KEY"]',
            'environment = ["A=B"]',
            "#/auth/environment/0: Expected `str` matching regex",
            id="variable",
        ),
        pytest.param(
            'key_pattern = ".+"',
            'key_pattern = "["',
            "#/auth/key_pattern: is no regular expression: unterminated",
            id="regular-expression",
        ),
        pytest.param(
            'name = "acme"',
            'name = "other"',
            "#/name: says 'other', but stands in the folder 'acme'; make the two agree",
            id="folder",
        ),
        pytest.param(
            'name = "acme"',
            'name = "Ac me"',
            "#/name: Expected `str` matching",
            id="name",
        ),
        pytest.param(
            "https://api.acme.test",
            "http://api.acme.test/",
            "#/base_url: Expected `str` matching",
            id="base-url",
        ),
        pytest.param('id = "/id"', 'id = "id"', "(a JSON pointer): 'id'", id="pointer"),
        pytest.param(
            'method = "POST"',
            'method = "HEAD"',
            "#/operations/submit/method",
            id="method",
        ),
        pytest.param(
            'path = "/jobs"',
            'path = "/jo bs"',
            "#/operations/poll/path: Expected `str` matching",
            id="path",
        ),
        pytest.param(
            "refused = 400",
            "refused = 500",
            "#/errors/refused: Expected `int` <= 499: 500",
            id="code",
        ),
        pytest.param(
            'schema = { type = "object" }',
            'schema = { type = "video" }',
            '#/errors/schema: is no JSON Schema: "video" is not valid',
            id="schema",
        ),
        pytest.param(
            'schema = { type = "object" }',
            "schema = { const = 2026-01-02 }",
            "#/errors/schema: is not JSON: Unsupported type: 'date'",
            id="schema-date",
        ),
        pytest.param(
            'schema = { type = "object" }',
            'schema = { "$ref" = "https://example.com/schema" }',
            "Retrieval is disabled",
            id="schema-elsewhere",
        ),
        pytest.param(
            "[limits]",
            '[queue]\nrun_host = "run.test"\nrest_host = "api.acme.test"\n'
            'files_host = "files.test"\nlongest = "l"\nsource = "x"\n\n[limits]',
            "provider.toml#: hosts lacks ['files.test', 'run.test'], which [queue] names",
            id="hosts",
        ),
        pytest.param(
            'in = "body"',
            'in = "path"',
            "acme/provider.toml#: model.in is 'path', but operations.submit."
            "path is '/make'",
            id="model-in-no-path",
        ),
        pytest.param(
            'path = "/make"',
            'path = "/make/{model}"',
            "model.in is 'body', but operations.submit.path is '/make/{model}'",
            id="model-in-path-and-body",
        ),
        pytest.param(
            'path = "/jobs"',
            'path = "/jobs"\nwire_path = "/j"\nother_paths = ["/old"]',
            "other_paths are sent as documented, so wire_path is idle",
            id="other-paths",
        ),
        pytest.param(
            "[limits]",
            '[prices]\ncurrency = "USD"\nsource = "x"\n\n[limits]',
            "give values, or what is assumed where no price is published",
            id="no-price",
        ),
        pytest.param(
            "[limits]",
            '[prices]\ncurrency = "USD"\nassumed = 1.0\nvalues = { a = 2 }\n'
            'source = "x"\n\n[limits]',
            "give values, or what is assumed where no price is published",
            id="published-and-assumed",
        ),
        pytest.param(
            "[job]",
            '[job]\ncost = "/bill"',
            "job names where the bill stands, but there is no [prices]",
            id="bill-without-price",
        ),
    ],
)
def test_facts_are_refused_when_one_is_wrong(
    load_edited: Callable[[str, str], Registry], before: str, after: str, message: str
) -> None:
    with pytest.raises(ProviderError) as caught:
        load_edited(before, after)

    assert str(caught.value).startswith(PROVIDER_TOML)
    assert message in str(caught.value)
    assert not isinstance(caught.value, LifecycleError)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        pytest.param(
            'initial = "new"',
            'initial = "old"',
            "states ['old'] have no row in transitions",
            id="initial-stray",
        ),
        pytest.param(
            'complete = "done"',
            'complete = "over"',
            "states ['over'] have no row in transitions",
            id="target-stray",
        ),
        pytest.param(
            'failed = "failure"',
            'lost = "failure"',
            "states ['lost'] have no row in transitions",
            id="terminal-stray",
        ),
        pytest.param(
            "failed = {}",
            "failed = {}\nlost = {}",
            "no event leads to the states ['lost']",
            id="row-stray",
        ),
        pytest.param(
            "done = {}",
            'done = { fail = "failed" }',
            "terminal names ['done', 'failed'], but the states without a way out are "
            "['failed']",
            id="terminal-with-a-way-out",
        ),
        pytest.param(
            'failed = "failure"',
            "",
            "terminal names ['done'], but the states without a way out are ['done', "
            "'failed']",
            id="end-without-an-outcome",
        ),
        pytest.param(
            "busy = {",
            'busy = { start = "busy",',
            "state 'busy' leads back to itself",
            id="loop",
        ),
        pytest.param(
            "busy = {",
            'busy = { cancel = "new",',
            "state 'new' leads back to itself",
            id="circle",
        ),
        pytest.param(
            'start = "busy"',
            'begin = "busy"',
            "#/lifecycle/transitions/new/begin: Expected one of 'start',",
            id="event",
        ),
        pytest.param(
            'done = "success"',
            'done = "victory"',
            "#/lifecycle/terminal/done: Expected one of 'success',",
            id="outcome",
        ),
    ],
)
def test_lifecycle_is_refused_when_its_table_is_unsound(
    load_edited: Callable[[str, str], Registry], before: str, after: str, message: str
) -> None:
    with pytest.raises(LifecycleError) as caught:
        load_edited(before, after)

    assert str(caught.value).startswith(f"{PROVIDER_TOML}#/lifecycle")
    assert message in str(caught.value)


def test_facts_are_refused_when_they_are_not_text(
    vendor: Callable[..., Path], document: Make
) -> None:
    folder = vendor(document())
    (folder / PROVIDER_TOML).write_bytes(b'title = "\xff"')

    with pytest.raises(ProviderError, match="cannot be read as TOML: 'utf-8' codec"):
        Registry.load(folder)


def test_folder_is_refused_when_it_has_no_provider(tmp_path: Path) -> None:
    with pytest.raises(
        ProviderError, match=r"has no folder with a provider\.toml; name"
    ):
        Registry.load(tmp_path / "nowhere")


def test_facts_cannot_be_changed_once_read(load: Load, document: Make) -> None:
    provider = load(document()).providers[0]

    with pytest.raises(AttributeError, match="immutable"):
        provider.name = "other"  # type: ignore[misc]  # which is the claim
