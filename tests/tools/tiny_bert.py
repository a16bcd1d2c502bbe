"""A BERT of a few random numbers, in the files of Hugging Face."""

import json

import numpy as np

SPECIAL = ["[PAD]", "[unused]", "[UNK]", "[CLS]", "[SEP]"]
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789漂亮"
SIGNS = "!-,."
WORDS = ["red", "blue", "shoe", "tea", "pot", "über", "uber", "title", "word"]
PIECES = [*SPECIAL, *LETTERS, *SIGNS, *WORDS, *(f"##{own}" for own in LETTERS)]
DIM, LAYERS, HEADS, WIDE, PLACES = 8, 2, 2, 12, 16


def write_tiny_bert(folder, seed=0, pooling="mean", is_cased=False):
    """Writes a BERT that is as uncased as MiniLM, or cased."""
    # A test that uses it needs the extra.
    import tokenizers
    from safetensors.numpy import save_file

    folder.mkdir(parents=True, exist_ok=True)
    _write(
        folder / "config.json",
        model_type="bert",
        hidden_act="gelu",
        vocab_size=len(PIECES),
        num_hidden_layers=LAYERS,
        num_attention_heads=HEADS,
        hidden_size=DIM,
        intermediate_size=WIDE,
        max_position_embeddings=PLACES,
        type_vocab_size=2,
    )
    save_file(_weights(np.random.default_rng(seed)), folder / "model.safetensors")
    (folder / "vocab.txt").write_text("\n".join(PIECES), encoding="utf-8")
    ids = {piece: number for number, piece in enumerate(PIECES)}
    tokeniser = tokenizers.Tokenizer(
        tokenizers.models.WordPiece(ids, unk_token="[UNK]")
    )
    tokeniser.normalizer = tokenizers.normalizers.BertNormalizer(lowercase=not is_cased)
    tokeniser.pre_tokenizer = tokenizers.pre_tokenizers.BertPreTokenizer()
    tokeniser.post_processor = tokenizers.processors.BertProcessing(
        ("[SEP]", ids["[SEP]"]), ("[CLS]", ids["[CLS]"])
    )
    tokeniser.save(str(folder / "tokenizer.json"))
    _write(
        folder / "tokenizer_config.json",
        do_lower_case=not is_cased,
        cls_token="[CLS]",
        sep_token="[SEP]",
    )
    (folder / "1_Pooling").mkdir()
    mode = {"mean": "mean_tokens", "first": "cls_token"}[pooling]
    _write(folder / "1_Pooling" / "config.json", **{f"pooling_mode_{mode}": True})
    types = ["Transformer", "Pooling", "Normalize"]
    modules = [{"type": f"sentence_transformers.models.{own}"} for own in types]
    (folder / "modules.json").write_text(json.dumps(modules))
    return folder


def _write(path, **values):
    path.write_text(json.dumps(values), encoding="utf-8")


def _weights(random):
    def drawn(*shape):
        return random.normal(size=shape).astype("float32") * 0.5

    def norm(name):
        return {f"{name}.weight": 1 + drawn(DIM), f"{name}.bias": drawn(DIM)}

    def dense(name, wide, narrow):
        return {f"{name}.weight": drawn(wide, narrow), f"{name}.bias": drawn(wide)}

    weights = {
        "embeddings.word_embeddings.weight": drawn(len(PIECES), DIM),
        "embeddings.position_embeddings.weight": drawn(PLACES, DIM),
        "embeddings.token_type_embeddings.weight": drawn(2, DIM),
        **norm("embeddings.LayerNorm"),
        **dense("pooler.dense", DIM, DIM),
    }
    for number in range(LAYERS):
        start = f"encoder.layer.{number}"
        for name in ("query", "key", "value"):
            weights |= dense(f"{start}.attention.self.{name}", DIM, DIM)
        weights |= dense(f"{start}.attention.output.dense", DIM, DIM)
        weights |= norm(f"{start}.attention.output.LayerNorm")
        weights |= dense(f"{start}.intermediate.dense", WIDE, DIM)
        weights |= dense(f"{start}.output.dense", DIM, WIDE)
        weights |= norm(f"{start}.output.LayerNorm")
    return weights
