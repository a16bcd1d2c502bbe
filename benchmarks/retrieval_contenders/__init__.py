"""What `retrieval.py` compares: our kinds of retrieval, and `implicit`'s ALS and BPR.

`implicit` runs as a worker in an environment of its own, which is made on first use:
it reads the training events of the same split and writes lists of items.
"""
