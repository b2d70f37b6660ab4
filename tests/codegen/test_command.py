"""`reel`, run on the committed clients against the mock over real sockets.

The clients are those of generated/, but on the runtime of codegen/, whose coverage
counts: the two differ in the name of a package only.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import click
import httpx
import pytest
from annotated_types import Interval
from click.testing import CliRunner, Result

from codegen.runtime.command import main
from codegen.runtime.command.catalog import Catalog, _shortened
from codegen.runtime.command.options import given, options_of
from codegen.runtime.command.program import program
from codegen.runtime.command.showing import Display
from codegen.runtime.dialogue import Progress
from codegen.runtime.exchange import Response
from codegen.runtime.inputs import UNSET, Media
from mock_server import Server, Timing, build_app
from specs import Registry, vendored_folder

GENERATED = Path(__file__).resolve().parents[2] / "generated" / "reel_clients"
PACKAGE = "measured_clients"
SOURCE = "https://example.com/in.mp4"
FAL = ("fal", "inpainting", "--prompt", "a cat", "--video-url", SOURCE)
REFRAME = ("aimlapi", "reframe", "--video-url", SOURCE)
FAST = ("--interval", "0.02")

Reel = Callable[..., Result]


@pytest.fixture(scope="session")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the name of a package: the committed clients on the runtime of codegen."""
    root = tmp_path_factory.mktemp("clients")
    for path in GENERATED.rglob("*.py"):
        name = path.relative_to(GENERATED)
        if name.parts[0] == "_runtime":
            continue
        text = path.read_text("utf-8").replace(
            "reel_clients._runtime", "codegen.runtime"
        )
        target = root / PACKAGE / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text.replace("reel_clients", PACKAGE), "utf-8")
    sys.path.insert(0, str(root))
    yield PACKAGE
    sys.path.remove(str(root))


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    """Yield the address of a mock whose jobs take no time to speak of."""
    timing = Timing(queued=0.05, generating=0.05)
    with Server(build_app(Registry.load(vendored_folder()), timing=timing)) as server:
        yield server.base_url


@pytest.fixture
def reel(clients: str, base_url: str) -> Reel:
    """Return what runs the command line against the mock."""
    environment = {
        "REEL_BASE_URL": base_url,
        "AIMLAPI_API_KEY": "any",
        "FAL_KEY": "id:secret",
    }

    def run(*words: str, text: str | None = None, **variables: str | None) -> Result:
        return CliRunner().invoke(
            program(clients), words, input=text, env={**environment, **variables}
        )

    return run


def words(result: Result) -> list[str]:
    assert result.exit_code == 0, result.output
    return result.stdout.split()


def test_submit_prints_the_words_that_every_other_command_takes(
    reel: Reel, tmp_path: Path
) -> None:
    job = words(reel("submit", *REFRAME))

    waited = reel("wait", *job, *FAST)
    out = tmp_path / "out.mp4"
    fetched = reel("download", *job, "-o", str(out), *FAST)
    stands = reel("get", *job)

    assert job[:2] == ["aimlapi", "alibaba/wan2.2-vace-fun-a14b-reframe"]
    assert waited.stdout.startswith("http")
    assert fetched.stdout.strip() == str(out)
    assert out.read_bytes()[4:8] == b"ftyp"
    assert stands.stdout == "completed\n"


def test_submit_fetches_the_video_and_says_how_it_goes_when_given_a_file(
    reel: Reel, tmp_path: Path
) -> None:
    out = tmp_path / "out.mp4"

    result = reel("submit", *FAL, "--num-frames", "17", "-o", str(out), *FAST)

    assert result.stdout.strip() == str(out)
    assert out.read_bytes()[4:8] == b"ftyp"
    first, *looks = result.stderr.splitlines()
    assert first.startswith("submitted fal fal-ai/wan-22-vace-fun-a14b/inpainting ")
    assert looks[-1].startswith("COMPLETED after ")


def test_a_file_that_save_wrote_takes_the_job_up_again(
    reel: Reel, tmp_path: Path
) -> None:
    kept = tmp_path / "job.json"

    started = json.loads(reel("submit", *FAL, "--save", str(kept), "--json").stdout)
    from_file = json.loads(reel("wait", str(kept), *FAST, "--json").stdout)
    from_stdin = reel("get", "-", text=kept.read_text())

    assert started["id"] == from_file["id"]
    assert from_file["answer"]["video"]["url"] == from_file["video_url"]
    assert from_file["violations"] == []
    assert words(from_stdin) == ["COMPLETED"]


