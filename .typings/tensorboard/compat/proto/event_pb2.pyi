# Protobuf makes these modules while they are imported; there is nothing to read.
from typing import Any

class Event:
    wall_time: float
    def __init__(self, **fields: Any) -> None: ...
    def SerializeToString(self) -> bytes: ...

SessionLog: Any
