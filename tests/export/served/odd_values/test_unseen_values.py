"""R20, R21: what was never seen is answered as its vocabulary's unknown row."""

import numpy as np
import pytest

from mtl_rec.evaluation import predict
from mtl_rec.schema import EncodedExposures
from mtl_rec.schema.fields import IdField

UNKNOWN_ID = 1
ODD_IDS = [-1, 10**6, 2**31, 2**62, -(2**63)]


def all_unseen(rows, word):
    """Rows without one value that training had, in any vocabulary."""
    return rows.assign(
        user_id=[f"{word} {number}" for number in range(len(rows))],
        tags=[[word, f"{word}2"] for _ in range(len(rows))],
        title=f"{word} {word}",
    )


def test_rows_of_unseen_values_alone_are_answered_alike(everywhere, assert_same, known):
    one, other = all_unseen(known, "never"), all_unseen(known, "нигде")

    assert_same(everywhere(one), everywhere(other))


def test_an_unseen_value_is_the_declared_row(
    everywhere, assert_same, known, model, preprocessor
):
    encoded = preprocessor.encode(known, with_labels=False)
    inputs = {name: values.copy() for name, values in encoded.inputs.items()}
    fields = preprocessor.schema.fields_of(IdField, "user")
    user_id = [field.name for field in fields].index("user_id")
    assert (inputs["user_ids"][:, user_id] > UNKNOWN_ID).any()
    inputs["user_ids"][:, user_id] = UNKNOWN_ID
    inputs["tags"][:] = UNKNOWN_ID
    inputs["title"][:] = [UNKNOWN_ID, UNKNOWN_ID, 0, 0, 0, 0]
    changed = EncodedExposures(preprocessor.schema, inputs, {})
    expected = predict(model, changed)

    answers = everywhere(all_unseen(known, "never"))

    assert_same(answers, dict.fromkeys(answers, expected), tolerance=1e-6)


def test_unseen_values_of_several_rows_are_spread_and_keep_theirs(
    everywhere, known, preprocessor
):
    rows = known.head(1).loc[[0] * 60].reset_index(drop=True)
    rows = rows.assign(item_id=[f"new {number}" for number in range(60)])
    field = preprocessor.schema.vocabularies["item_id"]
    ids = preprocessor.encode(rows, with_labels=False).inputs["item_ids"]
    [column] = [c for c in ids.T if len(set(c)) == field.num_out_of_vocabulary]
    assert set(column) == {1, 2, 3}

    for signature, outputs in everywhere(rows).items():
        by_id = [outputs["click"][column == unknown] for unknown in (1, 2, 3)]
        # The place in a batch may change the last bit.
        assert all(np.ptp(values) <= 1e-6 for values in by_id), signature
        assert np.diff(sorted(values[0] for values in by_id)).min() > 1e-5, signature


@pytest.mark.parametrize("odd", ODD_IDS)
def test_an_id_out_of_range_is_unseen(everywhere, assert_same, known, odd):
    unseen = everywhere(known.assign(user_id="never seen"))

    assert_same(everywhere(known.assign(user_id=odd)), unseen)
    assert_same(everywhere(known.assign(user_id=str(odd))), unseen)


@pytest.mark.parametrize("number", [3.4e38, -3.4e38, 1e-45, 2.0**62, -0.0])
def test_a_number_out_of_range_is_answered(everywhere, known, number):
    answers = everywhere(known.assign(age=number, price=number, hour=number))

    for outputs in answers.values():
        assert all(np.isfinite(values).all() for values in outputs.values())


@pytest.mark.parametrize("sign", [-1, 1])
def test_numbers_beyond_ten_deviations_count_as_that_far(
    everywhere, assert_same, known, sign
):
    far, farthest = sign * 1e9, sign * 3.4e38

    assert_same(
        everywhere(known.assign(age=farthest, hour=farthest)),
        everywhere(known.assign(age=far, hour=far)),
    )
