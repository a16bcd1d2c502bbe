"""What the simulated shop knows of itself, for benchmarks that ask how much is learned.

Scripts beside this package import from it.
"""
