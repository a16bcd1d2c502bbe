"""What the names of layers say of them."""

LINEAR = "linear"
"""In the names of all layers that hold linear weights of tasks."""


def layer_name(name: str, network: str) -> str:
    """The name of a layer of a network; no name has a dot by itself."""
    return f"{network}.{name}" if network else name
