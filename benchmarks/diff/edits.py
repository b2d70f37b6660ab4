"""Single edits of one document, each with the rule and the severity it deserves.

Written by hand, so that nothing here agrees with the program only because the program
said so. An edit changes one fact; what it is worth follows from what a caller of the old
document then meets.
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

DROP: Final = object()

# What an edit is called, the rule that tells it, and what it changes.
_Rows = tuple[tuple[str, str, dict[str, Any]], ...]
"""The value of a member that is taken away."""

MAKE = "/paths/~1make/post"
JOB = "/paths/~1jobs~1{id}/get"
IN = f"{MAKE}/requestBody/content/application~1json/schema"
SENT = f"{IN}/properties"
OUT = f"{JOB}/responses/200/content/application~1json/schema"
BACK = f"{OUT}/properties"


def document() -> dict[str, Any]:
    """Return the document that every edit is made to: a made-up service of one model."""
    return copy.deepcopy(_DOCUMENT)


_DOCUMENT: Final[dict[str, Any]] = {
    "openapi": "3.0.3",
    "info": {"title": "Films", "version": "1"},
    "servers": [{"url": "https://api.films.test"}],
    "security": [{"key": []}],
    "paths": {
        "/make": {
            "post": {
                "operationId": "make",
                "summary": "Make a film.",
                "parameters": [
                    {
                        "name": "longest",
                        "in": "query",
                        "schema": {"type": "integer", "maximum": 100},
                    },
                    {"name": "X-Trace", "in": "header", "schema": {"type": "string"}},
                ],
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "required": ["model", "prompt"],
                                "properties": {
                                    "model": {"type": "string", "enum": ["one"]},
                                    "prompt": {
                                        "type": "string",
                                        "minLength": 1,
                                        "maxLength": 800,
                                        "description": "What happens in the film.",
                                    },
                                    "seed": {"type": "integer", "minimum": 0},
                                    "note": {"type": "string"},
                                    "frames": {
                                        "type": "integer",
                                        "minimum": 17,
                                        "maximum": 241,
                                        "multipleOf": 2,
                                        "default": 80,
                                    },
                                    "scale": {
                                        "type": "number",
                                        "minimum": 1,
                                        "maximum": 20,
                                        "nullable": True,
                                    },
                                    "size": {
                                        "type": "string",
                                        "enum": ["480p", "580p", "720p"],
                                        "default": "480p",
                                    },
                                    "image": {"type": "string", "format": "uri"},
                                    "code": {"type": "string", "pattern": "^[a-z]+$"},
                                    "images": {
                                        "type": "array",
                                        "minItems": 1,
                                        "maxItems": 4,
                                        "uniqueItems": True,
                                        "items": {"$ref": "#/components/schemas/Image"},
                                    },
                                    "labels": {
                                        "type": "array",
                                        "items": {"type": "string"},
                                    },
                                    "camera": {
                                        "type": "object",
                                        "minProperties": 1,
                                        "maxProperties": 3,
                                        "properties": {
                                            "pan": {"type": "number", "format": "float"}
                                        },
                                        "additionalProperties": False,
                                    },
                                    "voice": {
                                        "oneOf": [
                                            {"type": "string"},
                                            {
                                                "type": "object",
                                                "required": ["name"],
                                                "properties": {
                                                    "name": {"type": "string"}
                                                },
                                            },
                                        ]
                                    },
                                },
                            }
                        },
                        "multipart/form-data": {"schema": {"type": "object"}},
                    },
                },
                "responses": {
                    "200": {
                        "description": "A job.",
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "required": ["id"],
                                    "properties": {"id": {"type": "string"}},
                                }
                            }
                        },
                    }
                },
            }
        },
        "/jobs/{id}": {
            "get": {
                "operationId": "job",
                "security": [],
                "parameters": [
                    {
                        "name": "id",
                        "in": "path",
                        "required": True,
                        "schema": {"type": "string"},
                    }
                ],
                "responses": {
                    "200": {
                        "description": "Where it stands.",
                        "headers": {
                            "X-Cost": {"required": True, "schema": {"type": "integer"}}
                        },
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "required": ["id", "status"],
                                    "properties": {
                                        "id": {"type": "string"},
                                        "status": {
                                            "type": "string",
                                            "enum": ["queued", "done", "failed"],
                                        },
                                        "kind": {
                                            "type": "string",
                                            "enum": ["film", "loop"],
                                        },
                                        "progress": {
                                            "type": "integer",
                                            "minimum": 0,
                                            "maximum": 100,
                                        },
                                        "video": {
                                            "type": "object",
                                            "nullable": True,
                                            "properties": {
                                                "url": {
                                                    "type": "string",
                                                    "format": "uri",
                                                },
                                                "tags": {
                                                    "type": "array",
                                                    "maxItems": 9,
                                                    "items": {"type": "string"},
                                                },
                                            },
                                        },
                                        "cost": {"type": "number", "multipleOf": 0.5},
                                        "log": {"type": "string", "maxLength": 99},
                                        "label": {
                                            "type": "string",
                                            "format": "hostname",
                                            "minLength": 1,
                                            "pattern": "^[a-z]+$",
                                            "default": "a",
                                        },
                                        "parts": {
                                            "type": "array",
                                            "minItems": 1,
                                            "uniqueItems": True,
                                        },
                                        "meta": {
                                            "type": "object",
                                            "minProperties": 1,
                                            "maxProperties": 9,
                                        },
                                        "result": {
                                            "anyOf": [
                                                {"type": "string"},
                                                {"type": "integer"},
                                            ]
                                        },
                                        "extra": {
                                            "type": "object",
                                            "additionalProperties": False,
                                        },
                                    },
                                }
                            },
                            "text/csv": {"schema": {"type": "string"}},
                        },
                    },
                    "404": {"description": "No such job."},
                },
            }
        },
    },
    "components": {
        "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        "schemas": {
            "Image": {"type": "string", "format": "uri", "maxLength": 2000},
            "Unused": {"type": "string"},
        },
    },
}


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of one fact: pointers with their new values, DROP for one taken away."""

    title: str
    severity: str
    rule: str
    changes: Mapping[str, Any]

    def apply(self, raw: dict[str, Any]) -> dict[str, Any]:
        """Return *raw*, which is changed in place, with the edit made to it."""
        for pointer, value in self.changes.items():
            *way, last = (
                it.replace("~1", "/").replace("~0", "~")
                for it in pointer[1:].split("/")
            )
            node: Any = raw
            for it in way:
                node = node[int(it)] if isinstance(node, list) else node[it]
            if isinstance(node, list):
                node.insert(len(node) if last == "-" else int(last), value)
            elif value is DROP:
                del node[last]
            else:
                node[last] = copy.deepcopy(value)
        return raw


