import shutil
import stat
from pathlib import Path

import httpx
import pytest

from mock_server import ServedHostError, Server, build_app, intercept
from specs import Registry, vendored_folder

REGISTRY = Registry.load(vendored_folder())


def test_a_client_that_minds_the_environment_ends_at_the_mock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with (
        Server(build_app(REGISTRY)) as server,
        intercept(REGISTRY, server.base_url, present={}) as variables,
    ):
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        answer = httpx.post(
            "https://queue.fal.run/fal-ai/wan-22-vace-fun-a14b/inpainting",
            headers={"Authorization": f"Key {variables['FAL_KEY']}"},
            json={"prompt": "a cat", "video_url": "https://example.com/a.mp4"},
        )

    url = answer.json()["status_url"]
    assert url.startswith("https://queue.fal.run/fal-ai/wan-22-vace-fun-a14b/requests/")


def test_the_certificates_are_private_and_go_with_the_proxy() -> None:
    with intercept(REGISTRY, "http://127.0.0.1:9", present={}) as variables:
        folder = Path(variables["SSL_CERT_FILE"]).parent
        mode = stat.S_IMODE(folder.stat().st_mode)
        trusted = Path(variables["SSL_CERT_FILE"]).read_bytes()
        own = Path(variables["NODE_EXTRA_CA_CERTS"]).read_bytes()

    assert mode == 0o700
    assert trusted == own
    assert not folder.exists()


@pytest.mark.parametrize("is_there", [True, False], ids=["there", "missing"])
def test_what_was_trusted_is_trusted_still_when_a_host_is_let_through(
    tmp_path: Path, *, is_there: bool
) -> None:
    roots = tmp_path / "roots.pem"
    if is_there:
        roots.write_text("# the company's own\n")
    present = {"SSL_CERT_FILE": "", "REQUESTS_CA_BUNDLE": str(roots)}

    with intercept(
        REGISTRY, "http://127.0.0.1:9", allowed=["example.com"], present=present
    ) as variables:
        trusted = Path(variables["SSL_CERT_FILE"]).read_text("utf-8")

    if is_there:
        assert trusted.endswith("# the company's own\n")
    else:
        assert trusted.count("BEGIN CERTIFICATE") > 10


def test_a_host_that_the_mock_serves_cannot_be_let_through() -> None:
    with (
        pytest.raises(ServedHostError, match=r"^api\.aimlapi\.com: the mock"),
        intercept(REGISTRY, "http://127.0.0.1:9", allowed=["API.aimlapi.com"]),
    ):
        pass


def test_a_host_that_is_new_in_the_documents_is_led_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    specs = shutil.copytree(vendored_folder(), tmp_path / "specs")
    registry = Registry.load(specs)
    facts = specs / "fal" / "provider.toml"
    said: list[str] = []
    refused = httpx.ProxyError

    with (
        Server(build_app(registry)) as server,
        intercept(
            registry,
            server.base_url,
            present={},
            allowed=["b.fal.run"],
            on_refusal=said.append,
        ) as variables,
    ):
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(refused):
            httpx.get("https://a.fal.run/")
        text = facts.read_text("utf-8")
        new = text.replace(
            '"queue.fal.run",', '"queue.fal.run", "a.fal.run", "b.fal.run",', 1
        )
        facts.write_text("[", "utf-8")  # as an editor may leave it for a moment
        with pytest.raises(refused):
            httpx.get("https://a.fal.run/")
        facts.write_text(new, "utf-8")
        answers = [httpx.get(f"https://{it}.fal.run/none") for it in ("a", "queue")]

    assert [it.status_code for it in answers] == [404, 404]
    assert [it.partition(":")[0] for it in said] == ["a.fal.run"]
