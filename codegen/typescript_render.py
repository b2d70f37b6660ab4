"""The IR as TypeScript: one module for each model, and one for each provider."""

import json
from collections.abc import Callable
from pathlib import Path

from codegen.ir import Distribution, ModelsModule, ProviderPackage, Resource
from codegen.typescript_types import interface

_SOURCES = Path(__file__).parent / "typescript"
_FOLDER = "typescript"

Place = Callable[..., str]


def render_typescript(distribution: Distribution, place: Place) -> dict[str, str]:
    """Return the text of each file by its path; *place* fills a template."""
    files = {
        f"{_FOLDER}/{name}": place(f"typescript/{name}", it=distribution)
        for name in ("README.md", "package.json", "tsconfig.json")
    }
    for path in _SOURCES.glob("*.ts"):
        files[f"{_FOLDER}/src/{path.name}"] = path.read_text(encoding="utf-8")
    for package in distribution.providers:
        folder = f"{_FOLDER}/src/{package.name}"
        files[f"{folder}/index.ts"] = place(
            "typescript/index.ts", it=package, service=_json(_service(package))
        )
        for it in package.models:
            files[f"{folder}/models/{it.name}.ts"] = _models(it)
        for resource in package.resources:
            files[f"{folder}/resources/{resource.name}.ts"] = place(
                "typescript/resource.ts",
                it=resource,
                input=_input(resource),
                protocol=_json(_protocol(resource)),
            )
    return files


def _models(module: ModelsModule) -> str:
    return "\n\n".join(interface(*it) for it in module.schemas.items()) + "\n"


def _input(resource: Resource) -> str:
    body = resource.input
    known = {it.wire_name for it in resource.arguments}
    members = {name: it for name, it in body["properties"].items() if name in known}
    return interface("Input", {**body, "properties": members}, prefix="input.")


def _service(package: ProviderPackage) -> dict[str, object]:
    names = (
        *("name", "base_url", "header", "scheme", "environment", "id", "status"),
        *("video", "error", "pending", "terminal", "interval", "deadline"),
    )
    return {name: package.service[name] for name in names}


def _protocol(resource: Resource) -> dict[str, object]:
    calls = {
        role: {"method": it.method, "path": it.path, "query": it.query}
        for role, it in resource.calls.items()
    }
    return {
        "model": resource.model,
        "fixed": resource.facts.get("fixed", {}),
        "webhook": resource.facts.get("webhook", ""),
        **calls,
    }


def _json(value: object) -> str:
    return json.dumps(value, indent=2)
