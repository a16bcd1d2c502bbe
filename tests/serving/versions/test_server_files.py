"""The generated files parse as their readers parse them, and say what is served."""

import os
import re

import pytest
import yaml
from google.protobuf import (
    descriptor_pb2,
    descriptor_pool,
    message_factory,
    text_format,
)
from google.protobuf.wrappers_pb2 import Int64Value  # noqa: F401 - registers its file
from tensorflow_serving.config.model_server_config_pb2 import ModelServerConfig

from mtl_rec.errors import ArtifactError
from mtl_rec.serving.server_files.compose import compose_file
from mtl_rec.serving.server_files.flags import server_flags
from mtl_rec.serving.server_files.kubernetes import kubernetes_file
from mtl_rec.serving.server_files.models_config import Rollout, models_config
from mtl_rec.serving.server_files.places import resource_name
from mtl_rec.serving.versions import refresh_server_files, set_labels

# tensorflow-serving-api has neither message: number, type, and whether it repeats.
INTEGER, BOOLEAN = ".google.protobuf.Int64Value", ".google.protobuf.BoolValue"
MESSAGES = {
    "BatchingParameters": {
        "max_batch_size": (1, INTEGER),
        "batch_timeout_micros": (2, INTEGER),
        "max_enqueued_batches": (3, INTEGER),
        "num_batch_threads": (4, INTEGER),
        "allowed_batch_sizes": (6, "repeated int64"),
        "pad_variable_length_inputs": (7, "bool"),
        "enable_large_batch_splitting": (8, BOOLEAN),
        "max_execution_batch_size": (9, INTEGER),
    },
    "PrometheusConfig": {"enable": (1, "bool"), "path": (2, "string")},
    "MonitoringConfig": {"prometheus_config": (1, ".PrometheusConfig")},
}


@pytest.fixture(scope="module")
def message_of():
    """Message classes of TensorFlow Serving that no package has."""
    file = descriptor_pb2.FileDescriptorProto(
        name="serving_configs.proto",
        syntax="proto3",
        dependency=["google/protobuf/wrappers.proto"],
    )
    kinds = descriptor_pb2.FieldDescriptorProto
    for name, fields in MESSAGES.items():
        message = file.message_type.add(name=name)
        for field, (number, kind) in fields.items():
            added = message.field.add(name=field, number=number)
            *repeated, kind = kind.split()
            added.label = kinds.LABEL_REPEATED if repeated else kinds.LABEL_OPTIONAL
            if kind.startswith("."):
                added.type, added.type_name = kinds.TYPE_MESSAGE, kind
            else:
                added.type = getattr(kinds, f"TYPE_{kind.upper()}")
    descriptor_pool.Default().Add(file)
    return lambda name: message_factory.GetMessageClass(
        descriptor_pool.Default().FindMessageTypeByName(name)
    )


@pytest.fixture
def server(publish_files, model_directory):
    """The folder of the files of a model with three versions."""
    for _ in range(3):
        publish_files()
    return model_directory / "server"


def models_of(server):
    text = (server / "models.config").read_text()
    config = text_format.Parse(text, ModelServerConfig())
    (model,) = config.model_config_list.config
    return model


def test_without_labels_the_server_is_told_to_load_the_newest(server):
    model = models_of(server)

    assert (model.name, model.base_path) == ("shop", "/models/shop")
    assert model.model_platform == "tensorflow"
    assert model.model_version_policy.latest.num_versions == 1
    assert not model.version_labels


def test_with_labels_the_server_is_told_to_load_exactly_these(server, model_directory):
    set_labels(model_directory, {"stable": 1, "canary": 3}, settle_seconds=0)

    model = models_of(server)

    assert list(model.model_version_policy.specific.versions) == [1, 3]
    assert dict(model.version_labels) == {"stable": 1, "canary": 3}


def test_the_batching_parameters_are_valid_and_pad_nothing(server, message_of):
    text = (server / "batching.config").read_text()

    parameters = text_format.Parse(text, message_of("BatchingParameters")())

    assert not parameters.pad_variable_length_inputs
    assert parameters.enable_large_batch_splitting.value
    largest = parameters.max_execution_batch_size.value
    assert 0 < largest <= parameters.max_batch_size.value
    # The server wants the last one to be the largest batch, if there are any.
    assert list(parameters.allowed_batch_sizes)[-1:] in ([], [largest])
    assert "`rank`" in text


def test_the_monitoring_config_turns_prometheus_on(server, message_of):
    text = (server / "monitoring.config").read_text()

    config = text_format.Parse(text, message_of("MonitoringConfig")())

    assert config.prometheus_config.enable
    assert config.prometheus_config.path == "/monitoring/prometheus/metrics"


def flags_of(arguments):
    names = [re.fullmatch(r"--(\w+)=(.+)", argument).groups() for argument in arguments]
    assert len(dict(names)) == len(names)
    return dict(names)


NEEDED = {
    "rest_api_port": "8501",
    "model_config_file": "/models/shop/server/models.config",
    "model_config_file_poll_wait_seconds": "2",
    "file_system_poll_wait_seconds": "1",
    "allow_version_labels_for_unavailable_models": "true",
    "num_load_threads": "2",
    "num_unload_threads": "2",
    "monitoring_config_file": "/models/shop/server/monitoring.config",
}


