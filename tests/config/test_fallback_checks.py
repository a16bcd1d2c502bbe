"""A text that stands in for vectors is one that can."""

import pytest

ITEM = "name: user_id, side: user}"
VECTOR = (
    "{kind: vector, name: %s, side: item, path: v.parquet, "
    "fallback: {kind: encode, text: %s}}"
)
TITLE = (
    "{kind: text, name: title, side: %s, encoder: {kind: pretrained, source: m%s}%s}"
)


def changed(change, *lines):
    return change((ITEM, "\n  - ".join([ITEM, *lines])))


def title(side="item", encoder="", own=""):
    return TITLE % (side, encoder, own)


def test_an_id_without_a_vector_has_their_mean_unless_it_is_said(load, change):
    line = "{kind: vector, name: own, side: item, path: v.parquet}"

    config = load(changed(change, line))

    (vector,) = (own for own in config.features if own.kind == "vector")
    assert vector.fallback.kind == "mean"


def test_a_text_may_stand_in_for_vectors(load, change):
    config = load(changed(change, VECTOR % ("own", "title"), title()))

    (vector,) = (own for own in config.features if own.kind == "vector")
    assert vector.fallback.text == "title"


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (
            [VECTOR % ("own", "titel"), title()],
            "features.own.fallback.text: must name a feature of `kind: text` and side "
            "item, one of ['title']. Received: 'titel', which is no feature.",
        ),
        (
            [VECTOR % ("own", "title"), title("user")],
            "features.own.fallback.text: must name a feature of `kind: text` and side "
            "item, one of []. Received: 'title', which is a text of side user.",
        ),
        (
            [VECTOR % ("own", "title"), "{kind: text, name: title, side: item}"],
            "features.own.fallback.text: must name a text that a frozen language model "
            "reads, as the vectors of the file were made by one. Received: 'title', "
            "whose encoder is bag.",
        ),
        (
            [VECTOR % ("own", "title"), title(encoder=", mode: {kind: lora}")],
            "features.own.fallback.text: must name a text that a frozen language model "
            "reads, as the vectors of the file were made by one. Received: 'title', "
            "whose encoder is mode lora.",
        ),
        (
            [
                VECTOR % ("own", "title"),
                title(),
                "{kind: text, name: query, side: user, shares: title, encoder: {kind: "
                "pretrained, source: m}}",
            ],
            "features.own.fallback.text: must name a text that shares its language "
            "model with no other. Received: 'title', and query.",
        ),
        (
            [VECTOR % ("own", "title"), VECTOR % ("other", "title"), title()],
            "features.other.fallback.text: must not name 'title', which is read for "
            "'own' already.",
        ),
        (
            [VECTOR % ("own", "title"), title(own=", max_tokens: 64")],
            "features.own.fallback.text: must name a text without max_tokens: it is "
            "cut as `mtl-rec encode-items` cuts texts, and projected as 'own' is. "
            "Received: 'title'. Remove it there.",
        ),
        (
            [
                "{kind: vector, name: own, side: item, dim: 3, fallback: {kind: encode,"
                " text: title}}",
                title(),
            ],
            "features.own: `fallback` is of ids that a file lacks, and goes with "
            "`path`. Received: `dim: 3`, where rows have vectors. Remove it.",
        ),
    ],
    ids=["no text", "side", "bag", "lora", "shared", "twice", "cut", "by row"],
)
def test_what_can_not_be_is_named(lines, problem, problems_of, change):
    (own,) = problems_of(changed(change, *lines))

    assert own.startswith(problem)
