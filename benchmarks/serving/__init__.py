"""What the serving benchmarks share."""