_BREAKING: _Rows = (
    # What is sent
    ("a parameter is removed", "request-parameter-removed", {f"{SENT}/note": DROP}),
    (
        "a parameter is renamed",
        "request-parameter-renamed",
        {
            f"{SENT}/seed": DROP,
            f"{SENT}/random_seed": {"type": "integer", "minimum": 0},
        },
    ),
    (
        "a required parameter is added",
        "request-required-parameter-added",
        {
            f"{IN}/required": ["model", "prompt", "tier"],
            f"{SENT}/tier": {"type": "string"},
        },
    ),
    (
        "a parameter becomes required",
        "request-parameter-required",
        {f"{IN}/required": ["model", "prompt", "image"]},
    ),
    (
        "a query parameter is removed",
        "request-parameter-removed",
        {f"{MAKE}/parameters": [_DOCUMENT["paths"]["/make"]["post"]["parameters"][1]]},
    ),
    (
        "a query parameter becomes required",
        "request-parameter-required",
        {f"{MAKE}/parameters/0/required": True},
    ),
    (
        "a query parameter moves to a header",
        "request-parameter-moved",
        {f"{MAKE}/parameters/0/in": "header"},
    ),
    (
        "a query parameter is renamed",
        "request-parameter-renamed",
        {f"{MAKE}/parameters/0/name": "longest_queue"},
    ),
    (
        "a query parameter's maximum falls",
        "request-maximum-tightened",
        {f"{MAKE}/parameters/0/schema/maximum": 10},
    ),
    (
        "a header is written otherwise",
        "request-serialization-changed",
        {f"{MAKE}/parameters/1/explode": True},
    ),
    ("a type changes", "request-type-changed", {f"{SENT}/note/type": "boolean"}),
    (
        "a number must be whole",
        "request-type-narrowed",
        {f"{SENT}/scale/type": "integer"},
    ),
    ("null is refused", "request-nullable-removed", {f"{SENT}/scale/nullable": DROP}),
    ("a list of values comes", "request-enum-added", {f"{SENT}/note/enum": ["a", "b"]}),
    (
        "a value goes",
        "request-enum-value-removed",
        {f"{SENT}/size/enum": ["480p", "720p"]},
    ),
    ("a format comes", "request-format-narrowed", {f"{SENT}/note/format": "date-time"}),
    ("a format changes", "request-format-changed", {f"{SENT}/image/format": "uuid"}),
    ("a pattern comes", "request-pattern-added", {f"{SENT}/note/pattern": "^a"}),
    (
        "a pattern changes",
        "request-pattern-changed",
        {f"{SENT}/code/pattern": "^[a-f]+$"},
    ),
    ("a minimum rises", "request-minimum-tightened", {f"{SENT}/frames/minimum": 81}),
    (
        "a minimum comes",
        "request-minimum-tightened",
        {f"{MAKE}/parameters/0/schema/minimum": 1},
    ),
    (
        "a minimum becomes exclusive",
        "request-minimum-tightened",
        {f"{SENT}/scale/exclusiveMinimum": True},
    ),
    ("a maximum falls", "request-maximum-tightened", {f"{SENT}/frames/maximum": 161}),
    ("a maximum comes", "request-maximum-tightened", {f"{SENT}/seed/maximum": 9}),
    (
        "steps get coarser",
        "request-multiple-of-tightened",
        {f"{SENT}/frames/multipleOf": 4},
    ),
    ("steps come", "request-multiple-of-tightened", {f"{SENT}/seed/multipleOf": 5}),
    ("steps change", "request-multiple-of-changed", {f"{SENT}/frames/multipleOf": 3}),
    (
        "text must be longer",
        "request-min-length-tightened",
        {f"{SENT}/prompt/minLength": 5},
    ),
    (
        "text must be shorter",
        "request-max-length-tightened",
        {f"{SENT}/prompt/maxLength": 400},
    ),
    (
        "items must differ",
        "request-unique-items-added",
        {f"{SENT}/labels/uniqueItems": True},
    ),
    (
        "a list must be shorter",
        "request-max-items-tightened",
        {f"{SENT}/labels/maxItems": 4},
    ),
    (
        "more items are needed",
        "request-min-items-tightened",
        {f"{SENT}/images/minItems": 2},
    ),
    (
        "fewer items are taken",
        "request-max-items-tightened",
        {f"{SENT}/images/maxItems": 2},
    ),
    (
        "more members are needed",
        "request-min-properties-tightened",
        {f"{SENT}/camera/minProperties": 2},
    ),
    (
        "fewer members are taken",
        "request-max-properties-tightened",
        {f"{SENT}/camera/maxProperties": 2},
    ),
    (
        "other members are refused",
        "request-additional-closed",
        {f"{IN}/additionalProperties": False},
    ),
    (
        "a nested parameter is removed",
        "request-parameter-removed",
        {f"{SENT}/camera/properties/pan": DROP},
    ),
    (
        "a referred schema is tightened",
        "request-max-length-tightened",
        {"/components/schemas/Image/maxLength": 100},
    ),
    (
        "an alternative goes",
        "request-option-removed",
        {f"{SENT}/voice/oneOf": [{"type": "string"}]},
    ),
    ("the body is removed", "request-body-removed", {f"{MAKE}/requestBody": DROP}),
    (
        "a body is required where none was",
        "request-required-body-added",
        {f"{JOB}/requestBody": {"required": True, "content": {}}},
    ),
    # Where it is sent
    ("a call is removed", "operation-removed", {"/paths/~1make": DROP}),
    (
        "a call moves",
        "operation-moved",
        {"/paths/~1make": DROP, "/paths/~1v2~1make": _DOCUMENT["paths"]["/make"]},
    ),
    (
        "a call's method changes",
        "operation-method-changed",
        {MAKE: DROP, "/paths/~1make/put": _DOCUMENT["paths"]["/make"]["post"]},
    ),
    (
        "the server moves",
        "server-changed",
        {"/servers": [{"url": "https://films.test"}]},
    ),
    ("the server goes", "server-removed", {"/servers": DROP}),
    ("a call needs a key", "security-added", {f"{JOB}/security": DROP}),
    (
        "a scheme changes",
        "security-scheme-changed",
        {"/components/securitySchemes/key/scheme": "basic"},
    ),
    (
        "another scheme is asked for",
        "security-changed",
        {
            "/security": [{"other": []}],
            "/components/securitySchemes/other": {
                "type": "apiKey",
                "in": "header",
                "name": "X-Key",
            },
        },
    ),
    ("a key must do more", "security-scope-added", {"/security": [{"key": ["films"]}]}),
    (
        "a media type is no longer taken",
        "request-media-type-removed",
        {f"{MAKE}/requestBody/content/multipart~1form-data": DROP},
    ),
    # What comes back
    ("a field is removed", "response-field-removed", {f"{BACK}/log": DROP}),
    (
        "a field is renamed",
        "response-field-renamed",
        {
            f"{BACK}/progress": DROP,
            f"{BACK}/progress_percent": {
                "type": "integer",
                "minimum": 0,
                "maximum": 100,
            },
        },
    ),
    (
        "a field may be missing",
        "response-field-optional",
        {f"{OUT}/required": ["status"]},
    ),
    ("a field may be null", "response-nullable-added", {f"{BACK}/log/nullable": True}),
    (
        "a field's type changes",
        "response-type-changed",
        {f"{BACK}/log/type": "boolean"},
    ),
    (
        "a field's type widens",
        "response-type-widened",
        {f"{BACK}/progress/type": "number"},
    ),
    (
        "a field's list of values goes",
        "response-enum-dropped",
        {f"{BACK}/kind/enum": DROP},
    ),
    (
        "a field's value comes",
        "response-enum-value-added",
        {f"{BACK}/kind/enum": ["film", "loop", "still"]},
    ),
    (
        "a field's format goes",
        "response-format-widened",
        {f"{BACK}/video/properties/url/format": DROP},
    ),
    (
        "a field's minimum falls",
        "response-minimum-widened",
        {f"{BACK}/progress/minimum": -1},
    ),
    (
        "a field's maximum goes",
        "response-maximum-widened",
        {f"{BACK}/progress/maximum": DROP},
    ),
    (
        "a field's steps get finer",
        "response-multiple-of-widened",
        {f"{BACK}/cost/multipleOf": 0.25},
    ),
    (
        "a field's text grows",
        "response-max-length-widened",
        {f"{BACK}/log/maxLength": 999},
    ),
    (
        "a field's list grows",
        "response-max-items-widened",
        {f"{BACK}/video/properties/tags/maxItems": 99},
    ),
    (
        "a field's pattern goes",
        "response-pattern-removed",
        {f"{BACK}/label/pattern": DROP},
    ),
    (
        "a field's pattern changes",
        "response-pattern-changed",
        {f"{BACK}/label/pattern": "^.+$"},
    ),
    (
        "a field's format changes",
        "response-format-changed",
        {f"{BACK}/label/format": "ipv4"},
    ),
    (
        "a field's text may be shorter",
        "response-min-length-widened",
        {f"{BACK}/label/minLength": 0},
    ),
    (
        "a field's list may be empty",
        "response-min-items-widened",
        {f"{BACK}/parts/minItems": DROP},
    ),
    (
        "a field's items may be equal",
        "response-unique-items-removed",
        {f"{BACK}/parts/uniqueItems": DROP},
    ),
    (
        "a field's object may be empty",
        "response-min-properties-widened",
        {f"{BACK}/meta/minProperties": DROP},
    ),
    (
        "a field's object grows",
        "response-max-properties-widened",
        {f"{BACK}/meta/maxProperties": 10},
    ),
    (
        "a field's steps change",
        "response-multiple-of-changed",
        {f"{BACK}/cost/multipleOf": 0.3},
    ),
    (
        "a field's alternative comes",
        "response-option-added",
        {f"{BACK}/result/anyOf/-": {"type": "boolean"}},
    ),
    (
        "a state comes",
        "lifecycle-state-added",
        {f"{BACK}/status/enum": ["queued", "done", "failed", "paused"]},
    ),
    (
        "a state goes",
        "lifecycle-state-removed",
        {f"{BACK}/status/enum": ["queued", "done"]},
    ),
    (
        "a good status goes",
        "response-success-removed",
        {f"{MAKE}/responses/200": DROP},
    ),
    (
        "a good status changes",
        "response-success-changed",
        {
            f"{MAKE}/responses/200": DROP,
            f"{MAKE}/responses/202": _DOCUMENT["paths"]["/make"]["post"]["responses"][
                "200"
            ],
        },
    ),
    (
        "an answer's schema goes",
        "response-schema-removed",
        {f"{MAKE}/responses/200/content": DROP},
    ),
    (
        "an answer's media type goes",
        "response-media-type-removed",
        {f"{JOB}/responses/200/content/text~1csv": DROP},
    ),
    (
        "a header goes",
        "response-header-removed",
        {f"{JOB}/responses/200/headers": DROP},
    ),
    (
        "a header may be missing",
        "response-header-optional",
        {f"{JOB}/responses/200/headers/X-Cost/required": False},
    ),
)

