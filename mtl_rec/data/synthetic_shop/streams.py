"""Random generators by purpose: one more draw for one does not shift the others."""

import numpy as np

# Spawned by place in this list: append, never insert or reorder.
PURPOSES = (
    "titles",
    "appeal",
    "catalogue",
    "customers",
    "exposures",
    "drift",
    "noise",
    "labels",
)


def random_streams(seed: int) -> dict[str, np.random.Generator]:
    """Returns one independent generator per purpose, all of them from `seed`."""
    children = np.random.SeedSequence(seed).spawn(len(PURPOSES))
    return {
        purpose: np.random.default_rng(child)
        for purpose, child in zip(PURPOSES, children, strict=True)
    }
