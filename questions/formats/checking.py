"""YAML files held against their published schema, and what does not fit, as sentences."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, cast

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.exceptions import relevance

from . import safe_yaml

Entry = Mapping[str, Any]

SCHEMAS = Path(__file__).parent / "schema"
TYPES = {
    "string": "text (put it in quotes)",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a group of fields",
    "null": "null",
}
SENTENCES = {
    "maxLength": "it is longer than {} characters.",
    "minLength": "it is empty.",
    "maxItems": "it has more than {} entries.",
    "minItems": "it needs at least {} entries.",
    "minProperties": "it says too little.",
    "minimum": "it must be at least {}.",
    "maximum": "it must be at most {}.",
    "exclusiveMinimum": "it must be more than {}.",
    "pattern": "it is not written as expected.",
    "const": "it must be {}.",
    "uniqueItems": "an entry stands twice.",
}


class BankFileError(ValueError):
    """A bank file cannot be read; the message is one sentence naming file, question and field."""


@cache
def _validator(schema: str) -> Draft202012Validator:
    text = (SCHEMAS / f"{schema}.schema.json").read_text(encoding="utf-8")
    return Draft202012Validator(json.loads(text))


def checked(name: str, data: bytes, schema: str) -> Any:
    """The value of a YAML file that fits the schema of this name. Raises BankFileError."""
    try:
        value = safe_yaml.load(data)
    except safe_yaml.UnsafeYaml as error:
        raise BankFileError(f"{name}, {error}") from error
    errors = sorted(
        _validator(schema).iter_errors(value), key=lambda error: list(map(str, error.path))
    )
    if errors:
        raise BankFileError(_sentence(name, value, _deepest(errors[0])))
    return value


def _deepest(error: ValidationError) -> ValidationError:
    # For "oneOf" the innermost error names the real field.
    while error.context:
        error = max(error.context, key=lambda inner: (len(inner.path), relevance(inner)))
    return error


def _sentence(name: str, value: object, error: ValidationError) -> str:
    path, where = list(error.absolute_path), name
    if isinstance(value, list) and path:
        number = int(path.pop(0))
        where += f", question {_code(value[number], number)}"
    field = _dotted(path)
    return f"{where}{f', {field}' if field else ''}: {_plain(error)}"


def _code(entry: object, number: int) -> str:
    code = entry.get("id") if isinstance(entry, dict) else None
    return str(code)[:64] if code else f"number {number + 1}"


def _dotted(path: Sequence[str | int]) -> str:
    text = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def _plain(error: ValidationError) -> str:
    rule, wanted = str(error.validator), cast(Any, error.validator_value)
    found = cast(Any, error.instance)
    if rule == "required":
        return f"'{next(field for field in wanted if field not in found)}' is missing."
    if rule == "additionalProperties":
        return f"'{_unknown_field(error)}' is not a field here."
    if rule == "type":
        kinds = [wanted] if isinstance(wanted, str) else wanted
        return f"it must be {' or '.join(TYPES[kind] for kind in kinds)}."
    if rule == "enum":
        return f"it must be one of {', '.join(map(str, wanted))}."
    return SENTENCES.get(rule, "it is not allowed here.").format(wanted)


def _unknown_field(error: ValidationError) -> str:
    known = cast(Entry, error.schema)["properties"]
    return next(str(field)[:40] for field in cast(Entry, error.instance) if field not in known)
