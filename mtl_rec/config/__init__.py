"""YAML to frozen, validated values."""

from mtl_rec.config.loading import load_config
from mtl_rec.config.run import RunConfig

__all__ = ["RunConfig", "load_config"]
