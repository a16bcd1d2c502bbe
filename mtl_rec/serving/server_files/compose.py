"""A compose file: one server on CPU, and one on a GPU as a profile."""

from mtl_rec.serving.server_files.flags import GRPC_PORT, REST_PORT, server_flags
from mtl_rec.serving.server_files.places import model_path, resource_name
from mtl_rec.serving.server_files.yaml_text import flag_items

IMAGE = "tensorflow/serving:2.20.0"
"""The newest server that the graph's operations were checked against."""

_TEXT = """\
# Generated, and written anew with every publish; copy it to change it.
#   docker compose up serving                          on CPU
#   docker compose --profile gpu up serving-gpu        on a GPU
# Then: curl http://localhost:{rest}/v1/models/{name}

# Without it the project has the folder's name, `server`, as every model's has.
name: {project}

x-serving: &serving
  entrypoint: [tensorflow_model_server]
  command:
{flags}
  volumes:
    # The directory itself, not a file in it: a file that is replaced by a rename would
    # stay the old one inside the container.
    - type: bind
      source: ..
      target: {path}
      read_only: true
  ports: ["{grpc}:{grpc}", "{rest}:{rest}"]
  restart: unless-stopped
  # Requests under way are answered before the server ends.
  stop_grace_period: 30s

services:
  serving:
    <<: *serving
    image: {image}

  serving-gpu:
    <<: *serving
    profiles: [gpu]
    image: {image}-gpu
    environment:
      # Takes GPU memory as it is needed. While versions change, two are in it.
      TF_FORCE_GPU_ALLOW_GROWTH: "true"
    deploy:
      resources:
        reservations:
          devices: [{{driver: nvidia, count: 1, capabilities: [gpu]}}]
"""


def compose_file(name: str) -> str:
    """The text of `compose.yaml`.

    Args:
        name: Of the model.
    """
    return _TEXT.format(
        name=name,
        project=resource_name(name),
        path=model_path(name),
        image=IMAGE,
        grpc=GRPC_PORT,
        rest=REST_PORT,
        flags=flag_items(server_flags(name), indent=4),
    )
