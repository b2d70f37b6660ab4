"""The rule table as Markdown, for the documentation."""

from specs.changes.rules import RULES


def list_rules() -> str:
    """Return every rule with its severity, its direction and what it means."""
    rows = [
        f"| `{it.id}` | {it.severity.value} | {it.direction} | {it.meaning} |"
        for it in sorted(RULES.values(), key=lambda it: it.id)
    ]
    heading = ["| rule | severity | direction | meaning |", "|---|---|---|---|"]
    return "\n".join([*heading, *rows])
