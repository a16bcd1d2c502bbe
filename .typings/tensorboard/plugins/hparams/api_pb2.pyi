from typing import Any

Status: Any