_RISKY: _Rows = (
    ("a default changes", "request-default-changed", {f"{SENT}/size/default": "720p"}),
    ("a default comes", "request-default-added", {f"{SENT}/seed/default": 7}),
    ("a default goes", "request-default-removed", {f"{SENT}/frames/default": DROP}),
    (
        "a parameter is deprecated",
        "request-deprecated",
        {f"{SENT}/note/deprecated": True},
    ),
    ("a field is deprecated", "response-deprecated", {f"{BACK}/log/deprecated": True}),
    (
        "a field's default changes",
        "response-default-changed",
        {f"{BACK}/label/default": "b"},
    ),
    (
        "a field's default goes",
        "response-default-removed",
        {f"{BACK}/label/default": DROP},
    ),
    (
        "a field's unread keyword comes",
        "response-keyword-changed",
        {f"{BACK}/log/not": {}},
    ),
    ("a webhook comes", "document-keyword-changed", {"/webhooks": {"done": {}}}),
    ("a call is deprecated", "operation-deprecated", {f"{MAKE}/deprecated": True}),
    (
        "an unread keyword comes",
        "request-keyword-changed",
        {f"{SENT}/note/not": {"enum": ["x"]}},
    ),
    (
        "a callback comes",
        "operation-keyword-changed",
        {f"{MAKE}/callbacks": {"done": {}}},
    ),
    (
        "another good status comes",
        "response-success-added",
        {f"{MAKE}/responses/202": {"description": "Later."}},
    ),
    ("a refusal goes", "response-error-removed", {f"{JOB}/responses/404": DROP}),
)

