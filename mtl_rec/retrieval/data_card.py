"""What a retrieval run says of its data: `data.json`."""

import hashlib
from collections.abc import Iterable
from typing import Any

import numpy as np

from mtl_rec.retrieval.interactions import Interactions


def about_data(data: Interactions) -> dict[str, dict[str, Any]]:
    """Of each split and the catalogue, how much there is, and a fingerprint.

    Fingerprints are of who did what, and of what is asked for; how much events count,
    and what features say, are not part of them.

    Args:
        data: What is learned from and judged by.
    """
    events = {"train": data.train, "validation": data.validation}
    # Codes are of the data as a whole, so that ids stand for them.
    pairs = {name: [(own.users, own.items)] for name, own in events.items()}
    about: dict[str, dict[str, Any]] = {
        name: {"events": len(own)} for name, own in events.items()
    }
    for name, asked in data.queries.items():
        about.setdefault(name, {})["users"] = len(asked)
        pairs.setdefault(name, []).extend(
            (asked.users[own.rows], own.items) for own in (asked.relevant, asked.seen)
        )
    user_ids, item_ids = data.user_ids, data.catalogue.item_ids
    for name, own in pairs.items():
        columns = (ids for u, i in own for ids in (user_ids[u], item_ids[i]))
        about[name]["fingerprint"] = _fingerprint(columns)
    about["catalogue"] = {
        "items": len(item_ids),
        "fingerprint": _fingerprint([item_ids]),
    }
    return about


def _fingerprint(columns: Iterable[np.ndarray]) -> str:
    """Of columns of text."""
    digest = hashlib.blake2b(digest_size=16)
    for column in columns:
        digest.update("\n".join([*column, "\n"]).encode())
    return digest.hexdigest()
