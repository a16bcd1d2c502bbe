"""What the score of `rank` may name."""

import pytest

from mtl_rec.config.export import Ranking
from mtl_rec.config.export_checks import ranking_problems
from mtl_rec.config.features import Categorical, Numeric
from mtl_rec.config.tasks import Task
from mtl_rec.errors import ConfigError

ITEM = {"kind": "categorical", "name": "item_id", "side": "item"}
PRICE = {"kind": "numeric", "name": "price", "side": "item"}
FEATURES = [Categorical.model_validate(ITEM), Numeric.model_validate(PRICE)]
TASKS = [
    Task(name="click"),
    Task(name="cart", after="click"),
    Task(name="buy", after="cart"),
]
OUTPUTS = ["click", "cart", "cart_given_click"]
OUTPUTS += ["buy", "buy_given_cart", "buy_given_click"]


def ranking(**settings) -> Ranking:
    return Ranking.model_validate(settings)


def test_every_output_of_the_funnel_may_be_a_factor():
    every = ranking(score=[{"output": name} for name in OUTPUTS], times="price")

    assert ranking_problems(every, FEATURES, TASKS) == []


def test_a_factor_that_is_no_output_is_refused_and_the_nearest_named():
    wrong = ranking(score=[{"output": "click"}, {"output": "buy_given_clik"}])

    assert ranking_problems(wrong, FEATURES, TASKS) == [
        (
            "export.ranking.score.1.output",
            f"must be one of {OUTPUTS}. Received: 'buy_given_clik'. "
            "Did you mean 'buy_given_click'?",
        )
    ]


@pytest.mark.parametrize("name", ["item_id", "prise"])
def test_only_a_number_can_multiply_the_score(name):
    (path, text), *others = ranking_problems(ranking(times=name), FEATURES, TASKS)

    assert not others
    assert path == "export.ranking.times"
    assert text.startswith("must name a numeric feature, one of ['price'].")
    assert f"Received: '{name}'" in text


@pytest.mark.parametrize("name", ["score", "order"])
def test_no_task_may_be_called_like_an_output_of_the_ranking(problems_with, name):
    text = "must not be 'score' or 'order', which name outputs of the signature `rank`."

    assert problems_with(tasks=[{"name": name, "label": "click"}]) == [
        f"tasks.{name}.name: {text} Received: '{name}'."
    ]


def test_what_is_wrong_itself_is_not_judged_again():
    unsure = ranking(score=[{"output": "anything"}], times="anything")

    assert ranking_problems(unsure, [None], [None]) == []
    assert ranking_problems(None, FEATURES, TASKS) == []


def test_a_config_lists_the_problems_of_the_score_beside_the_others(load, tiny):
    text = f"{tiny}training: {{batch_size: 0}}\nexport: {{ranking: {{times: prise}}}}\n"

    with pytest.raises(ConfigError) as error:
        load(text)

    assert "training.batch_size" in str(error.value)
    assert "export.ranking.times: must name a numeric feature" in str(error.value)
