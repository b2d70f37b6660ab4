import pytest

from specs import ProviderError
from specs.changes.lifecycles import compare_facts

FACTS = """
base_url = "https://api.acme.test"

[auth]
header = "Authorization"
scheme = "Bearer"

[lifecycle]
initial = "new"

[lifecycle.transitions]
new = { start = "busy", fail = "failed" }
busy = { complete = "done", fail = "failed" }
done = {}
failed = {}

[lifecycle.terminal]
done = "success"
failed = "failure"
"""


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        ("api.acme", "new.acme", "server-changed"),
        ('"Bearer"', '"Key"', "security-scheme-changed"),
        ('initial = "new"', 'initial = "busy"', "lifecycle-initial-changed"),
        ('failed = "failure"', 'failed = "result"', "lifecycle-outcome-changed"),
        (', fail = "failed" }\nbusy', " }\nbusy", "lifecycle-transition-removed"),
        ("done = {}", 'done = { fail = "failed" }', "lifecycle-transition-added"),
        ("done = {}", "done = {}\nheld = {}", "lifecycle-state-added"),
    ],
)
def test_a_fact_that_changed_is_found_as_what_it_is(
    before: str, after: str, rule: str
) -> None:
    changed = FACTS.replace(before, after)
    assert changed != FACTS

    (found,) = compare_facts(FACTS.encode(), changed.encode())
    (back,) = compare_facts(changed.encode(), FACTS.encode())

    assert found.rule.id == rule
    assert back.rule.id == found.rule.mirror


def test_the_same_facts_change_nothing() -> None:
    assert compare_facts(FACTS.encode(), FACTS.encode()) == ()


def test_facts_without_a_lifecycle_are_compared_as_far_as_they_go() -> None:
    assert compare_facts(b'lifecycle = "none"', b"") == ()


def test_facts_that_are_no_toml_are_refused() -> None:
    with pytest.raises(ProviderError, match="cannot be read as TOML"):
        compare_facts(b"=", b"")