_COMPATIBLE: _Rows = (
    (
        "a parameter comes",
        "request-parameter-added",
        {f"{SENT}/tier": {"type": "string"}},
    ),
    (
        "a parameter becomes optional",
        "request-parameter-optional",
        {f"{IN}/required": ["model"]},
    ),
    (
        "a query parameter comes",
        "request-parameter-added",
        {
            f"{MAKE}/parameters/-": {
                "name": "hook",
                "in": "query",
                "schema": {"type": "string"},
            }
        },
    ),
    ("a type widens", "request-type-widened", {f"{SENT}/seed/type": "number"}),
    ("null is taken", "request-nullable-added", {f"{SENT}/note/nullable": True}),
    ("a list of values goes", "request-enum-dropped", {f"{SENT}/size/enum": DROP}),
    (
        "a value comes",
        "request-enum-value-added",
        {f"{SENT}/size/enum": ["480p", "580p", "720p", "1080p"]},
    ),
    ("a format goes", "request-format-widened", {f"{SENT}/image/format": DROP}),
    (
        "a format widens",
        "request-format-widened",
        {f"{SENT}/camera/properties/pan/format": "double"},
    ),
    ("a pattern goes", "request-pattern-removed", {f"{SENT}/code/pattern": DROP}),
    ("a minimum falls", "request-minimum-widened", {f"{SENT}/frames/minimum": 1}),
    ("a maximum rises", "request-maximum-widened", {f"{SENT}/frames/maximum": 321}),
    ("steps go", "request-multiple-of-widened", {f"{SENT}/frames/multipleOf": DROP}),
    (
        "more items are taken",
        "request-max-items-widened",
        {f"{SENT}/images/maxItems": 9},
    ),
    (
        "items may be equal",
        "request-unique-items-removed",
        {f"{SENT}/images/uniqueItems": False},
    ),
    (
        "other members are taken",
        "request-additional-opened",
        {f"{SENT}/camera/additionalProperties": True},
    ),
    (
        "an alternative comes",
        "request-option-added",
        {f"{SENT}/voice/oneOf/-": {"type": "integer"}},
    ),
    (
        "the body becomes optional",
        "request-body-optional",
        {f"{MAKE}/requestBody/required": False},
    ),
    (
        "another media type is taken too",
        "request-media-type-added",
        {f"{MAKE}/requestBody/content/text~1csv": {}},
    ),
    (
        "a body may be anything",
        "request-schema-removed",
        {f"{MAKE}/requestBody/content/multipart~1form-data/schema": DROP},
    ),
    ("a call comes", "operation-added", {"/paths/~1list": {"get": {"responses": {}}}}),
    (
        "a call is called otherwise",
        "operation-id-changed",
        {f"{MAKE}/operationId": "create"},
    ),
    (
        "a server comes",
        "server-added",
        {"/servers/-": {"url": "https://eu.films.test"}},
    ),
    ("no key is needed", "security-removed", {"/security": DROP}),
    (
        "another key will do",
        "security-option-added",
        {"/security/-": {"key": [], "more": []}},
    ),
    (
        "a scheme is declared",
        "security-scheme-added",
        {"/components/securitySchemes/more": {"type": "http", "scheme": "basic"}},
    ),
    (
        "a placeholder is renamed",
        "request-placeholder-renamed",
        {
            "/paths/~1jobs~1{id}": DROP,
            "/paths/~1jobs~1{job}": _DOCUMENT["paths"]["/jobs/{id}"],
            "/paths/~1jobs~1{job}/get/parameters/0/name": "job",
        },
    ),
    ("a field comes", "response-field-added", {f"{BACK}/eta": {"type": "number"}}),
    (
        "a required field comes",
        "response-field-added",
        {f"{BACK}/eta": {"type": "number"}, f"{OUT}/required": ["id", "status", "eta"]},
    ),
    (
        "a field always comes",
        "response-field-required",
        {f"{OUT}/required": ["id", "status", "kind"]},
    ),
    (
        "a field is never null",
        "response-nullable-removed",
        {f"{BACK}/video/nullable": DROP},
    ),
    (
        "a field's value goes",
        "response-enum-value-removed",
        {f"{BACK}/kind/enum": ["film"]},
    ),
    (
        "a field's maximum falls",
        "response-maximum-tightened",
        {f"{BACK}/progress/maximum": 99},
    ),
    (
        "more may come in a field",
        "response-additional-opened",
        {f"{BACK}/extra/additionalProperties": DROP},
    ),
    (
        "a refusal is declared",
        "response-error-added",
        {f"{MAKE}/responses/422": {"description": "Refused."}},
    ),
    (
        "another media type comes on request",
        "response-media-type-added",
        {f"{MAKE}/responses/200/content/application~1xml": {}},
    ),
    (
        "a header comes",
        "response-header-added",
        {f"{JOB}/responses/200/headers/X-Left": {"schema": {"type": "integer"}}},
    ),
)

