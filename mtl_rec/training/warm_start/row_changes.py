"""What became of the values of a vocabulary, in words."""

from collections.abc import Iterator

import numpy as np

from mtl_rec.training.warm_start.learned import Learned
from mtl_rec.training.warm_start.rows import ABSENT


def row_changes(
    vocabulary: str, rows: np.ndarray, source: Learned, own: Learned
) -> Iterator[str]:
    """Says how many values are new and have gone, if any.

    Args:
        vocabulary: Its name.
        rows: As `source_rows` gives them.
        source: Has the vocabulary as it was.
        own: Has it as it is.
    """
    before, now = (learned.schema.vocabularies[vocabulary] for learned in (source, own))
    if before.num_out_of_vocabulary != now.num_out_of_vocabulary:
        yield (
            f"{before.num_out_of_vocabulary:,} ids of unknown values became "
            f"{now.num_out_of_vocabulary:,}"
        )
    if vocabulary in own.numbers:
        old, new = (learned.numbers[vocabulary].boundaries for learned in (source, own))
        if old != new:
            yield "boundaries between buckets have moved"
        return
    known = rows[1 + now.num_out_of_vocabulary :]
    num_stayed = int((known != ABSENT).sum())
    num_new, num_gone = now.num_values - num_stayed, before.num_values - num_stayed
    if num_new:
        yield f"{num_new:,} of {now.num_values:,} values are new"
    if num_gone:
        yield f"{num_gone:,} of {before.num_values:,} values have gone"
