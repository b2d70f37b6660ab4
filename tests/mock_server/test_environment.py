import subprocess
from pathlib import Path

from mock_server.interception.environment import (
    PRELOAD,
    export_lines,
    placeholder_keys,
    route_through,
)
from specs import Registry, vendored_folder

PROVIDERS = Registry.load(vendored_folder()).providers
PROXY = "http://127.0.0.1:9"


def routed(**present: str) -> dict[str, str]:
    return route_through(
        PROXY,
        certificate=Path("/private/mock.pem"),
        bundle=Path("/private/trusted.pem"),
        present=present,
    )


def test_every_spelling_of_the_proxy_leads_to_the_same() -> None:
    names = {"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"}
    variables = routed()

    assert {variables[it] for it in names | {it.lower() for it in names}} == {PROXY}


def test_only_this_machine_is_reached_without_the_proxy() -> None:
    variables = routed(NO_PROXY="api.aimlapi.com,*", no_proxy="*")

    assert variables["NO_PROXY"] == variables["no_proxy"] == "localhost,127.0.0.1,::1"


def test_options_of_node_are_kept_beside_the_preload() -> None:
    options = routed(NODE_OPTIONS="--no-warnings")["NODE_OPTIONS"]

    assert options == f'--require "{PRELOAD}" --no-warnings'


def test_the_preload_is_there() -> None:
    assert PRELOAD.is_file()


def test_a_provider_without_a_key_gets_a_placeholder() -> None:
    assert placeholder_keys(PROVIDERS, present={}, accepted={}) == {
        "AIMLAPI_API_KEY": "reelspec:placeholder",
        "AIML_API_KEY": "reelspec:placeholder",
        "FAL_KEY": "reelspec:placeholder",
    }


def test_a_key_that_is_set_is_left_alone() -> None:
    present = {"AIML_API_KEY": "mine", "FAL_KEY": ""}

    assert [*placeholder_keys(PROVIDERS, present=present, accepted={})] == ["FAL_KEY"]


def test_the_only_key_that_is_accepted_is_the_one_that_is_given() -> None:
    keys = placeholder_keys(PROVIDERS, present={}, accepted={"fal": "the:one"})

    assert keys["FAL_KEY"] == "the:one"


def test_a_shell_reads_the_variables_as_they_are() -> None:
    hostile = 'it\'s $(touch /tmp/x) "quoted"; `id`\nand more'
    script = export_lines({"VALUE": hostile}) + '\nprintf %s "$VALUE"'

    found = subprocess.run(["sh", "-c", script], capture_output=True, check=True)

    assert found.stdout.decode() == hostile
