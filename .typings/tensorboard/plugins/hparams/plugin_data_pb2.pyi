from typing import Any

HParamsPluginData: Any
SessionEndInfo: Any
