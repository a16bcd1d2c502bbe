"""What encoders ask of the features around them."""

import pytest

from mtl_rec.config.encoder_checks import encoder_problems
from mtl_rec.config.features import Categorical, IdSequence, Numeric

ITEM = Categorical(kind="categorical", name="item_id", side="item")
GAPS = IdSequence(kind="sequence", name="gaps", side="user", max_length=4)


def history(**settings):
    own = {"name": "history", "side": "user", "max_length": 4, "shares": "item_id"}
    return IdSequence(kind="sequence", **{**own, **settings})


@pytest.mark.parametrize(
    "encoder",
    [{"kind": "din"}, {"kind": "dien"}, {"kind": "transformer", "sees": "candidate"}],
)
def test_an_encoder_that_compares_needs_something_to_compare_with(encoder):
    compared = history(encoder=encoder, shares=None)

    (problem,) = encoder_problems([compared, ITEM])

    assert problem == (
        "features.0.encoder",
        "compares every step with the candidate, so 'history' must share its values "
        "with a categorical or hashed feature of the item, such as `shares: item_id`. "
        "Received: values of 'history', which no such feature has. Share those, or "
        "take an encoder that needs no candidate.",
    )
    assert not encoder_problems([history(encoder=encoder), ITEM])


def test_what_tells_the_next_step_needs_a_history_that_has_one():
    (problem,) = encoder_problems(
        [history(encoder={"kind": "dien"}, max_length=1), ITEM]
    )

    assert problem == (
        "features.0.encoder",
        "has every interest tell the next step, so histories must hold two or more. "
        "Received: `max_length: 1`. Raise it, or set `auxiliary_loss_weight: 0`.",
    )
    without = {"kind": "dien", "auxiliary_loss_weight": 0}
    assert not encoder_problems([history(encoder=without, max_length=1), ITEM])


def test_a_candidate_may_also_share_the_values_of_the_history():
    owner = history(encoder={"kind": "din"}, shares=None)
    candidate = ITEM.model_copy(update={"shares": "history"})

    assert not encoder_problems([owner, candidate])


def test_an_encoder_that_compares_with_nothing_needs_no_candidate():
    assert not encoder_problems([history(encoder={"kind": "gru"}, shares=None)])


def test_nothing_is_said_while_the_candidate_may_be_a_feature_that_is_wrong():
    compared = history(encoder={"kind": "din"})

    assert not encoder_problems([compared, "item_id"])
    assert not encoder_problems([compared, None])


@pytest.mark.parametrize(
    ("other", "text"),
    [
        (
            GAPS.model_copy(update={"max_length": 3}),
            "must name sequences of as many steps, `max_length: 4`. Received: 'gaps', "
            "which has 3.",
        ),
        (
            GAPS.model_copy(update={"side": "item"}),
            "must name sequences of side user, of []. Received: 'gaps', which is a "
            "sequence of side item.",
        ),
        (
            Numeric(kind="numeric", name="gaps", side="user"),
            "must name sequences of side user, of []. Received: 'gaps', which is a "
            "numeric of side user.",
        ),
        (
            Numeric(kind="numeric", name="gap", side="user"),
            "must name sequences of side user, of []. Received: 'gaps', which is no "
            "feature.",
        ),
        (
            IdSequence(
                kind="sequence",
                name="gaps",
                side="user",
                max_length=4,
                encoder={"kind": "gru"},
            ),
            "encodes 'gaps' with 'history', so that its own `encoder` is not used. "
            "Remove `encoder` from 'gaps'.",
        ),
    ],
)
def test_what_runs_along_says_something_of_the_same_steps(other, text):
    problems = encoder_problems([history(along=("gaps",)), other, ITEM])

    assert problems == [("features.0.along", text)]


def test_a_sequence_runs_along_with_one_other():
    again = history(name="again", along=("gaps",))

    problems = encoder_problems([history(along=("gaps",)), again, GAPS, ITEM])

    assert problems == [
        (
            "features.1.along",
            "must not name 'gaps', which is encoded with 'history' already. Declare "
            "another feature of the same `column`.",
        )
    ]


def test_a_sequence_does_not_run_along_with_itself():
    problems = encoder_problems([history(along=("history",)), ITEM])

    assert problems == [
        (
            "features.0.along",
            "must name sequences that nothing else runs along with. Received: "
            "'history'.",
        )
    ]
