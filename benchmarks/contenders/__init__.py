"""What `truth` compares: data sets encoded once, contenders, their cached predictions.

Ours and the baselines run where the benchmark does; DeepCTR's models in the environment
of `peers/requirements-deepctr.txt`, on files that `columns` writes.
"""
