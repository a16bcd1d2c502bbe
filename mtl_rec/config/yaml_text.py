"""YAML text to plain values and back, stricter than PyYAML and nearer to YAML 1.2."""

import json
import re
from typing import Any

import yaml

from mtl_rec.errors import ConfigError

_TEXT_TAG = "tag:yaml.org,2002:str"
_MERGE_TAG = "tag:yaml.org,2002:merge"


class _Loader(yaml.SafeLoader):
    """Refuses names of settings that are no text, or given twice."""

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        node = super().compose_mapping_node(anchor)
        seen = set()
        for key, _ in node.value:
            if key.tag == _MERGE_TAG:
                continue
            if key.tag != _TEXT_TAG:
                problem = "the name of a setting must be text. Received: "
                if isinstance(key, yaml.ScalarNode):
                    problem += f"{key.value}. Put it in quotes"
                else:
                    problem += f"a {key.id}"
            elif key.value in seen:
                problem = f"'{key.value}' is given twice"
            else:
                seen.add(key.value)
                continue
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=key.start_mark)
        return node


class _Dumper(yaml.SafeDumper):
    """Quotes the texts that the loader would take for numbers."""


for _kind in (_Loader, _Dumper):
    # To PyYAML, `1e-3` is text, as it has no dot, and `1.5e3` too, as it has no sign.
    _kind.add_implicit_resolver(
        "tag:yaml.org,2002:float",
        re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)[eE][-+]?\d+$", re.ASCII),
        list("-+.0123456789"),
    )


def parse(text: str, source: str) -> Any:
    """The values that a YAML text stands for: what JSON has, dates are text.

    Args:
        text: The YAML.
        source: What it is called in errors.

    Raises:
        ConfigError: It is not YAML.
    """
    place = ""
    try:
        # Through JSON, so that nothing is shared: an override of an aliased section
        # must not reach the others.
        values = yaml.load(text, Loader=_Loader)
        plain = json.dumps(values, default=str, ensure_ascii=False)
        return json.loads(plain.encode())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        if mark is not None:
            place = f" at line {mark.line + 1}, column {mark.column + 1}"
        reason = " ".join(filter(None, [error.context, error.problem]))
        if "'\\t'" in reason:
            reason += ". Indent with spaces"
    except yaml.YAMLError as error:
        reason = str(error).partition("\n")[0]
    except RecursionError:
        reason = "it is nested too deeply"
    except ValueError as error:
        reason = str(error)
    raise ConfigError(f"{source} is not valid YAML{place}: {reason}.")


def render(values: Any) -> str:
    """Plain values as YAML that `parse` reads back."""
    return yaml.dump(values, Dumper=_Dumper, sort_keys=False, allow_unicode=True)


def render_inline(values: Any) -> str:
    """Plain values as YAML in one line."""
    text = yaml.dump(
        values,
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=True,
        width=float("inf"),
    )
    return text.removesuffix("\n").removesuffix("\n...")
