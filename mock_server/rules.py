"""The rules that say which scenario is met where a call does not."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mock_server.scenarios import DEFAULT, find_scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Which scenario is meant where the call does not say: the names of scenarios.

    *models* are by contract id or by model. *chaos* is the share of submits, and of
    later calls, that meet a scenario drawn from those that are mixed.
    """

    default: str = DEFAULT
    keys: Mapping[str, str] = field(default_factory=dict)
    models: Mapping[str, str] = field(default_factory=dict)
    chaos: float = 0.0

    def __post_init__(self) -> None:
        """Raise UnknownScenarioError for a name that is no scenario's."""
        for where, name in (
            ("default", self.default),
            *((f"keys {it[:4]}…", name) for it, name in self.keys.items()),
            *((f"models {it[:80]}", name) for it, name in self.models.items()),
        ):
            find_scenario(name, where=where)
