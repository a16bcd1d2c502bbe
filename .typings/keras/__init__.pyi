# Keras carries no types; what a checker infers from its defaults is wrong.
from typing import Any

def __getattr__(name: str) -> Any: ...
