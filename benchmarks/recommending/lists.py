"""All ways to make a list, by name."""

from collections.abc import Sequence
from pathlib import Path

from mtl_rec.config import load_config
from mtl_rec.retrieval.recommending import Recommender, open_recommender
from recommending.contenders import (
    Contender,
    rank_everything,
    retrieve_alone,
    retrieve_and_rank,
)
from recommending.customers import LENGTH
from recommending.figures import NEW_DAYS
from recommending.versions import AGES, CONFIG, KINDS

QUOTAS, QUOTA = (50, 100, 200), 100
CAP = "{kind: cap, column: category, at_most: 1}"
NEW = f"{{kind: require, column: age_days, at_most: {NEW_DAYS - 1}}}"
OURS = f"retrieve {QUOTA} of each source, rank"
EVERYTHING, POPULARITY = "rank everything", "popularity alone"


def contenders_of(work: Path, settings: Sequence[str]) -> dict[str, Contender]:
    """All ways to make a list, by name.

    Args:
        work: Where versions are.
        settings: That replace those of the config.
    """

    def opened(*sources: str, rules: str = "") -> Recommender:
        return _opened(work, [*settings, f"recommendation.rules=[{rules}]"], sources)

    def of_each(quota: int) -> list[str]:
        return [_source(work, kind, quota) for kind in KINDS]

    contenders: dict[str, Contender] = {
        f"retrieve {quota} of each source, rank": retrieve_and_rank(
            opened(*of_each(quota))
        )
        for quota in QUOTAS
    }
    whole = opened(*of_each(QUOTA))
    new = _source(work, "content", QUOTA, "new", f", only: [{NEW}]")
    return contenders | {
        f"the same of {QUOTA}, each category once": retrieve_and_rank(
            opened(*of_each(QUOTA), rules=CAP)
        ),
        f"the same of {QUOTA}, and {QUOTA} new items": retrieve_and_rank(
            opened(*of_each(QUOTA), new)
        ),
        EVERYTHING: rank_everything(whole),
        "all sources alone": retrieve_alone(whole),
        **{
            f"{kind} alone": retrieve_alone(opened(_source(work, kind, LENGTH)))
            for kind in KINDS
        },
    }


def _source(work: Path, kind: str, quota: int, name: str = "", more: str = "") -> str:
    version = work / "saved_models" / f"{CONFIG.stem}-{kind}"
    return f"{{name: {name or kind}, version: '{version}', quota: {quota}{more}}}"


def _opened(work: Path, settings: Sequence[str], sources: Sequence[str]) -> Recommender:
    own = [
        f"recommendation.sources=[{', '.join(sources)}]",
        f"recommendation.items={{path: '{work / AGES}'}}",
        f"recommendation.ranker='{work / 'saved_models' / CONFIG.stem}'",
        f"recommendation.list_length={LENGTH}",
    ]
    return open_recommender(load_config(CONFIG, [*settings, *own]))
