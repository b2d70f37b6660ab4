"""What the words of a page state of parameters."""

import pytest

from tests.specs.pages.conftest import Check
from tests.specs.pages.pages import FAL, INPAINT, rules, told

STATED = {
    "- `num_frames` (integer): How many. Default: 80": ("prose-default", "Default: 80"),
    "- `num_frames` (integer): How many. Defaults to `80`.": (
        "prose-default",
        "Defaults to `80`",
    ),
    "- **num_frames**: default value is 80": ("prose-default", "default value is 80"),
    "- `num_frames` (integer, default 80)": ("prose-default", "default 80"),
    "- `resolution`: Default: auto": ("prose-default", "Default: auto"),
    '- `resolution`: Default: "auto"': ("prose-default", 'Default: "auto"'),
    "- `trim`\n- `num_frames`\n  - Default: `80`\n  - Range: `17` to `241`": (
        "prose-default",
        "Default: `80`",
    ),
    "- `num_frames`: Must be between 81 to 241 (inclusive).": (
        "prose-range",
        "between 81 to 241",
    ),
    "- `num_frames`: Range: 17-200": ("prose-range", "Range: 17-200"),
    "- `num_frames`: minimum: 1, maximum: 241": ("prose-range", "minimum: 1"),
    "- `num_frames`: Must be at most 200": ("prose-range", "Must be at most 200"),
    "- `num_frames`: >= 5": ("prose-range", ">= 5"),
    "- `resolution`: Options: `480p`, `720p`": ("prose-enum", "Options: 480p, 720p"),
    "- `resolution`: One of: 480p, 720p": ("prose-enum", "One of: 480p, 720p"),
    "- `resolution`: Possible values are '480p', '580p', '720p' or '1080p'": (
        "prose-enum",
        "Possible values are 480p, 580p, 720p, 1080p",
    ),
    "- `resolution`: One of `480p`, `720p`": ("prose-enum", "One of 480p, 720p"),
    "- `resolution`: Possible enum values: `480p, 720p`": (
        "prose-enum",
        "Possible enum values: 480p, 720p",
    ),
    "`prompt` *string* (required)\n\n`shift` *number* (default 8)": (
        "prose-default",
        "default 8",
    ),
    "- `prompt` (string, optional): Words": ("prose-required", "string, optional"),
    "- `shift` (_required_): Words": ("prose-required", "_required_"),
    "The `num_frames` must be between 1 and 241.": ("prose-range", "between 1 and 241"),
    "The default of `num_frames` is 80.": (
        "prose-default",
        "default of `num_frames` is 80",
    ),
    "### num_frames\n\nDefault: 80": ("prose-default", "Default: 80"),
    "`num_frames` (integer)\nDefault: 80": ("prose-default", "Default: 80"),
    "| Name | Default |\n|---|---|\n| num_frames | 80 |": (
        "prose-default",
        "Default: 80",
    ),
    "| Name | Required |\n|---|---|\n| prompt | no |": (
        "prose-required",
        "Required: no",
    ),
    "| Name | Optional |\n|---|---|\n| prompt | yes |": (
        "prose-required",
        "Optional: yes",
    ),
    "| Name | Required |\n|---|---|\n| prompt | optional |": (
        "prose-required",
        "Required: optional",
    ),
    '<ParamField body="num_frames" type="integer" default="80">': (
        "prose-default",
        "default: `80`",
    ),
    '<ParamField body="shift" required>': ("prose-required", "required"),
    "<dl><dt>num_frames</dt><dd>Default: 80</dd></dl>": (
        "prose-default",
        "Default: 80",
    ),
    "<ul><li><code>num_frames</code>: Default: 80</li></ul>": (
        "prose-default",
        "Default: 80",
    ),
}


@pytest.mark.parametrize("words", STATED)
def test_words_that_the_contract_denies_are_told(check: Check, words: str) -> None:
    (found,) = check(f"`{INPAINT}`\n\n{words}\n")

    assert (found.rule.id, found.says.partition(": ")[2]) == STATED[words]


AGREED = """
- `num_frames` (integer, optional): from 17 to 241. Default: 81. Range: 17 to 241
- `prompt` (string, required): Default: none
- `shift` (number): between 1 and 15. Default: 5.0
- `resolution`: Options: `480p`, `580p`, `720p`. Default: "480p"
- `resolution`: options include `480p`, `720p`; for example 480p
- `resolution`: One of: `480p`, `720p`, etc.
- `resolution`: Enum: small, large
- `preprocess` (boolean): Default: `false`
- `preprocess`: Default: `True`
- `negative_prompt`: Default: `"letterboxing, ..."`
- `negative_prompt`: Default: true
- `mask_video_url`: The default value is appropriate. Required for inpainting.
- `image_list`: 2-4 images. Default: []
- `auto_downsample_min_fps`: The minimum frames per second. Default value: `15`

`num_frames` and `shift` are between 1 and 2.

| Plan | Price |
|---|---|
| Free | 5 |

1. Send the request
2) `go`
* Note: default: 5
### Note
`unknown_one` (integer): Default: 5
"""


def test_words_that_agree_or_cannot_be_held_are_left_alone(check: Check) -> None:
    assert check(f"`{INPAINT}`\n{AGREED}") == []


def test_words_are_told_only_when_every_contract_of_the_page_denies_them(
    check: Check,
) -> None:
    both = f"`{INPAINT}` and `{FAL}`\n\n"

    assert check(both + "- `resolution`: Default: `auto`") == []
    assert rules(check(both + "- `resolution`: Default: `240p`")) == ["prose-default"]


def test_the_list_of_an_answer_is_held_to_answers(check: Check) -> None:
    page = f"`{FAL}`\n\n### Output\n\n- `seed` (integer, required)\n- `prompt` (string, optional)\n"

    assert told(check(page)) == [(6, "prose-required", "prompt: string, optional")]


LIST = "- `prompt`: a\n- `video_url`: b\n- `num_frames`: c\n- `shifts`: d\n- `sampler_x`: e\n"


def test_a_listed_parameter_that_no_contract_has_is_told(check: Check) -> None:
    found = check(f"`{INPAINT}`\n\n## Parameters\n\n{LIST}")

    assert told(found) == [
        (8, "unknown-parameter", "shifts is listed"),
        (9, "unknown-parameter", "sampler_x is listed"),
    ]
    assert found[0].contract.endswith("did you mean shift?")


@pytest.mark.parametrize(
    "words",
    ["- `prompt`: a\n- `thing`: b\n", "- `alpha`: a\n- `beta`: b\n- `prompt`: c\n"],
)
def test_a_list_of_other_things_is_left_alone(check: Check, words: str) -> None:
    assert check(f"`{INPAINT}`\n\n## Parameters\n\n{words}") == []


def test_a_table_over_several_lines_of_html_is_read(check: Check) -> None:
    page = (
        f"<html><body><h1>{FAL}</h1>\n<table>\n<tr><th>Name</th><th>Default</th></tr>\n"
        "<tr>\n <td><p>sampler</p></td>\n <td>&quot;euler&quot;</td>\n</tr>\n</table></body></html>"
    )

    assert told(check(page, "page.html")) == [
        (4, "prose-default", 'sampler: Default: "euler"')
    ]


def test_a_range_where_the_contract_has_none_is_left_alone(check: Check) -> None:
    assert (
        check(f"`{INPAINT}`\n\n- `prompt`: maximum 5\n- `image_list`: Range: 1 to 4")
        == []
    )
