"""Models, written by datamodel-code-generator in this process."""

from typing import Any

from datamodel_code_generator import GenerateConfig, generate
from datamodel_code_generator.enums import (
    DataModelType,
    InputFileType,
    TargetPydanticVersion,
)
from datamodel_code_generator.format import Formatter, PythonVersion
from datamodel_code_generator.parser import LiteralType

from codegen.ir import ModelsModule
from codegen.names import identifier, unique
from codegen.vet import vet_models

_PLACEHOLDER = "# models\n"  # without a header the generator writes one of its own


def render_models(module: ModelsModule, *, where: str) -> str:
    """Return the Python text of *module*, proven to hold types and data alone."""
    text = generate(_openapi(module), config=_config(module, where))
    assert isinstance(text, str), "names without dots give a single module"
    fields = {name: it["properties"] for name, it in module.schemas.items()}
    vet_models(text, where=where, classes=fields)
    return text.removeprefix(_PLACEHOLDER)


def _openapi(module: ModelsModule) -> dict[str, Any]:
    return {
        "openapi": "3.1.0",
        "info": {"title": "models", "version": "1"},
        "paths": {},
        "components": {"schemas": module.schemas},
    }


def _plain_names(module: ModelsModule, where: str) -> dict[str, str]:
    """Return the names of fields whose wire name is not ASCII.

    Python folds such names (`º` is `o`), which the model generator does not expect.
    """
    wire = {name for it in module.schemas.values() for name in it["properties"]}
    odd = sorted(it for it in wire if not it.isascii())
    names = [identifier(it, where=where, prefix="field") for it in odd]
    return dict(zip(odd, unique(names, taken=wire), strict=True))


def _config(module: ModelsModule, where: str) -> GenerateConfig:
    return GenerateConfig(
        input_file_type=InputFileType.OpenAPI,
        output_model_type=DataModelType.PydanticV2BaseModel,
        target_python_version=PythonVersion.PY_311,
        target_pydantic_version=TargetPydanticVersion.V2_14,
        base_class="reel_clients._runtime.models.Model",
        # Nothing may be read but what is handed in.
        allow_remote_refs=False,
        treat_dot_as_module=False,
        # What is not given is not sent; null goes out only where it is allowed.
        use_missing_sentinel=module.is_input,
        strict_nullable=True,
        enum_field_as_literal=LiteralType.All,
        field_constraints=True,
        field_extra_keys_without_x_prefix={"x-format"},
        use_annotated=True,
        use_standard_collections=True,
        use_union_operator=True,
        snake_case_field=True,
        aliases=_plain_names(module, where),
        # The texts are for readers: pydantic would parse the source to find them.
        use_schema_description=True,
        use_field_description=True,
        use_inline_field_description=True,
        use_single_line_docstring=True,
        use_double_quotes=True,
        disable_timestamp=True,
        custom_file_header=_PLACEHOLDER,
        formatters=[Formatter.BUILTIN],
    )
