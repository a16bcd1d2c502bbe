"""What a train step does to a batch, and to embeddings, that no prediction sees."""

from mtl_rec.training.regularizers.regularizers import Regularizers

__all__ = ["Regularizers"]
