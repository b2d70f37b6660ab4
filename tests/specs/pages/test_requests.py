"""Calls in the code of a page, held to what the contract lets a caller send."""

import re

import pytest

from tests.specs.pages.conftest import Check
from tests.specs.pages.pages import (
    FAL,
    INPAINT,
    URL,
    VIDEO,
    fenced,
    javascript,
    python,
    rules,
    told,
)

BODY = f'"model": "{INPAINT}", "prompt": "a", "video_url": "{VIDEO}"'
JS = f'model: "{INPAINT}", prompt: "a", video_url: "{VIDEO}"'

BROKEN = {
    "python-keyword": python(
        f'requests.post("{URL}", json={{{BODY}, "num_frames": 5}})'
    ),
    "python-variable": python(
        'base = "https://api.aimlapi.com"',
        f'body = {{{BODY}, "num_frames": 5}}',
        'httpx.post(f"{base}/v2/video/generations", json=body)',
    ),
    "python-constants-below": python(
        "def submit():",
        "    return requests.post(url=base + '/video/generations', json=body)",
        "base = 'https://api.aimlapi.com/v2'",
        f"body = {{{BODY}, 'num_frames': 5}}",
    ),
    "python-changed": python(
        f"body = {{{BODY}}}",
        'body["num_frames"] = 5',
        f'session.request("POST", "{URL}", data=json.dumps(body))',
    ),
    "python-dict-call": python(
        f'body = dict(model="{INPAINT}", prompt="a", video_url="{VIDEO}", num_frames=5)',
        f'urlopen(Request("{URL}", data=json.dumps(body).encode()))',
    ),
    "python-http-client": python(
        'c = http.client.HTTPSConnection("api.aimlapi.com")',
        f'body = json.dumps({{{BODY}, "num_frames": 5}})',
        'c.request("POST", "/v2/video/generations", body)',
    ),
    "python-json-text": python(
        f"requests.post('{URL}', data='{{{BODY}, \"num_frames\": 5}}')"
    ),
    "python-client": python(
        'http = httpx.Client(base_url=os.environ["BASE"])',
        f'http.post("/v2/video/generations", json={{{BODY}, "num_frames": 5}})',
    ),
    "python-unknown-base": python(
        f'requests.post(f"{{BASE}}/video/generations", json={{{BODY}, "num_frames": 5}})'
    ),
    "python-prompts": fenced(
        "pycon",
        f'>>> requests.post("{URL}", json={{{BODY},',
        '...     "num_frames": 5})',
    ),
    "python-indented": python(
        f'    requests.post("{URL}", json={{{BODY}, "num_frames": 5}})'
    ),
    "python-own-function": python(f'submit({{{BODY}, "num_frames": 5}})'),
    "python-await": python(
        f'r = await session.post("{URL}", json={{{BODY}, "num_frames": 5}})'
    ),
    "python-walrus": python(
        f'if (body := {{{BODY}, "num_frames": 5}}): requests.post("{URL}", json=body)'
    ),
    "python-annotated": python(
        f'body: dict[str, object] = {{{BODY}, "num_frames": 5}}',
        f'requests.post("{URL}", json=body)',
    ),
    "js-fetch": javascript(
        f'await fetch("{URL}", {{ method: "POST",',
        f"  body: JSON.stringify({{ {JS}, num_frames: 5 }}) }});",
    ),
    "js-axios": javascript(
        f"const body = {{ {JS} }};",
        "body.num_frames = 5;",
        f'axios.post("{URL}", body, {{ headers }});',
    ),
    "js-axios-options": javascript(
        f'axios({{ method: "post", url: "{URL}", data: {{ {JS}, num_frames: 5 }} }});'
    ),
    "js-https": javascript(
        f"const data = JSON.stringify({{ {JS}, num_frames: 5 }});",
        'const req = https.request({ hostname: "api.aimlapi.com", path: "/v2/video/generations",'
        ' method: "POST" });',
        "req.write(data);",
    ),
    "ts": fenced(
        "typescript",
        f"const body: Record<string, unknown> = {{ {JS}, num_frames: 5 }};",
        f'const r = await fetch(new URL("{URL}"), {{ method: "POST",'
        " body: JSON.stringify(body) } as RequestInit);",
    ),
    "js-quoted": javascript(
        f'fetch(`{URL}`, {{ method: "POST", body: JSON.stringify({{ "model": `{INPAINT}`,'
        f' prompt: "a" + "b", video_url: "{VIDEO}", /* few */ num_frames: 5 }}) }});'
    ),
    "curl": fenced(
        "bash",
        f"curl -X POST {URL} \\",
        '  -H "Authorization: Bearer $KEY" \\',
        f"  -d '{{{BODY}, \"num_frames\": 5}}'",
    ),
    "curl-variables": fenced(
        "sh",
        'BASE="https://api.aimlapi.com/v2"',
        f"export URL={URL}",
        f"curl --silent --url $BASE/video/generations --data-raw '{{{BODY}, \"num_frames\": 5}}' | jq",
    ),
    "curl-prompt": fenced(
        "console", f"$ curl {URL} -XPOST --json '{{{BODY}, \"num_frames\": 5}}'"
    ),
    "curl-unnamed": fenced("", f"curl {URL} --data='{{{BODY}, \"num_frames\": 5}}'"),
    "json": fenced("json", "{", f"  {BODY},", '  "num_frames": 5', "}"),
    "json-comments": fenced(
        "jsonc", "{", f"  {BODY}, // the source", '  "num_frames": 5, ...', "}"
    ),
    "unnamed": fenced("", f'requests.post("{URL}", json={{{BODY}, "num_frames": 5}})'),
    "unnamed-js": fenced(
        "", f'fetch("{URL}", {{ method: "POST", body: {{ {JS}, num_frames: 5 }} }});'
    ),
    "html": (
        f"<html><pre class='lang-js'>fetch(<b>\"{URL}\"</b>, &#123; method: 'POST',<br>"
        f"body: {{ {JS}, num_frames: 5 }} }});</pre></html>"
    ),
    "sdk-python": python(
        f'fal_client.subscribe("{FAL}", arguments={{"prompt": "a", "video_url": "{VIDEO}",'
        ' "num_frames": 5})'
    ),
    "sdk-js": javascript(
        f'fal.subscribe("{FAL}", {{ input: {{ prompt: "a", video_url: "{VIDEO}", num_frames: 5 }} }});'
    ),
    "path": fenced(
        "bash",
        f'curl https://queue.fal.run/{FAL} -d \'{{"prompt": "a", "video_url": "{VIDEO}",'
        ' "num_frames": 5}\'',
    ),
    "run-host": fenced(
        "bash",
        f'curl https://fal.run/{FAL} -d \'{{"prompt": "a", "video_url": "{VIDEO}",'
        ' "num_frames": 5}\'',
    ),
    "plain-text": f'Do this:\n\nimport requests\n\nr = requests.post("{URL}", json={{\n    {BODY},\n'
    '    "num_frames": 5,\n})\n\nAnd wait.\n',
    "plain-curl": f"Do this:\n\ncurl {URL} -d '{{{BODY}, \"num_frames\": 5}}'\n\nAnd wait.",
    "plain-json": f'Send\n\n{{\n  {BODY},\n  "num_frames": 5\n}}\n\nand wait.',
    "plain-js": f'Do this:\n\nconst r = await fetch("{URL}", {{\n  method: "POST",\n'
    f"  body: JSON.stringify({{ {JS}, num_frames: 5 }}),\n}});\n\nAnd wait.\n",
}


