"""In words: where a multi-task run is better than what it is held against."""

from collections.abc import Iterator

from mtl_rec.evaluation.differences import Difference
from mtl_rec.run.truth import TWIN, Truth

DECIDING = {"auc": ("AUC", 1), "rmse": ("RMSE", -1)}
"""By metric that decides: its name, and whether more of it is better."""

ENOUGH_POSITIVES = 300
"""Positive test rows below which a verdict may be chance."""


def verdicts(truth: Truth) -> list[str]:
    """A sentence for every output: did learning together help, and what is not beaten.

    Args:
        truth: Of a run.
    """
    return [_verdict(truth, output) for output in truth.metrics]


def deciding(truth: Truth, output: str) -> str:
    """The metric that decides for an output."""
    return next(metric for metric in DECIDING if metric in truth.metrics[output])


def shown_difference(difference: Difference | None) -> str:
    """A difference with its interval; `*` where that excludes zero."""
    if difference is None:
        return "undefined"
    if difference.interval is None:
        return f"{difference.value:+.4f}"
    low, high = difference.interval
    mark = " *" if difference.is_certain else ""
    return f"{difference.value:+.4f} ({low:+.4f} to {high:+.4f}){mark}"


def _verdict(truth: Truth, output: str) -> str:
    metric = deciding(truth, output)
    own = truth.metrics[output]
    label, sign = DECIDING[metric]
    if own[metric] is None:
        return f"{output}: cannot be judged, as its {label} is undefined."
    said, unbeaten = "", []
    for contender in truth.contenders:
        difference = contender.differences.get(output, {}).get(metric)
        shown = shown_difference(difference)
        if contender.name == TWIN:
            said = f"{_of_twin(difference, sign)}, {label} {shown}. "
        elif not _is_ahead(difference, sign):
            is_worse = _is_ahead(difference, -sign)
            how = "Behind" if is_worse else "Not ahead of"
            unbeaten.append(f"{how} {shown_name(contender.name)}, {shown}.")
    said += " ".join(unbeaten or ["Ahead of both baselines."])
    positives = own.get("positives")
    if positives is not None and positives < ENOUGH_POSITIVES:
        said += f" Only {positives:,} positives."
    return f"{output}: {said}"


def shown_name(contender: str) -> str:
    """What a contender is called."""
    return contender.replace("_", " ")


def _of_twin(difference: Difference | None, sign: int) -> str:
    if _is_ahead(difference, sign):
        return "learning the tasks together helped"
    if _is_ahead(difference, -sign):
        return "multi-task did NOT help and is worse than single-task"
    return "multi-task did NOT help measurably"


def _is_ahead(difference: Difference | None, sign: int) -> bool:
    if difference is None:
        return False
    return difference.is_certain and sign * difference.value > 0


def truth_page(truth: Truth) -> str:
    """All contenders as Markdown."""
    users = "rows" if truth.users is None else f"{truth.users:,} users"
    lines = [
        f"# What the {truth.architecture} of `{truth.run}` is worth",
        "",
        "Differences are the run less the contender on the same test rows, with 95 % "
        f"intervals over {users}; `*` where one excludes zero.",
        "",
        *(f"- {verdict}" for verdict in verdicts(truth)),
    ]
    for output in truth.metrics:
        lines += ["", f"## {output}", "", *_table(truth, output)]
    return "\n".join(lines) + "\n"


PAGE_METRICS = {
    "auc": "AUC",
    "log_loss": "log loss",
    "gauc": "GAUC",
    "rmse": "RMSE",
    "mae": "MAE",
}


def _table(truth: Truth, output: str) -> Iterator[str]:
    own = truth.metrics[output]
    shown = {name: text for name, text in PAGE_METRICS.items() if name in own}
    heads = [head for text in shown.values() for head in (text, "run - it")]
    yield "| model | " + " | ".join(heads) + " |"
    yield "| --- |" + " ---: |" * len(heads)
    cells = [cell for name in shown for cell in (written(own[name]), "")]
    yield f"| **{truth.architecture}** | " + " | ".join(cells) + " |"
    for contender in truth.contenders:
        theirs = contender.metrics[output]
        differences = contender.differences.get(output, {})
        cells = [
            cell
            for name in shown
            for cell in (
                written(theirs[name]),
                shown_difference(differences.get(name)),
            )
        ]
        yield f"| {shown_name(contender.name)} | " + " | ".join(cells) + " |"


def written(value: float | None) -> str:
    """A metric in a table."""
    return "undefined" if value is None else f"{value:.4f}"
