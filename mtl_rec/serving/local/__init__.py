"""A server for development and CI that answers as TensorFlow Serving does."""

from typing import TYPE_CHECKING

from mtl_rec.lazy_names import lazy_names

__all__ = ["LocalServer"]

# Loaded when used: it needs TensorFlow and the packages of the extra `serve`.
if TYPE_CHECKING:
    from mtl_rec.serving.local.server import LocalServer
else:
    __getattr__ = lazy_names(__name__, {"LocalServer": "server"})
