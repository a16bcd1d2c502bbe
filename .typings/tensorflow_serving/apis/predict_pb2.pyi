# Protobuf makes these modules while they are imported; there is nothing to read.
from typing import Any

def __getattr__(name: str) -> Any: ...
