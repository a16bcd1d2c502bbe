from typing import Any

ProjectorConfig: Any
