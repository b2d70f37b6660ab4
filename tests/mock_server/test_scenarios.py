import pytest

from mock_server import SCENARIOS, UnknownScenarioError
from mock_server.scenarios import DEFAULT, find_scenario


def test_the_default_scenario_is_one_of_them() -> None:
    assert find_scenario(DEFAULT).name == "success"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        pytest.param("sucess", "did you mean 'success'?", id="near"),
        pytest.param("quite else", "known are success, error, slow, stuck", id="far"),
    ],
)
def test_an_unknown_scenario_is_refused_with_the_known_ones(
    name: str, hint: str
) -> None:
    with pytest.raises(UnknownScenarioError, match="no scenario is named") as caught:
        find_scenario(name)

    assert hint in str(caught.value)


def test_every_scenario_says_what_it_does() -> None:
    assert all(it.summary for it in SCENARIOS.values())
