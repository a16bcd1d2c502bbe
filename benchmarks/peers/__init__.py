"""Contenders of `training_throughput`, each trained in an environment of its own.

A contender is a module here, run as `python -m peers.<module>` by the Python of its
environment. `worker` is what they share; it needs numpy alone.
"""
