"""What a page waits for, held to the life of a job."""

import pytest

from tests.specs.pages.conftest import Check
from tests.specs.pages.pages import (
    FAL,
    INPAINT,
    URL,
    fenced,
    javascript,
    python,
    rules,
    told,
)

POLL = f'job = requests.get("{URL}", params={{"generation_id": it}}).json()'
JS_POLL = f"const job = await (await fetch(`{URL}?generation_id=${{id}}`)).json();"

WAITS = {
    "equality": python(
        "while True:",
        f"    {POLL}",
        '    if job["status"] == "running": pass',
        '    elif job["status"] in ("completed", "error"): break',
    ),
    "list": python(
        POLL, 'status = job.get("status")', 'if status in ["queued", "running"]: wait()'
    ),
    "constant": python(
        'PENDING = ("queued", "running")',
        POLL,
        "status = job['status']",
        "while status in PENDING: sleep(1)",
    ),
    "reversed": python(POLL, 'if "running" == job["status"]: pass'),
    "any-case": python(
        POLL,
        "status = job['status'].lower()",
        'if status in {"QUEUED".lower(), "running"}: pass',
    ),
    "upper": python(
        POLL,
        'if job["status"].upper() == "GENERATING" or job["status"] == "running": pass',
    ),
    "match": python(
        POLL,
        'match job["status"]:',
        '    case "completed" | "error": pass',
        '    case "running": pass',
        "    case _: raise",
    ),
    "js": javascript(JS_POLL, 'if (job.status === "running") { wait(); }'),
    "js-index": javascript(JS_POLL, 'if (job["status"] === "running") { wait(); }'),
    "js-includes": javascript(
        JS_POLL,
        "const { status } = job;",
        'if (["queued", "running"].includes(status)) { wait(); }',
    ),
    "js-switch": javascript(
        JS_POLL,
        'switch (job.status) { case "completed": case "error": break; case "running": wait(); }',
    ),
    "js-not": javascript(
        JS_POLL,
        "let state = job.status;",
        'while (state !== "completed" && state != "error" && "running" !== state) { }',
    ),
    "sdk-status": python(
        f'now = fal_client.status("{FAL}", id)', 'if now["status"] == "running": pass'
    ),
    "sdk": javascript(
        f'fal.subscribe("{FAL}", {{ input: {{}}, onQueueUpdate(u) {{',
        '  if (u.status === "IN_PROGRESS") { log(u); } else if (u.status === "running") { } } });',
    ),
}


@pytest.mark.parametrize("page", WAITS.values(), ids=WAITS)
def test_a_status_that_no_job_has_is_told(check: Check, page: str) -> None:
    found = [it.says for it in check(page) if it.rule.id == "impossible-status"]

    assert found == ["the status 'running'"]


def test_an_impossible_status_is_told_with_those_there_are(check: Check) -> None:
    page = python(
        POLL,
        'if job["status"] == "complete": pass',
        'elif job["status"] == "error": pass',
    )

    (found,) = check(page)

    assert found.line == 3
    assert found.contract.startswith("aimlapi has 'queued', 'generating',")
    assert found.contract.endswith("did you mean 'completed'?")


ENDS = {
    "never": (
        [
            "while True:",
            f"    {POLL}",
            '    if job["status"] == "completed": break',
            "    time.sleep(1)",
        ],
        ["unhandled-status"],
    ),
    "while-not": (
        [POLL, 'while job["status"] != "completed":', f"    {POLL}"],
        ["unhandled-status"],
    ),
    "else-waits": (
        [
            "while True:",
            f"    {POLL}",
            '    if job["status"] == "completed": break',
            "    else: time.sleep(1)",
        ],
        ["unhandled-status"],
    ),
    "else-continues": (
        [
            "while True:",
            f"    {POLL}",
            '    if job["status"] == "completed": break',
            "    else: continue",
        ],
        ["unhandled-status"],
    ),
    "both": (
        [
            "while True:",
            f"    {POLL}",
            '    if job["status"] == "completed": break',
            '    if job["status"] == "error": raise',
        ],
        [],
    ),
    "error-member": (
        [
            "while True:",
            f"    {POLL}",
            '    if job["status"] == "completed": break',
            '    if job["error"]: raise',
        ],
        [],
    ),
    "else-raises": (
        [
            "while True:",
            f"    {POLL}",
            '    if job["status"] == "completed": break',
            '    elif job["status"] == "queued": wait()',
            "    else: raise Failed(job)",
        ],
        ["failure-as-success"],
    ),
    "all-pending": (
        [
            "while True:",
            f"    {POLL}",
            '    if job["status"] not in ("queued", "generating"): break',
        ],
        ["failure-as-success"],
    ),
    "other-else": (
        [
            "while True:",
            f"    r = requests.get('{URL}', params=q)",
            "    if r.status_code != 200: raise",
            "    else: pass",
            '    if r.json()["status"] == "completed": break',
        ],
        ["unhandled-status"],
    ),
    "once": ([POLL, 'if job["status"] == "completed": save(job)'], []),
    "no-status": (["while True:", f"    {POLL}"], []),
    "match": (
        [
            "while True:",
            f"    {POLL}",
            '    match job["status"]:',
            '        case "completed": break',
            "        case other: raise",
        ],
        ["failure-as-success"],
    ),
    "match-waits": (
        [
            "while True:",
            f"    {POLL}",
            '    match job["status"]:',
            '        case "completed": break',
            "        case _: time.sleep(1)",
        ],
        ["unhandled-status"],
    ),
}