def test_wait_on_submit_prints_everything_as_json_when_asked(reel: Reel) -> None:
    result = reel("submit", *REFRAME, "--wait", *FAST, "--json")

    told = json.loads(result.stdout)
    assert told["status"] == "completed"
    assert told["file"] is None
    assert told["video_url"].startswith("http")


def test_the_values_reach_the_service_as_they_were_typed(
    reel: Reel, base_url: str, tmp_path: Path
) -> None:
    picture = tmp_path / "door.png"
    picture.write_bytes(b"\x89PNG\r\n")

    result = reel(
        *("submit", *FAL, "--seed", "7", "--guidance-scale", "2.5"),
        *("--resolution", "auto", "--no-sync-mode", "--json"),
        *("--ref-image-urls", SOURCE, "--ref-image-urls", str(picture)),
        *("--extra-body", '{"seed": 8}', "--validate", "off"),
    )

    assert result.exit_code == 0, result.output
    last, *_ = httpx.get(f"{base_url}/__mock__/journal").json()["entries"]
    body = json.loads(last["request"]["body"])
    assert body["seed"] == 8
    assert body["guidance_scale"] == 2.5
    assert body["resolution"] == "auto"
    assert body["sync_mode"] is False
    first, second = body["ref_image_urls"]
    assert first == SOURCE
    assert second != str(picture)


def test_estimate_says_the_price_and_who_says_so_and_needs_no_key(reel: Reel) -> None:
    small = reel("estimate", *FAL, "--num-frames", "17", FAL_KEY=None)
    told = json.loads(reel("estimate", *FAL, "--json", FAL_KEY=None).stdout)
    unknown = reel("estimate", *REFRAME)

    assert small.stdout.startswith("at most 0.1062 USD, by https://fal.ai/")
    assert told["estimate"]["currency"] == "USD"
    assert unknown.stdout == "aimlapi publishes no price of reframe\n"
    assert json.loads(reel("estimate", *REFRAME, "--json").stdout) == {"estimate": None}


def test_models_lists_every_model_of_the_distribution(reel: Reel) -> None:
    lines = reel("models").stdout.splitlines()
    described = json.loads(reel("models", "fal", "--json").stdout)

    assert [it.split()[:2] for it in lines] == [
        *(["aimlapi", it] for it in ("depth", "inpainting", "outpainting")),
        *(["aimlapi", it] for it in ("pose", "reframe")),
        ["fal", "inpainting"],
    ]
    (model,) = described
    assert model["command"] == "reel submit fal inpainting"
    assert model["options"][0]["flag"] == "--prompt"
    assert model["options"][0]["required"]


def test_cancel_asks_where_the_service_can_and_refuses_where_it_cannot(
    reel: Reel,
) -> None:
    cancelled = reel("cancel", *words(reel("submit", *FAL)))
    refused = reel("cancel", *words(reel("submit", *REFRAME)))

    # The mock's job may be over before it is asked to stop; then the service says so.
    assert cancelled.exit_code in {0, 3}
    assert refused.exit_code == 2
    assert "aimlapi has no way to cancel a job" in refused.stderr


def test_the_help_of_a_model_has_every_parameter_with_its_range(reel: Reel) -> None:
    text = " ".join(reel("submit", "aimlapi", "reframe", "--help").stdout.split())

    names = [
        it["flag"]
        for model in json.loads(reel("models", "aimlapi", "--json").stdout)
        if model["name"] == "reframe"
        for it in model["options"]
    ]
    assert len(names) > 25
    assert all(it in text for it in names)
    assert "--num-frames 17..241 Number of frames to generate. From 17 to 241." in text
    assert "Default: 81." in text
    assert "[480p|580p|720p]" in text


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        pytest.param(("submit", "fall"), "did you mean fal?", id="provider"),
        pytest.param(("wait", "fall", "x", "y"), "did you mean fal?", id="of-a-job"),
        pytest.param(("models", "aimlapi2"), "did you mean aimlapi?", id="of-models"),
        pytest.param(
            ("submit", "aimlapi", "refame"), "did you mean reframe", id="model"
        ),
        pytest.param(("submit", "fal", "zzz"), "know inpainting", id="nothing-near"),
        pytest.param(
            (*("submit", *REFRAME), "--num-frame", "3"), "--num-frames", id="option"
        ),
        pytest.param(
            ("submit", *REFRAME, "--resolution", "720"),
            "no value of --resolution is called '720'; did you mean 720p",
            id="value",
        ),
        pytest.param(
            ("submit", *REFRAME, "--num-frames", "9999"),
            "num_frames: 9999 is refused",
            id="out-of-range",
        ),
        pytest.param(
            ("submit", *REFRAME, "--num-frames", "many"),
            "is not a valid integer",
            id="no-number",
        ),
        pytest.param(
            ("submit", "aimlapi", "reframe", "--video-url", "gone.mp4"),
            "neither an address nor a file",
            id="no-file",
        ),
        pytest.param(
            ("submit", *REFRAME, "--extra-body", "{"), "is no JSON", id="no-json"
        ),
        pytest.param(
            ("submit", *REFRAME, "--extra-body", "[1]"),
            "no JSON object",
            id="no-object",
        ),
        pytest.param(
            ("submit", *FAL, "--max-spend", "0.01"), "max_spend", id="too-dear"
        ),
        pytest.param(
            ("submit", *REFRAME, "--max-spend", "0.01"), "as price=…", id="no-price"
        ),
        pytest.param(
            ("submit", *REFRAME, "--max-spend", "0.01", "--price", "0.02"),
            "costs at most 0.02 USD",
            id="own-price",
        ),
        pytest.param(("wait", "fal", "inpainting"), "PROVIDER MODEL ID", id="no-id"),
        pytest.param(("wait", "fal"), "PROVIDER MODEL ID", id="no-model"),
        pytest.param(("wait", "gone.json"), "nor a file to read", id="no-job-file"),
    ],
)
def test_what_was_not_meant_is_refused_with_what_may_have_been(
    reel: Reel, typed: tuple[str, ...], meant: str
) -> None:
    result = reel(*typed)

    assert result.exit_code == 2
    assert meant in " ".join(result.stderr.split())


