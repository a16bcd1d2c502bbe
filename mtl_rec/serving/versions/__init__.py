"""Versions of a model where a server watches: published, labelled, taken back."""

from typing import TYPE_CHECKING

from mtl_rec.lazy_names import lazy_names

if TYPE_CHECKING:
    from mtl_rec.serving.versions.labels import set_labels
    from mtl_rec.serving.versions.listing import VersionEntry, list_versions
    from mtl_rec.serving.versions.placing import PublishedVersion
    from mtl_rec.serving.versions.publish import publish_version
    from mtl_rec.serving.versions.refreshing import refresh_server_files
    from mtl_rec.serving.versions.rolling_back import RolledBack, roll_back
    from mtl_rec.serving.versions.thresholds import GateThresholds
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "GateThresholds": "thresholds",
            "PublishedVersion": "placing",
            "RolledBack": "rolling_back",
            "VersionEntry": "listing",
            "list_versions": "listing",
            "publish_version": "publish",
            "refresh_server_files": "refreshing",
            "roll_back": "rolling_back",
            "set_labels": "labels",
        },
    )

__all__ = [
    "GateThresholds",
    "PublishedVersion",
    "RolledBack",
    "VersionEntry",
    "list_versions",
    "publish_version",
    "refresh_server_files",
    "roll_back",
    "set_labels",
]