@pytest.mark.parametrize(("lines", "expected"), ENDS.values(), ids=ENDS)
def test_a_final_status_must_end_the_wait(
    check: Check, lines: list[str], expected: list[str]
) -> None:
    assert rules(check(python(*lines))) == expected


JS_ENDS = {
    "timer": [
        "setTimeout(again, 1000);",
        'if (job.status === "completed") { done(); }',
    ],
    "else-waits": [
        'for (;;) { if (job.status === "completed") { done(); } else { await sleep(5); } }'
    ],
    "else-if": [
        'while (true) { if (job.status === "completed") { done(); } else if (x) { go(); } }'
    ],
    "default-waits": [
        'while (true) { switch (job.status) { case "completed": return; default: await delay(5); } }'
    ],
    "other-else": [
        'while (true) { if (ok) { a(); } else { b(); } if (job.status === "completed") return; }'
    ],
}


@pytest.mark.parametrize("lines", JS_ENDS.values(), ids=JS_ENDS)
def test_a_final_status_must_end_the_wait_in_javascript(
    check: Check, lines: list[str]
) -> None:
    assert rules(check(javascript(JS_POLL, *lines))) == ["unhandled-status"]


@pytest.mark.parametrize(
    "line",
    [
        'while (true) { if (job.status === "completed") { done(); } else { throw job; } }',
        'while (true) { switch (job.status) { case "completed": return; default: throw job; } }',
    ],
)
def test_a_branch_for_all_else_ends_the_wait(check: Check, line: str) -> None:
    assert rules(check(javascript(JS_POLL, line))) == ["failure-as-success"]


def test_a_state_that_tells_no_outcome_is_enough(check: Check) -> None:
    page = python(
        "while True:",
        f'    job = requests.get("https://queue.fal.run/{FAL}/requests/1/status").json()',
        '    if job["status"] == "COMPLETED": break',
    )

    assert check(page) == []


OTHERS = [
    python('if order["status"] == "paid": ship(order)'),
    python(
        POLL,
        'if job["kind"] == "running": pass',
        "if x == y: pass",
        'if f() == "running": pass',
    ),
    python(POLL, 'if job["status"] == "": pass', 'if job["status"] == wanted: pass'),
    javascript(
        JS_POLL,
        "if (response.status === 404) { }",
        'if (a[0] === "b") { }',
        "if (a + b === c) { }",
    ),
    python(f"# {INPAINT}", 'if order["status"] == "paid": ship(order)'),
]


@pytest.mark.parametrize("page", OTHERS)
def test_the_status_of_something_else_is_left_alone(check: Check, page: str) -> None:
    assert check(page) == []


SPOKEN = {
    "The task status is `finished` when it is done.": ["finished"],
    "Wait until the status becomes 'finished'.": ["finished"],
    "Its status is one of `queued`, `running` or `completed`.": ["running"],
    "The status: `done`": ["done"],
    "Once the status is complete, fetch the video.": ["complete"],
    "The status is `completed`, then `error`.": [],
    "Check the status of a task using its `id`.": [],
    "The status is important. A status is checked often, and kept.": [],
    'It answers {"status": "NOT_FOUND"}, or {status:"gone", "id": 1}.': [],
    'A status: "queued", "id": 1': [],
    "The price is `5`; the state of the art is `good`.": [],
    "The status is `200`. The HTTP status is `OK`.": [],
    "## Webhooks\n\nIts status is `OK`.\n\n## Polling\n\nIts status is `ok`.": ["ok"],
    "| Status | Meaning |\n|---|---|\n| `queued` | a |\n| `running` | b |\n\n| `other` | c |": [
        "running"
    ],
    "| Status | Meaning |\n|---|---|\n| `beta` | a |\n| `stable` | b |": [],
    "<p>The <code>status</code> is <code>ready</code></p>": ["ready"],
}


@pytest.mark.parametrize("sentence", SPOKEN)
def test_a_sentence_is_held_to_the_states(check: Check, sentence: str) -> None:
    found = check(f"Of `{INPAINT}`.\n\n{sentence}\n")

    assert [it.says for it in found] == [
        f"the status {it!r}" for it in SPOKEN[sentence]
    ]


def test_the_states_of_every_service_that_a_page_speaks_of_may_be_named(
    check: Check,
) -> None:
    page = f"`{FAL}`: the status is `completed`, or `CANCELLATION_REQUESTED`."

    assert rules(check(page)) == ["impossible-status"]
    assert check(f"{page} As at https://api.aimlapi.com.") == []


def test_a_page_about_nothing_known_may_speak_of_any_status(check: Check) -> None:
    assert check("The status is `finished`.") == []


def test_a_log_is_held_to_the_states_where_it_is_one(check: Check) -> None:
    log = fenced("text", "Status: queued", "Status: running", "done")
    other = fenced("text", "Status: beta")

    assert told(check(f"`{INPAINT}`\n{log}{other}")) == [
        (4, "impossible-status", "the status 'running'")
    ]