@pytest.mark.parametrize("page", BROKEN.values(), ids=BROKEN)
def test_a_call_is_found_whatever_it_is_made_with(check: Check, page: str) -> None:
    assert [(it.rule.id, it.says) for it in check(page)] == [
        ("outside-range", "num_frames is 5")
    ]


@pytest.mark.parametrize("page", BROKEN.values(), ids=BROKEN)
def test_nothing_is_said_when_the_call_is_right(check: Check, page: str) -> None:
    right = re.sub(r"(num_frames\W{1,6})5\b", r"\g<1>50", page)

    assert check(right) == []


def test_a_finding_says_where_and_what_the_contract_says(check: Check) -> None:
    page = python(
        f'requests.post("{URL}", json={{',
        f'    "model": "{INPAINT}",',
        f'    "prompt": "a", "video_url": "{VIDEO}",',
        '    "num_frames": -5,',
        "})",
    )

    (found,) = check(page)

    assert found.line == 5
    assert found.says == "num_frames is -5"
    assert found.contract == f"num_frames of aimlapi:{INPAINT} is at least 17"
    assert found.pointer.endswith("/schema/properties/num_frames")


SENT = {
    '"resolution": "1080p"': ("outside-enum", 'resolution is "1080p"'),
    '"num_frames": "81"': ("wrong-type", 'num_frames is "81"'),
    '"num_frames": 81.5': ("wrong-type", "num_frames is 81.5"),
    '"num_frames": None': ("wrong-type", "num_frames is null"),
    '"seed": 1': ("unknown-field", "seed is sent"),
    '"mask_video_url": "here"': ("outside-range", 'mask_video_url is "here"'),
    '"image_list": ["here"]': ("outside-range", 'image_list.0 is "here"'),
    '"image_list": "https://films.test/a.png"': (
        "wrong-type",
        'image_list is "https://films.test/a.png"',
    ),
}


