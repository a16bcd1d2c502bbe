"""What a train step hands to layers beside the inputs of the graph."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

Value = TypeVar("Value")


@contextmanager
def given(variable: ContextVar[Value], value: Value) -> Iterator[None]:
    """While active, the variable has this value; then the one from before."""
    token = variable.set(value)
    try:
        yield
    finally:
        variable.reset(token)
