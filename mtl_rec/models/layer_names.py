"""What the names of layers say of them."""

LINEAR = "linear"
"""Of what holds linear weights of tasks, where it has a name."""


def layer_name(name: str, network: str) -> str:
    """The name of a layer of a network; no name has a dot by itself."""
    return f"{network}.{name}" if network else name


def linear_table_name(of_small: bool, network: str = "") -> str:
    """The layer that holds the linear weights of ids."""
    return layer_name(f"small_{LINEAR}" if of_small else LINEAR, network)


def linear_numbers_name(is_by_request: bool, network: str = "") -> str:
    """The layer that holds the linear weights of numbers."""
    user = "_user" if is_by_request else ""
    return layer_name(f"{LINEAR}{user}_numbers", network)


def is_linear(name: str) -> bool:
    """Whether a layer of this name holds linear weights, of any network.

    Not any name with the word in it: a task, or a feature, may be called so.
    """
    own = name.rpartition(".")[2]
    names = (linear_table_name, linear_numbers_name)
    return any(own == name_of(which) for name_of in names for which in (True, False))
