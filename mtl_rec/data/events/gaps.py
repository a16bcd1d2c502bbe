"""How long ago an event was, in buckets that double."""

import numpy as np
import pyarrow as pa

from mtl_rec.data.events.codes import taken

GAP_NAMES = pa.array([str(bucket) for bucket in range(64)])


def named_gaps(minutes: np.ndarray) -> pa.Array:
    """Names of buckets: b holds gaps from 2**b - 1 up to 2**(b + 1) - 1 minutes.

    Args:
        minutes: `(events,)`, 0 or more.
    """
    return taken(GAP_NAMES, np.log2(minutes + 1).astype(np.int32))
