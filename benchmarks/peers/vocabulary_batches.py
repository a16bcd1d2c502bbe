"""Batches whose number of distinct ids does not depend on the vocabulary."""

import numpy as np

BATCH_SIZE, NUM_FIELDS, WIDTH = 4096, 20, 16
DISTINCT_PER_FIELD = 1980
"""39,600 distinct ids in a batch of all fields."""


def batches(num_rows: int, num_batches: int, seed: int = 0):
    """Ids `(rows, 20)`, each field in its own block of the table, and labels."""
    random = np.random.default_rng(seed)
    block = num_rows // NUM_FIELDS
    distinct = min(DISTINCT_PER_FIELD, block)
    ids = np.empty((num_batches * BATCH_SIZE, NUM_FIELDS), "int32")
    for number in range(num_batches):
        rows = slice(number * BATCH_SIZE, (number + 1) * BATCH_SIZE)
        for field in range(NUM_FIELDS):
            held = random.choice(block, distinct, replace=False)
            # Skewed, as real ids are: half of the places go to few of them.
            more = (distinct * random.random(BATCH_SIZE - distinct) ** 3).astype(int)
            drawn = np.concatenate([held, held[more]])
            ids[rows, field] = field * block + random.permutation(drawn)
    labels = (random.random((len(ids), 1)) < 0.3).astype("float32")
    return ids, labels


def resident_bytes() -> int:
    """Memory of this process that is resident now."""
    with open("/proc/self/status") as status:
        lines = [line for line in status if line.startswith("VmRSS")]
    return int(lines[0].split()[1]) * 1024
