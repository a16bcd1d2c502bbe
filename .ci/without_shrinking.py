"""Has Hypothesis end at the first example that fails, the same each time.

A pytest plugin for `mutants.py`: that a fault is noticed is all it wants to know, and
looking for a smaller example takes most of the time.
"""

from hypothesis import Phase, settings

settings.register_profile(
    "without_shrinking",
    phases=[Phase.explicit, Phase.generate],
    derandomize=True,
    database=None,
    report_multiple_bugs=False,
)
settings.load_profile("without_shrinking")
