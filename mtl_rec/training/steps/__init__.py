"""The owned train step, once for each backend: the only backend code of training.

Both do the same, in this order: read the rows a batch needs, run the dense part on
them, differentiate with respect to dense weights and embeddings, update the dense
weights, then the rows.
"""
