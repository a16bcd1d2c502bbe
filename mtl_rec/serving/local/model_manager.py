"""All models of a server: which there are, which versions, which labels."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import grpc
from tensorflow_serving.apis.get_model_status_pb2 import ModelVersionStatus
from tensorflow_serving.apis.model_pb2 import ModelSpec
from tensorflow_serving.config.model_server_config_pb2 import (
    ModelConfig,
    ModelServerConfig,
)

from mtl_rec.serving.local.loaded_version import LoadedVersion
from mtl_rec.serving.local.model_versions import ModelVersions
from mtl_rec.serving.local.models_config import check_models_config
from mtl_rec.serving.local.status import StatusError, invalid_argument
from mtl_rec.serving.local.version_folders import versions_in, versions_to_serve
from mtl_rec.serving.local.warm_up import warm_up

_logger = logging.getLogger(__name__)

Labels = dict[str, dict[str, int]]


class ModelManager:
    """The models of a config; requests lease their versions."""

    def __init__(self) -> None:
        # Held while versions are loaded and unloaded, which requests don't wait for.
        self._following = threading.Lock()
        self._configs: dict[str, ModelConfig] = {}
        self._models: dict[str, ModelVersions] = {}
        self._labels: Labels = {}

    def apply(self, config: ModelServerConfig) -> None:
        """Serves what a config says instead of what was served.

        Args:
            config: A list of models; labels may be new ones of versions to come.

        Raises:
            StatusError: The list is wrong, or a label moves to a version that isn't
                loaded. Nothing changed then.
        """
        check_models_config(config)
        with self._following:
            self._labels = self._checked_labels(config)
            self._configs = {m.name: m for m in config.model_config_list.config}
            # A new dictionary, as others may be at work on the old one.
            self._models = {
                name: ModelVersions(name, partial(_load, name))
                for name in self._configs
            } | self._models
            self._follow_all()

    def poll(self) -> None:
        """Looks at the folders once; loads and unloads versions as they ask."""
        with self._following:
            self._follow_all()

    def close(self) -> None:
        """Unloads everything, once the requests under way are answered."""
        with self._following:
            self._configs, self._labels = {}, {}
            self._follow_all()

    @contextmanager
    def lease(self, spec: ModelSpec) -> Iterator[LoadedVersion]:
        """The version that a request asks for, loaded for as long as it takes.

        Args:
            spec: Of the request.

        Raises:
            StatusError: There is no such model, version or label.
        """
        if not spec.name:
            raise invalid_argument("ModelSpec has no name specified.")
        number = self._number(spec)
        model = self._models.get(spec.name)
        if model is None:
            raise StatusError(
                grpc.StatusCode.NOT_FOUND,
                f"Servable not found for request: Latest({spec.name})",
            )
        with model.lease(number) as version:
            yield version

    def statuses(self, spec: ModelSpec) -> list[ModelVersionStatus]:
        """States of the versions of a model, newest first.

        Args:
            spec: Names the model, and a version if only that is asked for.

        Raises:
            StatusError: There is no such model or version.
        """
        model = self._models.get(spec.name)
        statuses = model.statuses() if model is not None else {}
        if spec.WhichOneof("version_choice") == "version":
            number = spec.version.value
            if number not in statuses:
                raise _no_version(f"version {number}", spec.name)
            return [statuses[number]]
        if not statuses:
            raise _no_version("any versions", spec.name)
        return list(statuses.values())

    def newest_versions(self) -> list[LoadedVersion]:
        """Of each model that serves one, the version that requests go to."""
        versions = (model.newest() for model in self._models.values())
        return [version for version in versions if version is not None]

    def failures(self) -> dict[str, str]:
        """By name of each model that serves no version: why."""
        return {
            name: _reason(self._models[name])
            for name in self._configs
            if self._models[name].newest() is None
        }

    def _number(self, spec: ModelSpec) -> int | None:
        match spec.WhichOneof("version_choice"):
            case "version":
                return spec.version.value
            case "version_label":
                labels = self._labels.get(spec.name, {})
                if spec.version_label not in labels:
                    raise invalid_argument(
                        f"Unrecognized servable version label: {spec.version_label}"
                    )
                return labels[spec.version_label]
        return None

    def _checked_labels(self, config: ModelServerConfig) -> Labels:
        for model in config.model_config_list.config:
            versions = self._models.get(model.name)
            before = self._labels.get(model.name, {})
            for label, number in model.version_labels.items():
                moves = before.get(label, number) != number
                if moves and not (versions and versions.is_available(number)):
                    raise StatusError(
                        grpc.StatusCode.FAILED_PRECONDITION,
                        f"Request to assign label '{label}' to version {number} of "
                        f"model {model.name}, which is not currently available for "
                        "inference",
                    )
        models = config.model_config_list.config
        return {model.name: dict(model.version_labels) for model in models}

    def _follow_all(self) -> None:
        for name, model in self._models.items():
            self._follow(model, self._configs.get(name))

    def _follow(self, model: ModelVersions, config: ModelConfig | None) -> None:
        if config is None:
            model.follow({})
            return
        try:
            found = versions_in(Path(config.base_path))
        except OSError as error:
            # The folder may be back at the next look; until then nothing changes.
            _logger.warning("Model %s: %s.", config.name, error)
            return
        wanted = versions_to_serve(config.model_version_policy, found)
        if not wanted:
            _logger.warning("No versions of %s in %s.", config.name, config.base_path)
        model.follow(wanted)


def _load(name: str, number: int, directory: Path) -> LoadedVersion:
    version = LoadedVersion(name, number, directory)
    try:
        warm_up(version)
    except BaseException:
        version.close()
        raise
    return version


def _reason(model: ModelVersions) -> str:
    failed = [
        f"version {number}: {status.status.error_message}"
        for number, status in model.statuses().items()
        if status.status.error_message
    ]
    return "; ".join(failed) or "its folder has no version to serve"


def _no_version(what: str, model_name: str) -> StatusError:
    return StatusError(
        grpc.StatusCode.NOT_FOUND, f"Could not find {what} of model {model_name}"
    )
