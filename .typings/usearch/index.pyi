"""An extra, which need not be installed to check types."""

from typing import Any

def __getattr__(name: str) -> Any: ...