def test_the_compose_file_starts_a_server_on_cpu_and_by_profile_on_gpu(server):
    compose = yaml.safe_load((server / "compose.yaml").read_text())

    cpu, gpu = compose["services"]["serving"], compose["services"]["serving-gpu"]
    for service in (cpu, gpu):
        assert flags_of(service["command"]).items() >= NEEDED.items()
        assert "enable_batching" not in flags_of(service["command"])
        (volume,) = service["volumes"]
        assert (volume["source"], volume["target"]) == ("..", "/models/shop")
        assert volume["read_only"] is True
    assert "profiles" not in cpu
    assert gpu["profiles"] == ["gpu"]
    assert (cpu["image"], gpu["image"]) == (
        "tensorflow/serving:2.20.0",
        "tensorflow/serving:2.20.0-gpu",
    )


@pytest.mark.parametrize("gpu", [False, True], ids=["cpu", "gpu"])
def test_the_kubernetes_manifest_is_one_service_of_ready_pods(gpu, server):
    file = "kubernetes-gpu.yaml" if gpu else "kubernetes.yaml"
    deployment, service = yaml.safe_load_all((server / file).read_text())

    pod = deployment["spec"]["template"]
    (container,) = pod["spec"]["containers"]
    assert flags_of(container["args"]).items() >= NEEDED.items()
    status = {"path": "/v1/models/shop", "port": "rest"}
    assert container["readinessProbe"]["httpGet"] == status
    loaded = {"path": "/v1/models/shop/metadata", "port": "rest"}
    assert container["startupProbe"]["httpGet"] == loaded
    assert container["volumeMounts"][0]["mountPath"] == "/models/shop"
    claim = pod["spec"]["volumes"][0]["persistentVolumeClaim"]["claimName"]
    assert claim == "shop-models"
    assert ("nvidia.com/gpu" in container["resources"]["limits"]) == gpu
    selector = service["spec"]["selector"]
    assert selector == deployment["spec"]["selector"]["matchLabels"]
    assert selector.items() <= pod["metadata"]["labels"].items()
    ports = {port["targetPort"] for port in service["spec"]["ports"]}
    assert ports == {port["name"] for port in container["ports"]}


def test_a_pod_starts_when_the_version_that_users_get_is_loaded():
    text = kubernetes_file("shop", 0, gpu=False, has_labels=True)

    deployment, _ = yaml.safe_load_all(text)

    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    probe = container["startupProbe"]["httpGet"]
    assert probe["path"] == "/v1/models/shop/labels/stable/metadata"


def test_servers_of_two_models_are_two_projects():
    names = {yaml.safe_load(compose_file(name))["name"] for name in ("shop", "my.2nd")}

    assert names == {"shop", "my-2nd"}


def test_a_pod_has_memory_for_two_versions_and_the_next():
    def memory_gib(version_bytes):
        text = kubernetes_file("shop", version_bytes, gpu=False, has_labels=True)
        deployment, _ = yaml.safe_load_all(text)
        (container,) = deployment["spec"]["template"]["spec"]["containers"]
        return int(container["resources"]["limits"]["memory"].removesuffix("Gi"))

    assert memory_gib(0) == 1
    assert memory_gib(10 * 2**30) == 37


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("my_Shop.v2", "my-shop-v2"),
        ("2nd", "model-2nd"),
        ("a" * 100, "a" * 56),
        ("x-", "x"),
    ],
)
def test_any_model_has_a_name_that_kubernetes_takes(name, expected):
    assert resource_name(name) == expected
    assert re.fullmatch(r"[a-z]([a-z0-9-]*[a-z0-9])?", resource_name(name))
    assert len(f"{resource_name(name)}-models") <= 63


def test_every_flag_says_why():
    flags = server_flags("shop")

    assert len({flag.name for flag in flags}) == len(flags)
    assert all(flag.reason.endswith((".", ")")) for flag in flags)
    shown = {flag.name for flag in flags if not flag.is_on}
    assert {"enable_batching", "batching_parameters_file"} <= shown


def test_a_file_that_stays_the_same_is_left_alone(server, model_directory):
    set_labels(model_directory, {"stable": 2}, settle_seconds=0)
    before = {path: path.stat().st_ino for path in server.iterdir()}

    set_labels(model_directory, {"canary": 3}, settle_seconds=0)

    after = {path: path.stat().st_ino for path in server.iterdir()}
    assert [p.name for p in before if before[p] != after[p]] == ["models.config"]
    assert all(path.stat().st_mode & 0o777 == 0o644 for path in server.iterdir())


def test_versions_that_export_wrote_get_server_files(model_directory):
    (model_directory / "1").mkdir(parents=True)

    folder = refresh_server_files(model_directory)

    assert "models.config" in os.listdir(folder)


def test_a_directory_that_can_name_no_model_is_refused(tmp_path):
    (tmp_path / "my shop" / "1").mkdir(parents=True)

    with pytest.raises(ArtifactError, match="Received: 'my shop'"):
        refresh_server_files(tmp_path / "my shop")


def test_versions_that_are_loaded_without_a_label_are_asked_for_too():
    text = models_config("shop", Rollout({"stable": 2}, frozenset([5])))

    model = text_format.Parse(text, ModelServerConfig()).model_config_list.config[0]
    assert list(model.model_version_policy.specific.versions) == [2, 5]
