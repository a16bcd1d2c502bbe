"""Lists of items by `implicit`, in an environment that has it and not `mtl_rec`.

    python implicit_worker.py ASKED.npz ANSWERED.npy

`ASKED.npz` holds the pairs to learn from (`users`, `items`, `weights`), `queries`, who
are users, the items that a list may not hold (`seen_queries`, which query's, and
`seen_items`), `length` of the lists and `settings`: JSON, with `model`, `seed` and the
arguments of the model. The answer is `(queries, length)`, filled up with -1.
"""

import json
import sys
from typing import Any

import numpy as np
from implicit.als import AlternatingLeastSquares
from implicit.bpr import BayesianPersonalizedRanking
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits


def main(asked_file: str, answered_file: str) -> None:
    with np.load(asked_file) as arrays:
        asked = dict(arrays)
    # Items that nobody has are left out: what is learned of them is chance.
    known, items = np.unique(asked["items"], return_inverse=True)
    shape = (int(asked["users"].max()) + 1, len(known))
    learned = csr_matrix((asked["weights"], (asked["users"], items)), shape)
    is_known = np.isin(asked["seen_items"], known)
    seen_items = np.searchsorted(known, asked["seen_items"][is_known])
    ones = np.ones(len(seen_items), np.float32)
    seen = csr_matrix(
        (ones, (asked["seen_queries"][is_known], seen_items)),
        (len(asked["queries"]), len(known)),
    )
    model = fitted(json.loads(str(asked["settings"])), learned)
    lists = recommended(model, asked["queries"], seen, known, int(asked["length"]))
    np.save(answered_file, lists)


def fitted(settings: dict, learned: csr_matrix) -> Any:
    arguments = {k: v for k, v in settings.items() if k not in ("model", "seed")}
    arguments["random_state"] = settings["seed"]
    match settings["model"]:
        case "ALS":
            model = AlternatingLeastSquares(**arguments)
        case "BPR":
            model = BayesianPersonalizedRanking(**arguments)
            # How often a pair was seen is nothing that BPR reads.
            learned = csr_matrix(
                (np.ones_like(learned.data), learned.indices, learned.indptr),
                learned.shape,
            )
        case unknown:
            raise ValueError(f"`model` must be ALS or BPR. Received: {unknown!r}")
    model.fit(learned, show_progress=False)
    return model


def recommended(
    model: Any, queries: np.ndarray, seen: csr_matrix, known: np.ndarray, length: int
) -> np.ndarray:
    found, scores = model.recommend(
        queries,
        seen,
        N=min(length, len(known)),
        filter_already_liked_items=True,
    )
    # What is filtered comes last, with the lowest of all scores.
    is_shown = (found >= 0) & (scores > np.finfo(np.float32).min)
    shown = np.where(is_shown, known[found], -1)
    return np.pad(shown, ((0, 0), (0, length - shown.shape[1])), constant_values=-1)


if __name__ == "__main__":
    # `implicit` has threads of its own, which those of a BLAS get in the way of.
    with threadpool_limits(1, "blas"):
        main(*sys.argv[1:])
