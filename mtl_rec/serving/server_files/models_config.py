"""Which versions TensorFlow Serving loads, as the file that it polls says it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mtl_rec.errors import ArtifactError
from mtl_rec.serving.server_files.places import MODELS_CONFIG, model_path

_HEAD = """\
# What TensorFlow Serving loads (--model_config_file). Generated: `mtl-rec publish`,
# `label` and `rollback` write it anew, so change it with them.
"""
_LATEST = """\
    # The newest version. The server loads it, and only then lets the one before go.
    model_version_policy { latest { num_versions: 1 } }
"""
_SPECIFIC = """\
    # Only these versions; a newer one waits until it has a label. A request that names
    # neither label nor version goes to the highest number among them, canary or not:
    # ask for /v1/models/%s/labels/stable, or set `version_label` in gRPC.
"""


@dataclass(frozen=True)
class Rollout:
    """Which versions a server loads.

    Attributes:
        labels: Version by label. Without any, a server loads the newest version.
        also_loaded: Versions that it loads beside those with a label.
    """

    labels: Mapping[str, int] = field(default_factory=dict)
    also_loaded: frozenset[int] = frozenset()

    @property
    def loaded(self) -> list[int]:
        """The versions that are asked for by number, in rising order."""
        return sorted({*self.labels.values(), *self.also_loaded})

    def labels_of(self, version: int) -> list[str]:
        """The labels of one version."""
        return [label for label, number in self.labels.items() if number == version]


def read_rollout(model_directory: Path) -> Rollout:
    """What the `models.config` of a model says; no labels if there is none.

    Args:
        model_directory: Holds the versions.

    Raises:
        ArtifactError: The file is not such a config, or has no model of this name.
    """
    from google.protobuf import text_format
    from tensorflow_serving.config.model_server_config_pb2 import ModelServerConfig

    path = model_directory / MODELS_CONFIG
    config = ModelServerConfig()
    try:
        text_format.Parse(path.read_text(encoding="utf-8"), config)
    except FileNotFoundError:
        return Rollout()
    except (text_format.ParseError, UnicodeDecodeError) as error:
        raise ArtifactError(
            f"'{path}' must be a ModelServerConfig. Received: {error}. Remove the file "
            "and set the labels anew with `mtl-rec label`."
        ) from error
    models = {model.name: model for model in config.model_config_list.config}
    model = models.get(model_directory.resolve().name)
    if model is None:
        raise ArtifactError(
            f"'{path}' must have the model '{model_directory.resolve().name}', after "
            f"its directory. Received: {sorted(models)}."
        )
    labels = dict(sorted(model.version_labels.items()))
    loaded = model.model_version_policy.specific.versions
    return Rollout(labels, frozenset(loaded) - frozenset(labels.values()))


def models_config(name: str, rollout: Rollout) -> str:
    """A ModelServerConfig of one model, as text.

    Args:
        name: Of the model, in requests.
        rollout: Which versions to load.
    """
    policy = _LATEST
    if rollout.loaded:
        numbers = "".join(f" versions: {version}" for version in rollout.loaded)
        policy = _SPECIFIC % name
        policy += f"    model_version_policy {{ specific {{{numbers} }} }}\n"
    labels = "".join(
        f'    version_labels {{ key: "{label}" value: {version} }}\n'
        for label, version in sorted(rollout.labels.items())
    )
    return (
        f"{_HEAD}model_config_list {{\n"
        "  config {\n"
        f'    name: "{name}"\n'
        f'    base_path: "{model_path(name)}"\n'
        '    model_platform: "tensorflow"\n'
        f"{policy}{labels}"
        "  }\n"
        "}\n"
    )
