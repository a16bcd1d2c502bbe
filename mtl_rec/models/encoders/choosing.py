"""The one place that knows which encoders there are."""

from mtl_rec.config.encoders import (
    BagEncoder,
    Cnn,
    DienEncoder,
    DinEncoder,
    Encoder,
    Gru,
    LastEncoder,
    MeanEncoder,
    SequenceTransformer,
    TextGru,
    Transformer,
)
from mtl_rec.models.encoders.attention_pooling import AttentionPooling
from mtl_rec.models.encoders.cnn import ConvolutionalEncoder
from mtl_rec.models.encoders.dien import InterestEvolution
from mtl_rec.models.encoders.din import TargetAttention
from mtl_rec.models.encoders.gru import GruEncoder
from mtl_rec.models.encoders.last import LastStep
from mtl_rec.models.encoders.list_encoder import ListEncoder
from mtl_rec.models.encoders.transformer import TransformerEncoder
from mtl_rec.models.layers.masked_mean import MaskedMean


def encoder_layer(encoder: Encoder, name: str) -> ListEncoder | MaskedMean:
    """The layer that an encoder's section describes.

    Args:
        encoder: Of a field.
        name: Of the layer, up to what it does.
    """
    match encoder:
        case MeanEncoder() | BagEncoder(pooling="mean"):
            return MaskedMean(name=f"{name}_mean")
        case BagEncoder():
            return AttentionPooling(name=f"{name}_attention")
        case LastEncoder():
            return LastStep(name=f"{name}_last")
        case Cnn():
            return ConvolutionalEncoder(
                encoder.widths, encoder.num_filters, name=f"{name}_cnn"
            )
        case TextGru():
            return GruEncoder(encoder.units, reads_both_ways=True, name=f"{name}_gru")
        case Gru():
            return GruEncoder(encoder.units, name=f"{name}_gru")
        case DinEncoder():
            return TargetAttention(encoder.units, name=f"{name}_din")
        case DienEncoder():
            return InterestEvolution(
                encoder.units, encoder.auxiliary_loss_weight, name=f"{name}_dien"
            )
        case Transformer():
            sees = encoder.sees if isinstance(encoder, SequenceTransformer) else "all"
            return TransformerEncoder(
                encoder.num_layers,
                encoder.num_heads,
                encoder.units,
                sees,
                encoder.dropout,
                encoder.positions,
                name=f"{name}_transformer",
            )
