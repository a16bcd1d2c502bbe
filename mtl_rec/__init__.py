"""Predict click, add-to-cart and purchase together, and serve the result."""

__version__ = "0.8.0"
