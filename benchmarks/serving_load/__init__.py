"""Load for a server, local or real: hot swaps, hostile requests, many threads, time.

Each module is a function that takes addresses and returns counts, so that tests call
it with small numbers and `benchmarks/serving_reliability.py` with large ones.
"""