@pytest.mark.parametrize("sent", SENT)
def test_a_member_that_breaks_a_rule_is_told(check: Check, sent: str) -> None:
    page = python(f'requests.post("{URL}", json={{{BODY}, {sent}}})')

    assert told(check(page)) == [(2, *SENT[sent])]


def test_an_unknown_member_is_told_with_a_near_one(check: Check) -> None:
    page = python(f'requests.post("{URL}", json={{{BODY}, "resolutions": "480p"}})')

    assert check(page)[0].contract.endswith(
        "no such parameter; did you mean resolution?"
    )


def test_a_missing_member_is_told_where_the_body_begins(check: Check) -> None:
    page = python(
        f'requests.post("{URL}", json={{',
        f'    "model": "{INPAINT}",',
        '"prompt": "a"})',
    )

    assert told(check(page)) == [(2, "missing-field", "video_url is left out")]


NOT_KNOWN = [
    python(f'requests.post("{URL}", json={{{BODY}, "num_frames": int(sys.argv[1])}})'),
    python(f'requests.post("{URL}", json={{"model": "{INPAINT}", **options}})'),
    python(f'requests.post("{URL}", json={{"model": "{INPAINT}", key: 1}})'),
    python(
        f'body = {{"model": "{INPAINT}"}}',
        "body[key] = 1",
        f'requests.post("{URL}", json=body)',
    ),
    python(f'requests.post("{URL}", json=dict(model="{INPAINT}", **options))'),
    python(f'requests.post("{URL}", json={{{BODY}, "image_list": [*images]}})'),
    python(f'requests.post("{URL}", json={{{BODY}, "num_frames": -frames}})'),
    python("def submit(body):", f'    requests.post("{URL}", json=body)'),
    python(f'requests.post("{URL}", json={{"model": model, "prompt": 1}})'),
    python(
        f'requests.post("{URL}", json={{"model": "{INPAINT}", "prompt": p,',
        '"video_url": f"{host:>9}/x"})',
    ),
    python(f'requests.post("{URL}", json={{{BODY}, "mask_video_url": "<MASK>"}})'),
    python(
        f'requests.post("{URL}", json={{{BODY}, "mask_video_url": "YOUR_MASK_URL"}})'
    ),
    python(f'requests.post("{URL}", json={{{BODY}, "mask_video_url": ""}})'),
    javascript(
        f'fetch("{URL}", {{ method: "POST", body: JSON.stringify({{ model: "{INPAINT}", ...rest }}) }})'
    ),
    javascript(
        f'fetch("{URL}", {{ method: "POST", body: JSON.stringify({{ model: "{INPAINT}", [key]: 1 }}) }})'
    ),
    javascript(
        "const send = async (body) => {", f'  await axios.post("{URL}", body); }};'
    ),
    javascript("const send = body => {", f'  axios.post("{URL}", body); }};'),
    javascript("const { body } = options;", f'axios.post("{URL}", body);'),
    javascript(
        f'axios.post("{URL}", {{ {JS}, num_frames: +frames, shift: -n, guidance_scale: 0x10 }});'
    ),
    javascript(f'axios.post("{URL}", {{ {JS}, prompt }}); a[0].b = 1; x.y.z = 2;'),
    javascript(
        f'axios.post("{URL}", {{ {JS}, image_list: [...images], shift: a * b, run() {{}} }});'
    ),
    fenced("json", "{", f'"model": "{INPAINT}",', "...", "}"),
    fenced("bash", f"curl {URL} -d @body.json", f"curl {URL} -d '{{", "never closed"),
    fenced(
        "bash",
        f'curl {URL} -d "{{\\"model\\": \\"{INPAINT}\\", \\"prompt\\": \\"$P\\", \\"video_url\\": \\"$V\\"}}"',
    ),
    fenced("bash", f"curl -F file=@a.mp4 {URL}"),
    python(
        "a, [b, c] = f()", "a.b = a[0]", "a.b[0] = 1", f'requests.post("{URL}", json=b)'
    ),
    python("for body in bodies:", f'    requests.post("{URL}", json=body)'),
    python(f'requests.post("{URL}", json=a{".b" * 90})'),
    javascript("let body;", "const x = a[0];", f'axios.post("{URL}", body);'),
    python(
        f'body = {{"model": "{INPAINT}"}}',
        "body.update(options)",
        f'requests.post("{URL}", json=body)',
    ),
    python(
        f'body = {{"model": "{INPAINT}"}}',
        "body |= options",
        f'requests.post("{URL}", json=body)',
    ),
    python(f'url = "{URL}x"', "url += '/more'", f"requests.post(url, json={{{BODY}}})"),
    javascript(
        f'const body = {{ model: "{INPAINT}" }};',
        "Object.assign(body, options);",
        f'axios.post("{URL}", body);',
    ),
    javascript(f'let url = "{URL}x";', "url += more;", f"axios.post(url, {{ {JS} }});"),
    fenced(
        "json",
        "{",
        f'{BODY.replace(VIDEO, "string")}, "resolution": "480p | 720p"',
        "}",
    ),
    python("this is no Python"),
    python(f'requests.post("{URL}", json=x + x)', "x = x + x"),
    python(f'config = {{"model": "{INPAINT}", "label": "Wan"}}'),
    python('requests.post("https://films.test/api", json={"prompt": 1})'),
    fenced("yaml", f"model: {INPAINT}"),
    fenced("", "just words"),
    fenced("json", "[1, 2]"),
    fenced("json", "{}"),
]


