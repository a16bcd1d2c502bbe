"""The sizes of a BERT, and of its weights."""

from dataclasses import dataclass


@dataclass(frozen=True)
class BertShape:
    """The sizes of a BERT.

    Attributes:
        num_pieces: Of its vocabulary, padding included, which is the first.
        num_layers: Transformer layers.
        num_heads: Of each layer.
        hidden_dim: Numbers of a token's vector, and of a text's.
        intermediate_dim: Of the network for each token.
        num_places: Tokens that it can read.
        num_segments: Kinds of segments, of which texts have the first.
        has_exact_gelu: Whether GELU is not approximated by a hyperbolic tangent.
    """

    num_pieces: int
    num_layers: int
    num_heads: int
    hidden_dim: int
    intermediate_dim: int
    num_places: int
    num_segments: int
    has_exact_gelu: bool


def bert_shapes(shape: BertShape, lora_rank: int = 0) -> dict[str, tuple[int, ...]]:
    """The shapes of all weights by their path below the BERT, without making one.

    Args:
        shape: Of it.
        lora_rank: Of what is added to the kernels of queries and values, if anything.
    """
    dim = shape.hidden_dim
    shapes: dict[str, tuple[int, ...]] = {
        "token_embedding/embeddings": (shape.num_pieces, dim),
        "position_embedding/embeddings": (shape.num_places, dim),
        "segment_embedding/embeddings": (shape.num_segments, dim),
        "embeddings_layer_norm/gamma": (dim,),
        "embeddings_layer_norm/beta": (dim,),
    }
    of_layer = _layer_shapes(shape, lora_rank)
    for number in range(shape.num_layers):
        name = f"transformer_layer_{number}"
        shapes |= {f"{name}/{path}": own for path, own in of_layer.items()}
    return shapes


def _layer_shapes(shape: BertShape, lora_rank: int) -> dict[str, tuple[int, ...]]:
    dim, wide, heads = shape.hidden_dim, shape.intermediate_dim, shape.num_heads
    of_head = dim // heads
    shapes: dict[str, tuple[int, ...]] = {
        "self_attention_layer/attention_output/kernel": (heads, of_head, dim),
        "self_attention_layer/attention_output/bias": (dim,),
        "feedforward_intermediate_dense/kernel": (dim, wide),
        "feedforward_intermediate_dense/bias": (wide,),
        "feedforward_output_dense/kernel": (wide, dim),
        "feedforward_output_dense/bias": (dim,),
    }
    for name in ("query", "key", "value"):
        start = f"self_attention_layer/{name}"
        shapes[f"{start}/kernel"] = (dim, heads, of_head)
        shapes[f"{start}/bias"] = (heads, of_head)
        if lora_rank and name != "key":
            shapes[f"{start}/lora_kernel_a"] = (dim, heads, lora_rank)
            shapes[f"{start}/lora_kernel_b"] = (lora_rank, of_head)
    for name in ("self_attention_layer_norm", "feedforward_layer_norm"):
        shapes |= {f"{name}/gamma": (dim,), f"{name}/beta": (dim,)}
    return shapes
