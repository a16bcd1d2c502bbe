"""What metrics may be sliced by."""

from mtl_rec.config.evaluation import Evaluation
from mtl_rec.config.evaluation_checks import slice_problems
from mtl_rec.config.features import Categorical, Numeric, Text

FEATURES = [
    Categorical.model_validate(
        {"kind": "categorical", "name": "brand", "side": "item"}
    ),
    Numeric.model_validate({"kind": "numeric", "name": "price", "side": "item"}),
    Text.model_validate(
        {"kind": "text", "name": "title", "side": "item", "max_tokens": 4}
    ),
]


def test_categories_and_numbers_may_be_sliced_by():
    assert slice_problems(Evaluation(slices=("brand", "price")), FEATURES) == []


def test_other_names_are_refused_and_the_nearest_named():
    assert slice_problems(Evaluation(slices=("price", "brnd", "title")), FEATURES) == [
        (
            "evaluation.slices.1",
            "must name a feature with one value in a row, one of ['brand', 'price']. "
            "Received: 'brnd'. Did you mean 'brand'?",
        ),
        (
            "evaluation.slices.2",
            "must name a feature with one value in a row, one of ['brand', 'price']. "
            "Received: 'title'.",
        ),
    ]


def test_slices_are_told_of_beside_other_problems(problems_of, tiny):
    text = f"{tiny}training: {{batch_size: 0}}\nevaluation: {{slices: [pric]}}\n"

    paths = [line.partition(": ")[0] for line in problems_of(text)]

    assert paths == ["training.batch_size", "evaluation.slices.0"]