@pytest.mark.parametrize("page", NOT_KNOWN)
def test_nothing_is_said_against_what_cannot_be_known(check: Check, page: str) -> None:
    assert check(page) == []


def test_a_value_that_a_program_joins_is_read(check: Check) -> None:
    page = javascript(
        "const kind = 'inpaint' + `ing`;",
        "const model = `alibaba/wan2.2-vace-fun-a14b-${kind}`;",
        f'axios.post("{URL}", {{ model, "prompt": "a\\n\\u0041\\x41\\q", shift: -1.5, preprocess: 1 }});',
    )

    assert rules(check(page)) == ["wrong-type", "missing-field"]


ASTRAY = {
    "path": python(f'requests.post("{URL}s", json={{{BODY}}})'),
    "old-path": python(
        f'requests.post("https://api.aimlapi.com/v1/make", json={{{BODY}}})'
    ),
    "method": python(f'requests.put("{URL}", json={{{BODY}}})'),
    "host": python(
        f'requests.post("https://api.aimlapi.co/v2/video/generations", json={{{BODY}}})'
    ),
    "near": f"Of `{INPAINT}`\n" + fenced("sh", f"curl {URL}/$ID"),
}


@pytest.mark.parametrize("page", ASTRAY.values(), ids=ASTRAY)
def test_a_call_that_goes_astray_is_told(check: Check, page: str) -> None:
    (found,) = check(page)

    assert found.rule.id == "wrong-endpoint"
    assert found.contract.endswith(" https://api.aimlapi.com/v2/video/generations")


