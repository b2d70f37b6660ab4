"""How long jobs take, by the file that says so."""

import re
from pathlib import Path
from random import Random
from statistics import mean, median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server import SCENARIOS, Timing, TimingError, UnknownScenarioError
from mock_server.timing import Kind, Wait, read_timings

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "mock.md").read_text("utf-8")
EXAMPLES = re.findall(r"^```toml\n(.*?)^```", PAGE, re.M | re.S)


def read(folder: Path, text: str) -> dict[str, object]:
    path = folder / "waits.toml"
    path.write_text(text, "utf-8")
    return dict(read_timings(path))


def draw(kind: Kind, *values: float) -> list[float]:
    random = Random(7)
    wait = Wait(kind, values)
    return [wait.draw(random) for _ in range(4_000)]


def test_each_distribution_is_what_it_is_called() -> None:
    assert set(draw("fixed", 2.5)) == {2.5}
    assert 60 <= min(draw("uniform", 60, 120)) <= max(draw("uniform", 60, 120)) <= 120
    assert mean(draw("normal", 100, 10)) == pytest.approx(100, rel=0.02)
    assert median(draw("lognormal", 300, 0.5)) == pytest.approx(300, rel=0.05)
    assert mean(draw("exponential", 40)) == pytest.approx(40, rel=0.05)


@given(
    kind=st.sampled_from(["uniform", "normal", "lognormal"]),
    values=st.tuples(st.floats(0, 1e6), st.floats(0, 1e6)),
    seed=st.integers(),
)
def test_no_wait_is_negative_or_endless(
    kind: Kind, values: tuple[float, float], seed: int
) -> None:
    wait = Wait(kind, values)

    assert 0 <= wait.draw(Random(seed)) <= 1e6


def test_a_scenario_goes_by_its_own_waits_and_the_rest_by_the_mean(
    tmp_path: Path,
) -> None:
    text = "[slow]\ngenerating = 600\n[stuck]\nqueued = { uniform = [5, 5] }\n"
    path = tmp_path / "waits.toml"
    path.write_text(text, "utf-8")
    timing = Timing(queued=2, generating=4, spread=0, scenarios=read_timings(path))
    random = Random(1)

    found = {
        name: [
            timing.draw("queued", SCENARIOS[name], random),
            timing.draw("generating", SCENARIOS[name], random),
        ]
        for name in ("success", "slow", "stuck")
    }

    assert found == {"success": [2, 4], "slow": [30, 600], "stuck": [5, 4]}


@pytest.mark.parametrize("text", EXAMPLES)
def test_the_page_shows_files_that_can_be_read(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("queued = [", "is no TOML"),
        ("success = 1", "write a table [success]"),
        ("[success]\nwaiting = 1", "write a table [success]"),
        ("[success]\nqueued = -1", "success.queued: is -1; give seconds"),
        ("[success]\nqueued = true", "is True; give seconds"),
        ("[success]\nqueued = nan", "is nan; give seconds"),
        ("[success]\nqueued = 1e7", "give seconds from 0 to 1000000"),
        ("[success]\nqueued = { uniform = [1] }", "{ uniform = [LOW, HIGH] }"),
        ("[success]\nqueued = { uniform = [1, -2] }", "{ uniform = [LOW, HIGH] }"),
        ("[success]\nqueued = { uniform = [1, 2], normal = [1, 2] }", "or one of"),
        ("[success]\nqueued = { pareto = [1, 2] }", "or one of"),
        ("[success]\nqueued = 'long'", "is 'long'; give seconds"),
    ],
)
def test_a_file_that_cannot_be_read_says_where_and_what_to_write(
    tmp_path: Path, text: str, complaint: str
) -> None:
    with pytest.raises(TimingError, match=re.escape(complaint)) as caught:
        read(tmp_path, text)

    assert str(caught.value).startswith(str(tmp_path / "waits.toml"))


def test_a_table_of_no_scenario_is_told_the_near_one(tmp_path: Path) -> None:
    with pytest.raises(UnknownScenarioError, match="did you mean 'slow'"):
        read(tmp_path, "[slwo]\nqueued = 1")
