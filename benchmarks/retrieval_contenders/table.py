"""The rows of the table that readers compare."""

from typing import Any

from retrieval_contenders.judged import KNOWN_RECALL, Judged


def table_row(own: Judged) -> dict[str, Any]:
    """One contender on one data set, over its seeds."""
    first = next(iter(own.judgements.values()))
    low, high = own.interval("recall@100")
    runs = own.runs.values()
    return {
        "data": own.data_set,
        "users": f"{first.num_queries:,}",
        "items": f"{first.num_items:,}",
        "contender": own.contender,
        "seeds": len(own.runs),
        "recall@20": f"{own.mean('recall@20'):.4f}",
        "recall@100": f"{own.mean('recall@100'):.4f}",
        "95 %": f"{low:.4f} to {high:.4f}",
        KNOWN_RECALL: f"{own.mean(KNOWN_RECALL):.4f}",
        "NDCG@100": f"{own.mean('ndcg@100'):.4f}",
        "coverage": f"{own.mean('coverage@100'):.3f}",
        "novelty": f"{own.mean('novelty@100'):.2f}",
        "cold share": f"{own.mean('cold_share@100'):.3f}",
        "recall@100 of cold items alone": _cold(own),
        "settings": len(next(iter(runs)).about["tried"]),
        "s": f"{sum(run.about['seconds'] for run in runs) / len(runs):.0f}",
    }


def _cold(own: Judged) -> str:
    metric = "cold_only_recall@100"
    first = next(iter(own.judgements.values()))
    if metric not in first.estimates:
        return ""
    low, high = own.interval(metric)
    return f"{own.mean(metric):.4f} ({low:.4f} to {high:.4f})"
