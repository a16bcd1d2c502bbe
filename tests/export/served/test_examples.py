"""Serialized examples are answered as the same rows by name."""

import numpy as np
import pytest
import tensorflow as tf

from mtl_rec.export.expectations import serialized_rows
from mtl_rec.preprocess.examples import serialized_example

SIGNATURES = {"tf_example": "examples", "classify": "inputs"}


@pytest.fixture(scope="module")
def examples(nasty):
    return serialized_rows(nasty.slice(0, 2_000))


def test_examples_score_as_rows_do(answer, score, raw, examples):
    expected = score({name: values[:2_000] for name, values in raw.items()})

    answers = answer("tf_example", {"examples": examples})

    assert answers.keys() == expected.keys()
    for name, values in expected.items():
        np.testing.assert_array_equal(answers[name], values)


def test_regressions_and_classes_are_the_joint_probabilities(answer, examples):
    rows = answer("tf_example", {"examples": examples[:7]})
    tasks = ["click", "purchase", "order_value"]

    classified = answer("classify", {"inputs": examples[:7]})

    assert classified["classes"].tolist() == [[task.encode() for task in tasks]] * 7
    for column, task in enumerate(tasks):
        regressed = answer(f"regress_{task}", {"inputs": examples[:7]})
        np.testing.assert_array_equal(regressed["outputs"], rows[task])
        np.testing.assert_array_equal(classified["scores"][:, column], rows[task])


def test_what_an_example_lacks_is_missing(answer, score, raw):
    row = {name: values[:1].copy() for name, values in raw.items()}
    for name, values in row.items():
        row[name][:] = b"" if values.dtype == object else np.nan

    answers = answer("tf_example", {"examples": np.array([b""], object)})

    for name, values in score(row).items():
        np.testing.assert_array_equal(answers[name], values)


def test_the_newest_of_a_sequence_and_the_first_of_several_are_used(answer):
    long = {
        "history": ["x", "", "item_1", "item_2", "", "item_3"],
        "tags": ["new", "", "sale", "gone"],
    }
    short = {"history": ["item_1", "item_2", "item_3"], "tags": ["new", "sale"]}
    batch = np.array([serialized_example(row) for row in (long, short)], object)

    for name, values in answer("tf_example", {"examples": batch}).items():
        assert values[0] == values[1], name


@pytest.mark.parametrize(("signature", "given"), SIGNATURES.items())
@pytest.mark.parametrize(
    ("feature", "value", "match"),
    [
        ("price", tf.train.Feature(int64_list={"value": [5]}), "price"),
        ("price", tf.train.Feature(float_list={"value": [5.0, 6.0]}), "price"),
        ("item_id", tf.train.Feature(int64_list={"value": [5]}), "item_id"),
        ("item_id", tf.train.Feature(bytes_list={"value": [b"a", b"b"]}), "item_id"),
        ("history", tf.train.Feature(float_list={"value": [5.0]}), "history"),
    ],
)
def test_a_value_of_another_type_is_refused_by_its_name(
    answer, signature, given, feature, value, match
):
    example = tf.train.Example(features=tf.train.Features(feature={feature: value}))
    serialized = np.array([example.SerializeToString()], object)

    with pytest.raises(tf.errors.InvalidArgumentError, match=match):
        answer(signature, {given: serialized})


def test_bytes_that_are_no_example_are_refused(answer):
    garbage = np.array([b"no example"], object)

    with pytest.raises(tf.errors.InvalidArgumentError):
        answer("tf_example", {"examples": garbage})


def test_no_examples_are_no_answers(answer):
    none = np.array([], object)

    assert answer("tf_example", {"examples": none})["click"].shape == (0,)
    assert answer("classify", {"inputs": none})["scores"].shape == (0, 3)
