# pyarrow is compiled and carries no types; some functions are only made on import.
from typing import Any

def __getattr__(name: str) -> Any: ...