_COSMETIC = (
    (
        "a description changes",
        "request-description-changed",
        {f"{SENT}/prompt/description": "The film."},
    ),
    (
        "an example comes",
        "request-description-changed",
        {f"{SENT}/note/example": "abc"},
    ),
    ("a title comes", "response-description-changed", {f"{OUT}/title": "Job"}),
    ("a document's extension comes", "document-extension-changed", {"/x-build": 7}),
    (
        "a field's extension comes",
        "response-extension-changed",
        {f"{BACK}/log/x-order": 3},
    ),
    ("an extension comes", "request-extension-changed", {f"{SENT}/note/x-order": 3}),
    (
        "a call's extension comes",
        "operation-extension-changed",
        {f"{MAKE}/x-code": "go"},
    ),
    (
        "a summary changes",
        "operation-description-changed",
        {f"{MAKE}/summary": "Make."},
    ),
    ("the version changes", "document-description-changed", {"/info/version": "2"}),
    (
        "an answer is described",
        "response-description-changed",
        {f"{JOB}/responses/404/description": "No."},
    ),
)

_SAME = (
    ("an enum is ordered otherwise", {f"{SENT}/size/enum": ["720p", "480p", "580p"]}),
    ("required is ordered otherwise", {f"{IN}/required": ["prompt", "model"]}),
    ("an unused component changes", {"/components/schemas/Unused/type": "object"}),
    (
        "a reference is inlined",
        {f"{SENT}/images/items": _DOCUMENT["components"]["schemas"]["Image"]},
    ),
    (
        "a schema is split by allOf",
        {
            f"{SENT}/prompt": {
                "allOf": [
                    {"type": "string", "minLength": 1},
                    {"maxLength": 800, "description": "What happens in the film."},
                ]
            }
        },
    ),
    (
        "a schema that admits null is split by allOf",
        {
            f"{SENT}/scale": {
                "allOf": [
                    {"type": "number", "nullable": True},
                    {"minimum": 1, "maximum": 20},
                ]
            }
        },
    ),
    (
        "a schema moves to the components",
        {
            f"{SENT}/seed": {"$ref": "#/components/schemas/Seed"},
            "/components/schemas/Seed": {"type": "integer", "minimum": 0},
        },
    ),
    (
        "what is assumed is said",
        {
            f"{SENT}/note/nullable": False,
            f"{SENT}/note/minLength": 0,
            f"{IN}/additionalProperties": True,
        },
    ),
    (
        "an exclusive bound of a whole number is said inclusively",
        {f"{SENT}/seed": {"type": "integer", "minimum": -1, "exclusiveMinimum": True}},
    ),
    ("an alternative stands alone", {f"{SENT}/note": {"anyOf": [{"type": "string"}]}}),
    (
        "a constant is a list of one",
        {f"{SENT}/model": {"type": "string", "const": "one"}},
    ),
    ("a server ends in a slash", {"/servers/0/url": "https://api.films.test/"}),
    ("a style is said that is assumed", {f"{MAKE}/parameters/0/style": "form"}),
    (
        "a scheme is called otherwise",
        {
            "/components/securitySchemes": {
                "token": {"type": "http", "scheme": "Bearer"}
            },
            "/security": [{"token": []}],
        },
    ),
)

EDITS: Final = tuple(
    Edit(title, severity, rule, changes)
    for severity, rows in (
        ("breaking", _BREAKING),
        ("risky", _RISKY),
        ("compatible", _COMPATIBLE),
        ("cosmetic", _COSMETIC),
    )
    for title, rule, changes in rows
)
"""Every edit that changes something."""

NOTHING: Final = tuple(Edit(title, "", "", changes) for title, changes in _SAME)
"""Edits after which the document says the same in other words."""
