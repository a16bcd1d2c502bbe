"""Layers of models that have several networks."""


def layer_name(name: str, network: str) -> str:
    """The name of a layer of a network; no name has a dot by itself."""
    return f"{network}.{name}" if network else name
