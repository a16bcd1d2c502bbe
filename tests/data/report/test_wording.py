"""Numbers as people read them."""

import pytest

from mtl_rec.data.report.tables import inline
from mtl_rec.data.report.wording import number, share


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1, "100.0 %"),
        (0.1234, "12.3 %"),
        (0.01234, "1.23 %"),
        (0.0001234, "0.0123 %"),
        (4.72e-7, "4.72e-05 %"),
        (0, "0 %"),
        (None, "-"),
    ],
)
def test_shares_have_three_digits(value, text):
    assert share(value) == text


def test_an_infinite_number_is_a_sign():
    assert number(float("inf")) == "∞"


def test_backticks_are_code_only_in_pairs():
    assert inline("`a` < b") == "<code>a</code> &lt; b"
    assert inline("a ` b") == "a ` b"
