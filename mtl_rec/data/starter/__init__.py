"""A starter config for data that nobody described: looked at, guessed, explained."""

from mtl_rec.data.starter.starter import Starter, make_starter
from mtl_rec.data.starter.wishes import Wishes

__all__ = ["Starter", "Wishes", "make_starter"]
