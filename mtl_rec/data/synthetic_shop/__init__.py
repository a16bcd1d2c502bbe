"""A simulated shop whose exposures carry their true probabilities."""

from mtl_rec.data.synthetic_shop.simulation import simulate_shop

__all__ = ["simulate_shop"]
