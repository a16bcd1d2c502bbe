"""Sentence vectors by sentence-transformers, in a process without TensorFlow.

python reference_vectors.py MODEL_FOLDER NAMES.json VECTORS.npy
"""

import json
import sys
from pathlib import Path

import numpy as np
from sentence_transformers import SentenceTransformer

folder, names, vectors = sys.argv[1:]
model = SentenceTransformer(folder, device="cpu")
texts = json.loads(Path(names).read_text(encoding="utf-8"))
np.save(vectors, model.encode(texts, batch_size=32, show_progress_bar=False))
