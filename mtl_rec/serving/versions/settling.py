"""Waits for servers to follow what they were told."""

import time

from mtl_rec.serving.server_files.flags import CONFIG_POLL_SECONDS

SETTLE_SECONDS = 2.5 * CONFIG_POLL_SECONDS
"""Time for a server to have read `models.config`, and to load a small version."""


def settle(seconds: float) -> None:
    """Waits between two changes that a server must see one after the other."""
    time.sleep(seconds)
