"""What the logs of an epoch tell of the validation users."""


def recall_name(cutoff: int, of_cold_items: bool = False) -> str:
    """The name of their recall@k.

    Args:
        cutoff: Items of a list, k.
        of_cold_items: Whether it is that of cold items, in lists of these alone.
    """
    return f"val_{'cold_only_' if of_cold_items else ''}recall_{cutoff}"
