"""What the export asks of features and tasks."""

from mtl_rec.config.checks import suggestion
from mtl_rec.config.declared import Declared, Problem, by_name, is_unsure, with_paths
from mtl_rec.config.export import Ranking
from mtl_rec.config.features import Feature, Numeric
from mtl_rec.config.served_names import ORDER, SCORE
from mtl_rec.config.tasks import Task


def ranking_problems(
    ranking: Ranking | None, features: Declared[Feature], tasks: Declared[Task]
) -> list[Problem]:
    """Names that the score uses and nothing has, or that it has itself.

    Args:
        ranking: None if it is wrong itself.
        features: The features.
        tasks: The tasks.
    """
    problems = [
        (
            f"{path}.name",
            f"must not be '{SCORE}' or '{ORDER}', which name outputs of the signature "
            f"`rank`. Received: '{task.name}'.",
        )
        for path, task in with_paths("tasks", tasks)
        if task.name in (SCORE, ORDER)
    ]
    if ranking is None:
        return problems
    if not any(task is None or isinstance(task, str) for task in tasks):
        problems += _output_problems(ranking, tasks)
    return problems + _factor_problems(ranking, features)


def _output_problems(ranking: Ranking, tasks: Declared[Task]) -> list[Problem]:
    outputs = [
        name for _, task in with_paths("tasks", tasks) for name in _outputs(task, tasks)
    ]
    return [
        (
            f"export.ranking.score.{index}.output",
            f"must be one of {outputs}. Received: '{term.output}'."
            + suggestion(term.output, outputs),
        )
        for index, term in enumerate(ranking.score)
        if term.output not in outputs
    ]


def _outputs(task: Task, tasks: Declared[Task]) -> list[str]:
    named = by_name(tasks)
    names, ancestor = [task.name], named.get(task.after or "")
    while ancestor is not None and len(names) <= len(named):
        names.append(f"{task.name}_given_{ancestor.name}")
        ancestor = named.get(ancestor.after or "")
    return names


def _factor_problems(ranking: Ranking, features: Declared[Feature]) -> list[Problem]:
    name, named = ranking.times, by_name(features)
    # A feature that is wrong itself is None here.
    numbers = [own for own, f in named.items() if isinstance(f, Numeric)]
    unjudged = [*numbers, *(own for own, f in named.items() if f is None)]
    if name is None or name in unjudged or is_unsure(features):
        return []
    text = f"must name a numeric feature, one of {sorted(numbers)}. Received: '{name}'."
    return [("export.ranking.times", text + suggestion(name, numbers))]
