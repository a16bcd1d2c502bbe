"""From a verified version to answers: publish, serve locally, ask."""

from typing import TYPE_CHECKING

from mtl_rec.lazy_names import lazy_names

if TYPE_CHECKING:
    from mtl_rec.serving.client import AsyncClient, Client
    from mtl_rec.serving.local import LocalServer
    from mtl_rec.serving.versions import (
        list_versions,
        publish_version,
        roll_back,
        set_labels,
    )
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "AsyncClient": "client",
            "Client": "client",
            "LocalServer": "local",
            "list_versions": "versions",
            "publish_version": "versions",
            "roll_back": "versions",
            "set_labels": "versions",
        },
    )

__all__ = [
    "AsyncClient",
    "Client",
    "LocalServer",
    "list_versions",
    "publish_version",
    "roll_back",
    "set_labels",
]
