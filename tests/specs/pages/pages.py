"""Pieces of pages that several tests are made of."""

from collections.abc import Iterable

from specs import PageFinding

INPAINT = "alibaba/wan2.2-vace-fun-a14b-inpainting"
FAL = "fal-ai/wan-22-vace-fun-a14b/inpainting"
URL = "https://api.aimlapi.com/v2/video/generations"
VIDEO = "https://films.test/in.mp4"


def fenced(language: str, *lines: str) -> str:
    """Return a block of code in Markdown; its first line is the second of the page."""
    return "\n".join([f"```{language}", *lines, "```", ""])


def python(*lines: str) -> str:
    return fenced("python", *lines)


def javascript(*lines: str) -> str:
    return fenced("js", *lines)


def told(findings: Iterable[PageFinding]) -> list[tuple[int, str, str]]:
    """Return the line, the rule and what the page says of each of *findings*."""
    return [(it.line, it.rule.id, it.says) for it in findings]


def rules(findings: Iterable[PageFinding]) -> list[str]:
    return [it.rule.id for it in findings]
