"""What docstrings promise: the arguments they describe exist."""

import importlib
import inspect
import pkgutil
import re

import pytest

import mtl_rec

STARS = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}

MODULES = [
    module.name
    for module in pkgutil.walk_packages(mtl_rec.__path__, "mtl_rec.")
    if not re.search(r"\.(rungs\.|__main__|steps\.jax)", module.name)
]


def public_callables(module_name):
    module = importlib.import_module(module_name)
    for name, value in vars(module).items():
        is_own = getattr(value, "__module__", None) == module_name
        if is_own and not name.startswith("_") and callable(value):
            yield value
            if inspect.isclass(value):
                yield from (
                    inspect.unwrap(member)
                    for member_name, member in vars(value).items()
                    if inspect.isfunction(member) and not member_name.startswith("_")
                )


def described_arguments(value):
    text = inspect.getdoc(value) or ""
    section = re.search(r"^Args:\n((?:[ ]{4}.*\n?|\n)+)", text, re.MULTILINE)
    lines = section[1].splitlines() if section else []
    return [
        match[1] for line in lines if (match := re.match(r" {4}(\*{0,2}\w+):", line))
    ]


@pytest.mark.parametrize("module_name", MODULES)
def test_described_arguments_are_those_of_the_signature(module_name):
    for value in public_callables(module_name):
        described = described_arguments(value)
        if not described:
            continue
        parameters = inspect.signature(value).parameters.values()
        names = [STARS.get(p.kind, "") + p.name for p in parameters]
        names = [n for n in names if n not in ("self", "cls")]
        if inspect.isclass(value):
            names = [n for n in names if n not in ("*args", "**kwargs")]
        assert described == names, f"{module_name}.{value.__qualname__}"


def test_some_arguments_are_described():
    described = [
        argument
        for module_name in MODULES
        for value in public_callables(module_name)
        for argument in described_arguments(value)
    ]
    assert len(described) > 100
