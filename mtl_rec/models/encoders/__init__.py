"""Layers that make one vector of a list; importing this makes saved models loadable."""

from mtl_rec.models.encoders.attention_pooling import AttentionPooling
from mtl_rec.models.encoders.cnn import ConvolutionalEncoder
from mtl_rec.models.encoders.dien import InterestEvolution
from mtl_rec.models.encoders.din import TargetAttention
from mtl_rec.models.encoders.gru import GruEncoder
from mtl_rec.models.encoders.joined_steps import JoinedSteps
from mtl_rec.models.encoders.last import LastStep
from mtl_rec.models.encoders.list_encoder import ListEncoder
from mtl_rec.models.encoders.missing_vectors import MissingVectors
from mtl_rec.models.encoders.pretrained_text import PretrainedText
from mtl_rec.models.encoders.transformer import TransformerEncoder

__all__ = [
    "AttentionPooling",
    "ConvolutionalEncoder",
    "GruEncoder",
    "InterestEvolution",
    "JoinedSteps",
    "LastStep",
    "ListEncoder",
    "MissingVectors",
    "PretrainedText",
    "TargetAttention",
    "TransformerEncoder",
]
