"""R26: a huge value costs no more than to hold it, as texts are cut before the rest."""

import pytest
from serving_load.huge_values import cost_of, huge_requests

MOST_SECONDS, MOST_MIB = 1.0, 50.0


@pytest.fixture(scope="module")
def costs(version, raw, preprocessor):
    usual = {name: values[:1] for name, values in raw.items()}
    huge = huge_requests(raw, preprocessor.schema.features)
    assert len(huge) == 6
    return cost_of(version, usual, huge)


def test_no_huge_value_takes_a_second(costs):
    assert max(report.seconds for report in costs.values()) < MOST_SECONDS


def test_no_huge_value_takes_fifty_megabytes(costs):
    assert max(report.growth_mib for report in costs.values()) < MOST_MIB
