"""All features of training against those of other rows."""

from collections.abc import Mapping

from mtl_rec.data.events.progress import Progress
from mtl_rec.data.report.clusters import find_clusters
from mtl_rec.data.report.counting import PartCounts
from mtl_rec.data.report.feature_shifts import Comparison, FeatureShift
from mtl_rec.data.report.seen import share_unseen


def compared_features(
    train: PartCounts, others: Mapping[str, PartCounts], progress: Progress
) -> list[FeatureShift]:
    """Compares every feature with that of every other part.

    Args:
        train: What was counted of training, which has rows.
        others: By part, the same.
        progress: Is told how far it is.
    """
    features, shifts = train.features, []
    num_tests = len(others) * len(features)
    for part, other in others.items():
        tables = train.sample.table(), other.sample.table()
        clusters = find_clusters(features, *tables)
        comparison = Comparison(part, *tables, num_tests, clusters)
        for feature in features:
            own, its = (c.of_features[feature.name] for c in (train, other))
            shift = comparison.shift_of(
                feature,
                (own.missing / own.rows, its.missing / its.rows),
                share_unseen(its.values, own.values),
            )
            shifts.append(shift)
            progress("compare features", len(shifts), num_tests)
    return shifts
