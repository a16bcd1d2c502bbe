"""From a config to a recommender: which versions, opened."""

from pathlib import Path

import numpy as np

from mtl_rec.config.recommendation import CandidateSource
from mtl_rec.config.run import RunConfig
from mtl_rec.errors import ArtifactError
from mtl_rec.export.publishing import versions_in
from mtl_rec.retrieval.recommending.item_columns import ItemColumns, open_columns
from mtl_rec.retrieval.recommending.items import read_items
from mtl_rec.retrieval.recommending.ranker import Ranker
from mtl_rec.retrieval.recommending.recommender import Recommender
from mtl_rec.retrieval.recommending.retriever import Retriever
from mtl_rec.retrieval.recommending.rules import meets, open_rules

KINDS = ("two_tower", "matrix_factorization", "content", "item_knn", "popularity")
"""Of retrieval models, in the order in which they take turns."""


def open_recommender(config: RunConfig) -> Recommender:
    """Opens the sources and the ranker that a config names, or those made of it.

    All graphs are run once, so that the first user waits no longer than others.

    Raises:
        ConfigError: A rule names a column that items do not have.
        SchemaError: A column holds something else than its rule compares.
        ArtifactError: A version or an index is missing or damaged, or does not fit the
            others.
    """
    settings = config.recommendation
    sources = settings.sources or _own_sources(config)
    versions = [
        newest_version(Path(own.version), f"recommendation.sources.{own.name}.version")
        for own in sources
    ]
    ranker_version = _ranker_version(config)
    items = read_items(versions)
    columns = open_columns(items, settings.items)
    rules = open_rules(settings.rules, columns)
    ranker = Ranker(ranker_version, items)
    retrievers = [
        Retriever(
            own.name,
            version,
            None if own.index is None else Path(own.index),
            own.quota,
            items,
            rules,
            _brought_by(own, columns),
        )
        for own, version in zip(sources, versions, strict=True)
    ]
    recommender = Recommender(items, retrievers, ranker, rules, settings.list_length)
    for excluded in ((), ("",)):
        recommender.recommend({}, excluded, fill_missing=True)
    return recommender


def newest_version(path: Path, setting: str, advice: str = "") -> Path:
    """A version itself, or the newest of a model's.

    Args:
        path: Of either.
        setting: That names it, for errors.
        advice: What to do if it is neither.

    Raises:
        ArtifactError: It is neither.
    """
    if (path / "saved_model.pb").is_file():
        return path
    versions = versions_in(path) if path.is_dir() else {}
    if not versions:
        raise ArtifactError(
            f"`{setting}` must be an exported version, or a folder with versions such "
            f"as '{path / '1'}'. Received: '{path}', which is not.{advice}"
        )
    return versions[max(versions)]


def _brought_by(source: CandidateSource, columns: ItemColumns) -> np.ndarray:
    """Which items a source may bring, `(items,)`."""
    path = f"recommendation.sources.{source.name}.only"
    met = [
        meets(rule, columns, f"{path}.{index}.column")
        for index, rule in enumerate(source.only)
    ]
    return np.all([np.ones(len(columns), bool), *met], axis=0)


def _ranker_version(config: RunConfig) -> Path:
    setting = "recommendation.ranker"
    if config.recommendation.ranker is not None:
        return newest_version(Path(config.recommendation.ranker), setting)
    own = Path(config.export.directory) / config.name
    return newest_version(own, setting, " Make one with `mtl-rec train`.")


def _own_sources(config: RunConfig) -> tuple[CandidateSource, ...]:
    """Every kind of retrieval model that was exported from this config."""
    folders = {
        kind: Path(config.export.directory) / f"{config.name}-{kind}" for kind in KINDS
    }
    found = {
        kind: folder
        for kind, folder in folders.items()
        if folder.is_dir() and versions_in(folder)
    }
    if not found:
        raise ArtifactError(
            "`recommendation.sources` must name a source, or there must be a retrieval "
            f"model of this config, such as '{folders[KINDS[0]] / '1'}'. Received: "
            "neither. Make one with `mtl-rec retrieve`."
        )
    return tuple(
        CandidateSource(name=kind, version=str(folder))
        for kind, folder in found.items()
    )
