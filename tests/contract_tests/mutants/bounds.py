"""Faults of validation: each takes too much, or too little, of one rule."""

from typing import Any

from tests.contract_tests.mutants.catalogue import (
    AIMLAPI,
    FAL,
    INPAINTING,
    Change,
    accepts,
    rejects,
)


def to(**keywords: Any) -> Change:
    """Return a change that sets *keywords* of a schema."""
    return lambda schema: schema.update(keywords)


def without(*names: str) -> Change:
    """Return a change that takes keywords out of a schema."""
    return lambda schema: [schema.pop(it) for it in names]


def enum(*added: Any, drop: str = "") -> Change:
    """Return a change of the values that an enum lists."""

    def change(schema: dict[str, Any]) -> None:
        schema["enum"] = [it for it in schema["enum"] if it != drop] + [*added]

    return change


def or_null(schema: dict[str, Any]) -> None:
    """Take null beside the values of an enum."""
    enum(None)(schema)
    also("null")(schema)


def optional(name: str) -> Change:
    """Return a change that requires *name* no more."""
    return lambda schema: schema["required"].remove(name)


def also(*types: str) -> Change:
    """Return a change that takes other JSON types as well."""
    return lambda schema: schema.update(type=[schema["type"], *types])


def pattern(text: str) -> Change:
    """Return a change from an enum to a pattern."""

    def change(schema: dict[str, Any]) -> None:
        del schema["enum"]
        schema["pattern"] = text

    return change


accepts("goes one below the minimum", AIMLAPI, "num_frames", "minimum", to(minimum=16))
accepts("goes one above the maximum", AIMLAPI, "num_frames", "maximum", to(maximum=242))
rejects("stops one above the minimum", AIMLAPI, "num_frames", to(minimum=18))
rejects("stops one below the maximum", AIMLAPI, "num_frames", to(maximum=240))
accepts(
    "goes one below the minimum", FAL, "frames_per_second", "minimum", to(minimum=4)
)
accepts(
    "goes one above the maximum", FAL, "frames_per_second", "maximum", to(maximum=31)
)
rejects("stops one above the minimum", FAL, "frames_per_second", to(minimum=6))
rejects("stops one below the maximum", FAL, "frames_per_second", to(maximum=29))
accepts("has no minimum", FAL, "num_inference_steps", "minimum", without("minimum"))
accepts("has no maximum", FAL, "num_inference_steps", "maximum", without("maximum"))
accepts("goes a little below", FAL, "guidance_scale", "minimum", to(minimum=0.999999))
accepts("goes a little above", FAL, "guidance_scale", "maximum", to(maximum=10.000001))
rejects("excludes its minimum", FAL, "guidance_scale", to(exclusiveMinimum=1))
rejects("excludes its maximum", FAL, "shift", to(exclusiveMaximum=15))
rejects("takes whole numbers only", FAL, "shift", to(type="integer"))
rejects("takes no zero", FAL, "num_interpolated_frames", to(minimum=1))
rejects("takes no negative number", AIMLAPI, "num_inference_steps", to(minimum=0))

rejects("lacks a value", AIMLAPI, "resolution", enum(drop="580p"))
rejects("lacks its last value", FAL, "video_quality", enum(drop="maximum"))
rejects("lacks its default", FAL, "sampler", enum(drop="unipc"))
accepts("has a value of another member", AIMLAPI, "acceleration", "enum", enum("high"))
accepts("takes null beside its values", FAL, "aspect_ratio", "enum", or_null)
accepts(
    "is blind to case",
    AIMLAPI,
    "interpolator_model",
    "enum",
    pattern("^(?i:rife|film)$"),
)
accepts(
    "is blind to spaces",
    FAL,
    "sampler",
    "enum",
    pattern(r"^\s*(unipc|dpm\+\+|euler)\s*$"),
)
accepts(
    "takes the beginning of a value",
    AIMLAPI,
    "video_quality",
    "enum",
    pattern("^(l(ow?)?|m(edium?)?|mediu|h(igh?)?|hig|maximum?)$"),
)
accepts(
    "takes what begins with a value",
    AIMLAPI,
    "resolution",
    "enum",
    pattern("^(480p|580p|720p)"),
)
accepts("takes any text", FAL, "transparency_mode", "enum", without("enum"))

accepts("is not required", AIMLAPI, "video_url", "required", optional("video_url"))
accepts("is not required", FAL, "prompt", "required", optional("prompt"))

accepts("takes a number", AIMLAPI, "prompt", "type", also("number"))
accepts("takes an object", FAL, "prompt", "type", also("object"))
accepts("takes a fraction", AIMLAPI, "num_frames", "type", to(type="number"))
accepts("takes text", AIMLAPI, "frames_per_second", "type", also("string"))
accepts("takes a boolean", FAL, "num_frames", "type", also("boolean"))
accepts("takes a boolean", AIMLAPI, "guidance_scale", "type", also("boolean"))
accepts("takes text", FAL, "guidance_scale", "type", also("string"))
accepts("takes a number", AIMLAPI, "trim_borders", "type", also("integer"))
accepts("takes text", FAL, "sync_mode", "type", also("string"))
accepts("takes a list", FAL, "video_url", "type", also("array"))
accepts("takes null", AIMLAPI, "negative_prompt", "type", also("null"))
accepts("takes null", AIMLAPI, "num_frames", "type", also("null"))
accepts("takes null", FAL, "enable_safety_checker", "type", also("null"))
accepts("takes one text for a list", FAL, "ref_image_urls", "type", also("string"))
accepts("takes numbers in its list", FAL, "ref_image_urls", "type", to(items={}))
accepts(
    "is not checked to be an address", AIMLAPI, "video_url", "format", without("format")
)
accepts(
    "holds unchecked addresses",
    INPAINTING,
    "image_list",
    "format",
    to(items={"type": "string"}),
)
