"""`models.config`: labels, policies and models that come and go."""

import grpc
import pytest
from google.protobuf import text_format
from serving_load.wire import TIMEOUT_SECONDS, Address, Grpc, Rest, predict_request
from tensorflow_serving.apis.get_model_status_pb2 import ModelVersionStatus
from tensorflow_serving.apis.model_management_pb2 import ReloadConfigRequest

from mtl_rec.errors import ConfigError
from mtl_rec.serving.local import LocalServer

CODE = grpc.StatusCode
COLUMNS = {"item": ["kettle"], "price": [1.0], "history": [["", "", ""]]}
POLICIES = {
    "newest": ({3}, ""),
    "newest two": ({2, 3}, "latest { num_versions: 2 }"),
    "all": ({1, 2, 3}, "all {}"),
    "some": ({1, 3}, "specific { versions: 1 versions: 3 versions: 9 }"),
}


def model_config(directory, policy="", labels=None, name="tiny", platform="tensorflow"):
    pairs = "".join(
        f"version_labels {{ key: '{label}' value: {number} }}\n"
        for label, number in (labels or {}).items()
    )
    return (
        f"config {{ name: '{name}' base_path: '{directory}' "
        f"model_platform: '{platform}' "
        f"model_version_policy {{ {policy} }}\n{pairs} }}\n"
    )


def config_text(*models):
    return f"model_config_list {{ {''.join(models)} }}"


@pytest.fixture
def directory(tmp_path, write_servable):
    """Three versions of a model."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    for number in (1, 2, 3):
        write_servable(folder / str(number), float(number))
    return folder


@pytest.fixture
def serve(tmp_path):
    """Starts a server from the text of a `models.config`; stopped at the end."""
    servers = []

    def start(text, models=None):
        path = tmp_path / "models.config"
        path.write_text(text, encoding="utf-8")
        server = LocalServer(
            models, models_config=path, grpc_port=0, rest_port=0, poll_seconds=60
        )
        server.start()
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.stop()


def client_of(server):
    address = f"{server.host}:{server.grpc_port}"
    return Grpc(Address(address, f"http://{server.host}:{server.rest_port}"))


def served_numbers(client):
    statuses = client.statuses("tiny").items()
    return {n for n, s in statuses if s.state == ModelVersionStatus.AVAILABLE}


def version_of(client, **spec):
    request = predict_request("tiny", COLUMNS, **spec)
    return client.predict(request).model_spec.version.value


def reload_config(client, text):
    request = ReloadConfigRequest()
    text_format.Parse(f"config {{ {text} }}", request)
    return client.models.HandleReloadConfigRequest(request, timeout=TIMEOUT_SECONDS)


@pytest.mark.parametrize(("numbers", "policy"), POLICIES.values(), ids=POLICIES.keys())
def test_a_policy_says_which_versions_are_served(serve, directory, numbers, policy):
    server = serve(config_text(model_config(directory, policy)))

    with client_of(server) as client:
        assert served_numbers(client) == numbers
        assert version_of(client) == max(numbers)


def test_labels_name_versions_on_both_protocols(serve, directory):
    labels = {"stable": 2, "canary": 3}
    server = serve(config_text(model_config(directory, "all {}", labels)))
    rest_address = Address("", f"http://{server.host}:{server.rest_port}")

    with client_of(server) as client, Rest(rest_address) as rest:
        assert version_of(client, version_label="stable") == 2
        assert version_of(client, version_label="canary") == 3
        path = "/v1/models/tiny{}:predict"
        by_label = rest.post(path.format("/labels/stable"), {"inputs": COLUMNS})
        by_number = rest.post(path.format("/versions/2"), {"inputs": COLUMNS})

    assert by_label.status == 200
    assert by_label == by_number


def test_a_label_moves_only_to_a_version_that_is_loaded(serve, directory):
    specific = "specific { versions: %d }"
    before = model_config(directory, specific % 1, {"stable": 1})
    server = serve(config_text(before))

    with client_of(server) as client:
        moved = config_text(model_config(directory, specific % 2, {"stable": 2}))
        with pytest.raises(grpc.RpcError) as caught:
            reload_config(client, moved)
        assert caught.value.code() == CODE.FAILED_PRECONDITION
        assert version_of(client, version_label="stable") == 1

        both = "specific { versions: 1 versions: 2 }"
        for labels in ({"stable": 1}, {"stable": 2}):
            config = config_text(model_config(directory, both, labels))
            reload_config(client, config)
        assert version_of(client, version_label="stable") == 2


def test_a_reload_answers_when_the_versions_are_loaded(serve, directory):
    server = serve(config_text(model_config(directory)))

    with client_of(server) as client:
        reload_config(client, config_text(model_config(directory, "all {}")))

        assert served_numbers(client) == {1, 2, 3}


def test_models_come_and_go(serve, directory):
    server = serve(config_text(model_config(directory)))

    with client_of(server) as client:
        reload_config(client, config_text(model_config(directory, name="other")))

        request = predict_request("other", COLUMNS)
        assert client.predict(request).model_spec.name == "other"
        with pytest.raises(grpc.RpcError) as caught:
            version_of(client)
        assert caught.value.code() == CODE.NOT_FOUND


def test_a_reload_tells_of_a_model_that_does_not_load(serve, directory, tmp_path):
    server = serve(config_text(model_config(directory)))
    (tmp_path / "empty" / "1").mkdir(parents=True)
    other = model_config(tmp_path / "empty", name="other")

    with client_of(server) as client:
        with pytest.raises(grpc.RpcError) as caught:
            reload_config(client, config_text(model_config(directory), other))

        assert "other" in caught.value.details()
        assert version_of(client) == 3


@pytest.mark.parametrize(
    "wrong",
    [
        "custom_model_config {}",
        config_text(model_config("/folder", platform="other")),
        config_text(model_config("relative/folder")),
        config_text(model_config("/folder"), model_config("/folder")),
    ],
    ids=["no list", "platform", "relative", "twice"],
)
def test_a_wrong_config_changes_nothing(serve, directory, wrong):
    server = serve(config_text(model_config(directory)))

    with client_of(server) as client:
        with pytest.raises(grpc.RpcError) as caught:
            reload_config(client, wrong)

        assert caught.value.code() == CODE.INVALID_ARGUMENT
        assert version_of(client) == 3


def test_the_file_is_followed(serve, directory, tmp_path):
    server = serve(config_text(model_config(directory)))
    path = tmp_path / "models.config"

    path.write_text(config_text(model_config(directory, "all {}", {"stable": 1})))
    server.poll_config()
    with client_of(server) as client:
        assert version_of(client, version_label="stable") == 1

        path.write_text("not a config")
        server.poll_config()
        assert version_of(client, version_label="stable") == 1


def test_a_folder_replaces_that_of_the_file(serve, directory):
    text = config_text(model_config("/models/tiny", "all {}", {"stable": 2}))

    server = serve(text, {"tiny": directory})

    with client_of(server) as client:
        assert version_of(client, version_label="stable") == 2


def test_a_folder_must_be_of_a_model_in_the_file(serve, directory):
    with pytest.raises(ConfigError, match=r"must list model 'other'.*Listed: tiny"):
        serve(config_text(model_config(directory)), {"other": directory})