def test_a_file_that_holds_no_job_is_refused(reel: Reel) -> None:
    no_job = reel("wait", "-", text="[]")
    other = reel("wait", "-", text='{"provider": "fal", "model": "m", "id": "i"}')

    assert no_job.exit_code == other.exit_code == 2
    assert "holds no job" in no_job.stderr


def test_a_missing_key_is_told_by_the_names_of_its_variables(reel: Reel) -> None:
    result = reel("submit", *REFRAME, AIMLAPI_API_KEY=None)

    assert result.exit_code == 4
    assert "set AIMLAPI_API_KEY or AIML_API_KEY" in result.stderr


def test_a_service_that_is_not_there_ends_with_four(reel: Reel) -> None:
    result = reel("submit", *REFRAME, REEL_BASE_URL="http://127.0.0.1:1")

    assert result.exit_code == 4
    assert "nothing was sent" in result.stderr


def test_a_refusal_of_the_service_ends_with_three_and_is_json_when_asked(
    reel: Reel,
) -> None:
    result = reel("get", "aimlapi", "reframe", "nobody-knows-it", "--json")

    told = json.loads(result.stdout)
    assert result.exit_code == 3
    assert told["error"]["type"] == "NotFound"
    assert told["job"]["id"] == "nobody-knows-it"


def test_a_place_that_cannot_be_written_loses_no_job(
    reel: Reel, tmp_path: Path
) -> None:
    result = reel("submit", *FAL, "--save", str(tmp_path / "gone" / "job.json"))

    assert result.exit_code == 4
    assert result.stdout.startswith("fal fal-ai/")


def test_a_wait_that_runs_out_of_time_says_how_to_go_on(reel: Reel) -> None:
    header = json.dumps({"X-Mock-Scenario": "stuck"})

    result = reel(
        "submit",
        *REFRAME,
        "--wait",
        "--timeout",
        "0.3",
        *FAST,
        "--extra-headers",
        header,
    )

    assert result.exit_code == 5
    assert "take it up by: reel wait aimlapi alibaba/wan2.2-vace" in result.stderr


def test_a_job_that_fails_ends_with_one(reel: Reel) -> None:
    header = ("--extra-headers", json.dumps({"X-Mock-Scenario": "error"}))

    job = words(reel("submit", *REFRAME, *header))
    waited = reel("wait", *job, *FAST)
    asked = reel("get", *job)

    assert waited.exit_code == asked.exit_code == 1
    assert "failed" in waited.stderr
    assert asked.stdout == "error\n"


def test_an_interrupted_wait_says_how_to_go_on(
    reel: Reel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(display: Display, progress: Progress) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Display, "looked", interrupt)

    result = reel("submit", *REFRAME, "--wait")

    assert result.exit_code == 130
    assert "take it up by: reel wait aimlapi" in result.stderr


def test_an_error_that_is_nobodys_job_is_raised_as_it_is(
    reel: Reel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_(display: Display, progress: Progress) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Display, "looked", break_)

    assert isinstance(reel("submit", *REFRAME, "--wait").exception, ZeroDivisionError)


