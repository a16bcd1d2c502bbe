"""The steps of the funnel, and random effects that resemble each other across them."""

import numpy as np

STEPS = ("click", "add_to_cart", "purchase")
STEP_CORRELATION = 0.6


def correlate_steps(independent: np.ndarray) -> np.ndarray:
    """Mixes independent effects, one per step, to a pairwise correlation of 0.6.

    Args:
        independent: `(steps, ...)` of equal variance, which the mixture keeps.

    Returns:
        `(steps, ...)`, in the type of `independent`.
    """
    correlations = np.full((len(STEPS), len(STEPS)), STEP_CORRELATION)
    np.fill_diagonal(correlations, 1.0)
    mixing = np.linalg.cholesky(correlations).astype(independent.dtype)
    # Not a matrix product: its last bits would depend on the number of threads.
    return np.einsum("st,t...->s...", mixing, independent)


def correlated_normals(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Draws standard normals `(steps, *shape)`, float32, correlated across steps."""
    draws = rng.standard_normal((len(STEPS), *shape), dtype=np.float32)
    return correlate_steps(draws)
