from typing import Any

class Summary:
    value: Any
