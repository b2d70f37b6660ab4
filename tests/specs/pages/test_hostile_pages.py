"""Pages that were not written for people."""

import time
from pathlib import Path

import pytest

from specs import PAGE_OUTPUTS, PageError, Registry, check_pages
from specs.pages.blocks import LARGEST_PAGE
from tests.specs.pages.conftest import Check
from tests.specs.pages.pages import INPAINT, URL, fenced, python

MANY = 60_000
CALL = f'requests.post("{URL}", json={{"model": "{INPAINT}"}})'

PAGES = {
    "brackets": "[" * MANY,
    "json": fenced("json", '{"a":' * MANY),
    "json-lines": fenced("text", *['{"a"'] * 9_000),
    "json-deep-line": fenced("text", 'a {"a":' + "[" * 300 + "]" * 300 + "}"),
    "python-deep": python("x = " + "(" * 5_000 + ")" * 5_000),
    "python-sum": python("x = " + " + ".join(["'a'"] * 9_000), "requests.post(x)"),
    "python-doubling": python(
        *(f"x{it + 1} = x{it} + x{it}" for it in range(60)), "requests.post(x60)"
    ),
    "python-lists": python(
        "x0 = 'a'",
        *(f"x{it + 1} = [{', '.join([f'x{it}'] * 50)}]" for it in range(30)),
        "requests.post('/a', json={'model': x30})",
    ),
    "python-names": python(*(["x = 1", "x['a'] = 2", "requests.post(x)"] * 4_000)),
    "python-null": python("x = '\\0'"),
    "python-elif": python("if a == 'b': pass", *["elif a == 'b': pass"] * 2_000),
    "js-deep": fenced("js", "(" * MANY),
    "js-nested": fenced("js", "f(" * 2_000 + ")" * 2_000),
    "js-objects": fenced("js", "x = " + "{a:" * 2_000 + "1" + "}" * 2_000),
    "js-number": fenced(
        "js",
        f"axios.post('{URL}', {{ model: '{INPAINT}', shift: {'9' * 9_000}, n: 0b }})",
    ),
    "js-broken": fenced("js", "const = = ; } ) `${"),
    "fences": "```\n" * MANY,
    "stars": "*" * MANY + " `a` " + "_" * MANY,
    "open-tags": "<a " * MANY,
    "comments": "<!--" * MANY,
    "quotes": "<a b='" * MANY,
    "tables": "|" * MANY + "\n" + "| a " * 9_000,
    "html": "<html>" + "<div><pre>" * 9_000,
    "script": "<html><script>" + "<b>" * MANY,
    "curls": fenced("sh", *["curl 'x"] * 300),
    "curl-long": fenced("sh", "curl " + "a" * 200_000),
    "curl-and": fenced("sh", "curl a && " * 2_000),
    "defaults": f"`{INPAINT}`\n- `shift`: " + "default " * 9_000,
    "numbers": f"`{INPAINT}`\n- `shift`: range " + "1 to " * 9_000,
    "lists": f"`{INPAINT}`\n- `resolution`: options: " + "a, " * 9_000,
    "statuses": f"`{INPAINT}` status " + "is `a` or " * 9_000,
    "status-words": f"`{INPAINT}` " + "status " * 20_000,
    "urls": "https://" * 20_000,
    "calls": f"`{INPAINT}` " + "POST /a" * 20_000,
    "dots": fenced(
        "python", f"requests.post('{URL}', json={{'model': '{'.' * 9_000}'}})"
    ),
    "unfenced": b"x = 1 +\n\n" * 9_000,
    "unfenced-json": b"{\n" * 9_000,
    "paths": python(
        *[f'requests.post("https://api.aimlapi.com/{"v2/" * 300}", json={{}})'] * 40
    ),
    "prompts": python(">>> " * 9_000),
    "surrogates": b"`\\ud800` \\x1b[31m".decode("unicode_escape", "replace").encode(
        "utf-8", "surrogatepass"
    ),
    "entities": "<p>&#x110000; &#0; &unknown; &" + "amp" * 9_000,
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_a_hostile_page_is_read_in_short_time(check: Check, page: str | bytes) -> None:
    content = page if isinstance(page, bytes) else f"{page}\n\n{python(CALL)}"

    start = time.process_time()
    check(content)

    assert time.process_time() - start < 10


def test_what_is_no_text_is_refused(check: Check) -> None:
    with pytest.raises(PageError, match="is no text"):
        check(b"\x89PNG\r\n\x1a\n\0\0")


def test_a_page_of_another_encoding_is_read_as_far_as_it_goes(check: Check) -> None:
    page = f"caf\xe9 `{INPAINT}`: the status is `done`.".encode("latin-1")

    assert [it.says for it in check(page)] == ["the status 'done'"]


def test_a_page_that_is_too_large_is_refused(check: Check) -> None:
    with pytest.raises(PageError, match="is larger than 4,194,304 bytes"):
        check("a" * (LARGEST_PAGE + 1))


def test_a_page_that_is_not_there_is_refused(
    tmp_path: Path, registry: Registry
) -> None:
    with pytest.raises(PageError, match=r"gone\.md: cannot be read"):
        check_pages([tmp_path / "gone.md"], registry)


@pytest.mark.parametrize("form", PAGE_OUTPUTS)
def test_text_of_a_page_never_reaches_a_terminal_or_a_command(
    form: str, tmp_path: Path, registry: Registry
) -> None:
    name = "a\x1b[31m,b:\u202e.md"
    page = tmp_path / name
    page.write_text(
        python(
            f'requests.post("{URL}", json={{"model": "x\\x1b[31m\\n::error::\\u202e{{0}}"}})'
        )
        + f"\n`{INPAINT}`: status is `done`\n"
    )

    printed = PAGE_OUTPUTS[form](check_pages([page], registry))

    assert "\x1b" not in printed
    assert "\u202e" not in printed
    assert "\n::error::" not in printed.replace("\n::error file", "")
