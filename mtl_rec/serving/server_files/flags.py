"""The flags of `tensorflow_model_server` that matter, each with its reason."""

from dataclasses import dataclass

from mtl_rec.serving.server_files.places import server_path

CONFIG_POLL_SECONDS = 2
"""How often a server with these flags reads `models.config` again."""

GRPC_PORT, REST_PORT = 8500, 8501


@dataclass(frozen=True)
class Flag:
    """One flag.

    Attributes:
        name: Without the dashes.
        value: As text.
        reason: What it does for a model that is published while it is served.
        is_on: Whether the generated files set it, or show it as a comment.
    """

    name: str
    value: str
    reason: str
    is_on: bool = True

    def __str__(self) -> str:
        return f"--{self.name}={self.value}"


def server_flags(name: str) -> list[Flag]:
    """The flags for a model.

    Args:
        name: Of the model, which is mounted at `/models/<name>`.
    """
    return [
        Flag("port", str(GRPC_PORT), "gRPC."),
        Flag("rest_api_port", str(REST_PORT), "REST; also where the metrics are."),
        Flag(
            "model_config_file",
            server_path(name, "models.config"),
            "Which versions to load, and their labels.",
        ),
        Flag(
            "model_config_file_poll_wait_seconds",
            str(CONFIG_POLL_SECONDS),
            "How often that file is read again. By default it is read once, and no "
            "label ever moves.",
        ),
        Flag(
            "allow_version_labels_for_unavailable_models",
            "true",
            "A server that starts sets the labels before it has loaded a version; "
            "without this it refuses to start. A label that exists still moves only "
            "to a version that is loaded.",
        ),
        Flag(
            "file_system_poll_wait_seconds",
            "1",
            "How often the directory is listed for new and withdrawn versions.",
        ),
        Flag(
            "num_load_threads",
            "2",
            "By default the thread that manages versions loads them as well, which "
            "can delay requests.",
        ),
        Flag("num_unload_threads", "2", "The same for what is let go."),
        Flag(
            "max_num_load_retries",
            "5",
            "A version that fails to load, or fails its warm-up, is tried again "
            "(after load_retry_interval_micros, a minute); the one before goes on "
            "serving.",
        ),
        Flag(
            "monitoring_config_file",
            server_path(name, "monitoring.config"),
            "Metrics for Prometheus.",
        ),
        Flag(
            "enable_grpc_healthcheck_service",
            "true",
            "Lets a gRPC load balancer see whether the server is up.",
            is_on=False,
        ),
        Flag(
            "enable_profiler",
            "false",
            "By default all who reach the gRPC port may profile the server.",
            is_on=False,
        ),
        Flag(
            "enable_batching",
            "true",
            "Puts rows of several requests in one batch: worth it on a GPU, or under "
            "many small requests. Off, as it breaks `rank`: read batching.config.",
            is_on=False,
        ),
        Flag(
            "batching_parameters_file",
            server_path(name, "batching.config"),
            "Sizes for it. (enable_per_model_batching_parameters would read them from "
            "batching_params.pbtxt in every version instead.)",
            is_on=False,
        ),
        Flag(
            "tensorflow_intra_op_parallelism",
            "2",
            "Threads of one operation. By default as many as the machine has cores, "
            "which is too many where the container may use fewer.",
            is_on=False,
        ),
    ]
