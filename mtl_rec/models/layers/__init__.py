"""Small registered layers; importing this package makes saved models loadable."""

from mtl_rec.models.layers.bias import Bias
from mtl_rec.models.layers.dot_products import DotProducts
from mtl_rec.models.layers.feature_cross import FeatureCross
from mtl_rec.models.layers.field_linear import FieldLinear
from mtl_rec.models.layers.funnel import FunnelLogProbabilities, FunnelPredictions
from mtl_rec.models.layers.fused_embedding import FusedEmbedding
from mtl_rec.models.layers.hashed_dropout import HashedDropout
from mtl_rec.models.layers.masked_mean import MaskedMean
from mtl_rec.models.layers.mixture_of_experts import MixtureOfExperts
from mtl_rec.models.layers.pair_sums import FieldSums, PairSums
from mtl_rec.models.layers.parallel_mlp import ParallelMLP
from mtl_rec.models.layers.request_rows import RequestRows
from mtl_rec.models.layers.side_products import SideProducts
from mtl_rec.models.layers.task_heads import TaskHeads
from mtl_rec.models.layers.text_rows import TextRows
from mtl_rec.models.layers.vector_projection import VectorProjection

__all__ = [
    "Bias",
    "DotProducts",
    "FeatureCross",
    "FieldLinear",
    "FieldSums",
    "FunnelLogProbabilities",
    "FunnelPredictions",
    "FusedEmbedding",
    "HashedDropout",
    "MaskedMean",
    "MixtureOfExperts",
    "PairSums",
    "ParallelMLP",
    "RequestRows",
    "SideProducts",
    "TaskHeads",
    "TextRows",
    "VectorProjection",
]