def test_a_bar_is_drawn_on_a_terminal_only(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    response = Response(status=200, headers={}, content=b"")
    look = Progress(
        status="[red]queued", outcome=None, elapsed=0.0, answer={}, response=response
    )

    with Display() as display:
        display.looked(look)
        display.arrived(500_000, None)
        display.arrived(1_000_000, 2_000_000)

    shown = capsys.readouterr().err
    assert "video, 1.0 MB" in shown
    assert "after 0.0 s" not in shown


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        pytest.param("reel sub", "submit", id="command"),
        pytest.param("reel submit f", "fal", id="provider"),
        pytest.param("reel submit aimlapi re", "reframe", id="model"),
        pytest.param("reel submit fal inpainting --num-f", "--num-frames", id="option"),
        pytest.param("reel submit fal inpainting --resolution 7", "720p", id="value"),
        pytest.param("reel submit nobody x", "", id="no-provider"),
        pytest.param("reel submit fal nothing --x", "", id="no-model"),
    ],
)
def test_a_shell_completes_commands_models_options_and_values(
    clients: str, typed: str, completed: str
) -> None:
    before, last = typed.rsplit(" ", 1)
    result = CliRunner().invoke(
        program(clients),
        [],
        prog_name="reel",
        env={
            "_REEL_COMPLETE": "bash_complete",
            "COMP_WORDS": typed,
            "COMP_CWORD": str(len(before.split())),
        },
    )

    found = [it.partition(",")[2] for it in result.stdout.splitlines()]
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert completed in found or (not completed and last not in found)


def test_the_script_that_makes_a_shell_complete_is_printed(reel: Reel) -> None:
    result = reel("completion", "zsh")

    assert "_REEL_COMPLETE=zsh_complete" in result.stdout


def test_a_missing_extra_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "codegen.runtime.command.program", None)
    with pytest.raises(ImportError):
        main()  # not click but a module of our own is missing: that is a bug, shown as one

    monkeypatch.undo()
    monkeypatch.setattr(sys, "argv", ["reel", "--help"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0

    for name in [it for it in sys.modules if it.startswith("codegen.runtime.command.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "click", None)
    with pytest.raises(SystemExit) as ended:
        main()

    assert ended.value.code == 4
    assert "needs reel-clients[cli]" in capsys.readouterr().err


def test_the_installed_command_runs() -> None:
    code = "from reel_clients._runtime.command import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "models"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert "aimlapi" in done.stdout


def submit(
    self: Any,
    *,
    count: Annotated[int, Interval(gt=0, lt=5)],
    low: Annotated[float, Interval(ge=1)] | UNSET | None = UNSET,
    sizes: list[Annotated[int, Interval(ge=1)]] | UNSET = UNSET,
    either: str | int | UNSET = UNSET,
    anything: Any | UNSET = UNSET,
    level: Literal[1, 2, True] | UNSET = UNSET,
    picture: Media | UNSET | None = UNSET,
    out: str | UNSET = UNSET,
    from_: str | UNSET = UNSET,
) -> None:
    """Submit a job and return it.

    Args:
        count: How many.
    """


def parsed(*words: str) -> dict[str, Any]:
    """Return the arguments of `submit` that *words* amount to."""
    found: dict[str, Any] = {}
    options = options_of(submit, taken={"--out"})
    command = click.Command("x", params=[*options], callback=found.update)
    command.main(words, standalone_mode=False)
    return given(found)


def test_every_kind_of_type_becomes_an_option_that_parses_it() -> None:
    assert parsed(
        *("--count", "3", "--low", "1.5", "--sizes", "1", "--sizes", "2"),
        *("--either", "4", "--anything", "[1]", "--level", "true"),
        *("--picture", "data:,x", "--input-out", "o", "--from", "f"),
    ) == {
        "count": 3,
        "low": 1.5,
        "sizes": [1, 2],
        "either": 4,
        "anything": [1],
        "level": True,
        "picture": "data:,x",
        "out": "o",
        "from_": "f",
    }
    assert parsed("--count", "3", "--either", "plain") == {
        "count": 3,
        "either": "plain",
    }


def test_a_range_is_shown_with_its_open_ends() -> None:
    metavars = {it.name: it.metavar for it in options_of(submit, taken=())}

    assert metavars["count"] == "(0)..(5)"
    assert metavars["low"] == "1.."
    assert metavars["sizes"] is None


def test_short_names_grow_until_they_tell_models_apart() -> None:
    assert _shortened(["wan_fast_pose", "wan_slow_pose", "pose", "wan_depth"]) == [
        "fast-pose",
        "slow-pose",
        "pose",
        "depth",
    ]


def test_a_model_is_found_by_any_of_its_names(clients: str) -> None:
    catalog = Catalog(clients)
    (entry,) = catalog.entries("fal")

    assert {catalog.find("fal", it) for it in entry.names} == {entry}
    assert len(set(entry.names)) == 4
