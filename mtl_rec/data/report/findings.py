"""What a report flags, in plain sentences."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from mtl_rec.data.report.feature_shifts import FeatureShift
from mtl_rec.data.report.label_shifts import MEAN_STEP, ODDS_FACTOR, LabelShift
from mtl_rec.data.report.noise import DIVERGENCE, LARGEST_DIFFERENCE
from mtl_rec.data.report.screening import TOO_GOOD, Ranking
from mtl_rec.data.report.wording import amount, number, share

Kind = Literal["leak", "label_shift", "feature_shift"]

_ORDER: tuple[Kind, ...] = ("leak", "label_shift", "feature_shift")


@dataclass(frozen=True)
class Finding:
    """One thing to look into before training.

    Attributes:
        kind: A feature that may know the answer, a label rate or a feature that has
            shifted.
        subject: Name of the feature or of the funnel's output.
        figure: What was measured.
        threshold: From where it is flagged with any number of rows.
        text: The sentence.
    """

    kind: Kind
    subject: str
    figure: float
    threshold: float
    text: str

    def __str__(self) -> str:
        return self.text

    @property
    def gravity(self) -> tuple[int, float]:
        """Smaller is worse: leaks first, then labels, then features, by their size."""
        return _ORDER.index(self.kind), -self.figure / self.threshold


def leak(rankings: list[Ranking]) -> Finding:
    """A feature that alone ranks labels too well.

    Args:
        rankings: All such of the feature, the best first.
    """
    best = rankings[0]
    outputs = list(dict.fromkeys(f"`{ranking.output}`" for ranking in rankings))
    what = {
        "value": f"Feature '{best.feature}'",
        "length": f"The length of '{best.feature}'",
        "last value": f"The last value of '{best.feature}'",
        "missing": f"Whether '{best.feature}' is missing",
    }[best.by]
    text = (
        f"{what} alone ranks {_listed(outputs)} with an AUC of {number(best.auc)} "
        f"(flagged from {number(TOO_GOOD, 2)}). Is it known before the exposure?"
    )
    missing = [ranking for ranking in rankings if ranking.by == "missing"]
    if missing and best.by != "missing":
        text += f" Whether it is missing alone gives {number(missing[0].auc)}."
    if best.of_sampled:
        text += " Or it tells sampled negatives from real exposures."
    return Finding("leak", best.feature, best.auc, TOO_GOOD, text)


def label_shift(shift: LabelShift) -> Finding:
    """A label rate that breaks."""
    if shift.is_event:
        moved = (
            f"The rate of `{shift.output}` goes from {share(shift.train.mean)} in "
            f"training to {share(shift.test.mean)} in {shift.part}: the odds differ by "
            f"a factor of {number(shift.effect, 2)} (flagged from {ODDS_FACTOR:g})"
        )
        threshold = ODDS_FACTOR
    else:
        moved = (
            f"The mean of `{shift.output}` goes from {amount(shift.train.mean)} in "
            f"training to {amount(shift.test.mean)} in {shift.part}, by "
            f"{number(shift.effect, 2)} standard deviations (flagged from "
            f"{MEAN_STEP:g})"
        )
        threshold = MEAN_STEP
    chance = (
        f"{number(shift.z, 1)} standard errors (chance: {shift.z_flagged_from:.1f})"
    )
    figure = shift.effect if shift.effect is not None else 0.0
    return Finding(
        "label_shift", shift.output, figure, threshold, f"{moved}, {chance}."
    )


def feature_shift(shift: FeatureShift) -> Finding:
    """A feature whose distribution has shifted."""
    distance = shift.distance
    figure = number(distance.figure)
    if shift.measure == "L-infinity":
        bar, threshold = shift.bars[0], LARGEST_DIFFERENCE
        detail = (
            f"{bar.label!r} is on {share(bar.train)} of the training rows and on "
            f"{share(bar.test)} of the {shift.part} rows"
        )
        measured = f"L-infinity distance {figure}"
    else:
        bar, threshold = (
            max(shift.bars, key=lambda b: abs(b.train - b.test)),
            DIVERGENCE,
        )
        detail = (
            f"{share(bar.train)} of the training rows and {share(bar.test)} of the "
            f"{shift.part} rows are '{bar.label}'"
        )
        measured = f"Jensen-Shannon divergence {figure} bits"
    text = (
        f"Feature '{shift.feature}' shifts between training and {shift.part}: "
        f"{measured} "
        f"(threshold {threshold:g}, with so many rows flagged from "
        f"{number(distance.flagged_from)}); {detail}."
    )
    return Finding("feature_shift", shift.feature, distance.figure, threshold, text)


def all_findings(
    rankings: Iterable[Ranking],
    label_shifts: Iterable[LabelShift],
    feature_shifts: Iterable[FeatureShift],
) -> list[Finding]:
    """Everything flagged, the worst first."""
    too_good: dict[str, list[Ranking]] = {}
    for ranking in sorted(rankings, key=lambda ranking: -ranking.auc):
        if ranking.is_too_good:
            too_good.setdefault(ranking.feature, []).append(ranking)
    found = [leak(group) for group in too_good.values()]
    found += [label_shift(shift) for shift in label_shifts if shift.is_flagged]
    found += [
        feature_shift(shift)
        for shift in feature_shifts
        if shift.distance.verdict == "shifted"
    ]
    return sorted(found, key=lambda finding: finding.gravity)


def _listed(names: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
