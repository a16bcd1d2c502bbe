"""Options of commands that can ask a server, and the client that they make."""

from typing import TYPE_CHECKING, Annotated

import typer

from mtl_rec.cli.backend import frameworks

if TYPE_CHECKING:
    from mtl_rec.serving.client import Client

Url = Annotated[
    str | None,
    typer.Option(
        help="Server of the model: grpc://host:8500 or http://host:8501; MODEL is its "
        "name there."
    ),
]
Version = Annotated[
    int | None, typer.Option(help="Version that answers; the newest if not given.")
]
Label = Annotated[str | None, typer.Option(help="Version that answers, by its label.")]
TimeoutSeconds = Annotated[
    float,
    typer.Option("--timeout", min=0.001, help="Seconds to wait for each answer."),
]


def require_url(url: str | None, version: int | None, label: str | None) -> None:
    """Refuses options that mean nothing without a server."""
    if url is None and (version is not None or label is not None):
        raise typer.BadParameter(
            "`--version` and `--label` choose a version of a server: give its `--url` "
            "too, or the path of the version as MODEL."
        )


def open_client(
    url: str,
    model: str,
    version: int | None,
    label: str | None,
    timeout_seconds: float,
) -> "Client":
    """A client of a model; only gRPC, whose messages are TensorFlow's, loads it."""
    from mtl_rec.serving.client import Client

    def make() -> Client:
        return Client(
            url, model, version=version, label=label, timeout_seconds=timeout_seconds
        )

    if not url.startswith("grpc"):
        return make()
    with frameworks():
        return make()
