"""YAML read defensively: bounded, plain values only, nothing silently overwritten."""

from collections.abc import Hashable

import yaml

MAX_BYTES = 4_000_000
MAX_DEPTH = 40


class UnsafeYaml(ValueError):
    """The text is not YAML we are willing to read; the message is one sentence."""


class WrittenFloat(float):
    """A float that remembers how it was written, so that 0.90 is shown as 0.90."""

    written = ""

    def __str__(self) -> str:
        return self.written


class _Loader(yaml.CSafeLoader):
    """Only strings, numbers, true/false, null, lists and mappings without repeated keys."""

    def construct_mapping(self, node: yaml.Node, deep: bool = False) -> dict[Hashable, object]:
        mapping: dict[Hashable, object] = {}
        for key_node, value_node in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, (str, int)):
                raise UnsafeYaml(f"{_line(key_node)} has a key that is not a word or a number.")
            if key in mapping:
                raise UnsafeYaml(f"{_line(key_node)} repeats the key '{key}'.")
            mapping[key] = self.construct_object(value_node, deep=deep)
        return mapping


def _line(place: yaml.Node | yaml.Event) -> str:
    return f"line {place.start_mark.line + 1}" if place.start_mark else "a line"


def _written_float(loader: _Loader, node: yaml.ScalarNode) -> WrittenFloat:
    value = WrittenFloat(yaml.CSafeLoader.construct_yaml_float(loader, node))
    value.written = node.value
    return value


def _strict_bool(loader: _Loader, node: yaml.ScalarNode) -> bool | str:
    # YAML 1.1 reads an option "No" or "On" as a truth value; only true and false are meant here.
    return {"true": True, "false": False}.get(node.value.lower(), str(node.value))


def _as_text(loader: _Loader, node: yaml.ScalarNode) -> str:
    return str(node.value)


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Hashable, object]:
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
_Loader.add_constructor("tag:yaml.org,2002:float", _written_float)
_Loader.add_constructor("tag:yaml.org,2002:bool", _strict_bool)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _as_text)


def load(data: bytes) -> object:
    """The document's value; raises `UnsafeYaml` with one sentence that starts in lower case."""
    if len(data) > MAX_BYTES:
        raise UnsafeYaml(f"the file is larger than {MAX_BYTES // 1_000_000} MB.")
    try:
        text = data.decode("utf-8-sig")
        _check_events(text)
        return yaml.load(text, Loader=_Loader)
    except UnicodeDecodeError as error:
        raise UnsafeYaml("the file is not UTF-8 text.") from error
    except yaml.MarkedYAMLError as error:
        raise UnsafeYaml(_explain(error)) from error
    except (yaml.YAMLError, ValueError) as error:
        if isinstance(error, UnsafeYaml):
            raise
        raise UnsafeYaml("the file is not valid YAML.") from error


def _check_events(text: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise UnsafeYaml(f"{_line(event)} uses an alias; write it out.")
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise UnsafeYaml(f"{_line(event)} is nested too deeply.")


def _explain(error: yaml.MarkedYAMLError) -> str:
    line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
    return f"{line}this is not valid YAML ({error.problem or error.context})."