@pytest.mark.parametrize(
    "code",
    [
        'requests.post("https://api.aimlapi.com/v1/chat/completions", json={"model": "x"})',
        'requests.get("https://cdn.aimlapi.com/film.mp4")',
        'requests.get("https://films.test/v2/video/generation")',
        'requests.get(f"{BASE}/other/thing")',
        'requests.get(f"{BASE}/thing")',
        "requests.get(url)",
        'requests.get(f"https://{host}/v2/video/generation")',
        'open("/v2/video")',
    ],
)
def test_a_call_of_something_else_is_left_alone(check: Check, code: str) -> None:
    assert check(python(code)) == []


def test_a_model_that_is_not_vendored_is_told_with_near_ones(check: Check) -> None:
    page = python(f'requests.post("{URL}", json={{"model": "{INPAINT}s"}})')

    (found,) = check(page)

    assert found.rule.id == "unknown-model"
    assert f"did you mean {INPAINT}" in found.contract


def test_a_model_like_no_other_is_told_without(check: Check) -> None:
    (found,) = check(python(f'requests.post("{URL}", json={{"model": "kling"}})'))

    assert found.contract == "not vendored"


def test_a_model_that_an_sdk_is_asked_for_is_told(check: Check) -> None:
    page = javascript(f'fal.subscribe("{FAL}s", {{ input: {{ prompt: "a" }} }});')

    assert told(check(page)) == [(2, "unknown-model", f"the model '{FAL}s'")]


def test_a_model_of_somebody_else_is_left_alone(check: Check) -> None:
    page = javascript('fal.subscribe("fal-ai/flux/dev", { input: { prompt: "a" } });')

    assert check(page) == []


POLLS = {
    python(f'requests.get("{URL}", params={{"id": job}})'): ["missing-field"],
    python(f'requests.get("{URL}", params={{"generation_id": job}})'): [],
    python(f'requests.get("{URL}", params=query)'): [],
    python(f'requests.get("{URL}", params={{**query, "a": 1}})'): [],
    python(f'requests.get(f"{URL}?generation_id={{job}}")'): [],
    javascript(f'fetch("{URL}?id=" + id)'): ["missing-field"],
    javascript("axios.get(url, { params: { id } });", f'const url = "{URL}";'): [
        "missing-field"
    ],
    fenced("sh", f'curl -G "{URL}" --data-urlencode "id=$ID"'): ["missing-field"],
    fenced("sh", f'curl --get "{URL}" -d id=1'): ["missing-field"],
    fenced("sh", f'curl -L "{URL}?generation_id=$ID" -o out.json'): [],
    fenced("sh", f"curl https://queue.fal.run/{FAL}/requests/$ID/status"): [],
}


@pytest.mark.parametrize("page", POLLS)
def test_the_query_of_a_poll_must_name_the_job(check: Check, page: str) -> None:
    assert rules(check(page)) == POLLS[page]
