"""Refuses an index whose library is not there, before anything has taken time."""

from importlib.util import find_spec

from mtl_rec.config.retrieval_index import (
    Exact,
    FaissHnsw,
    FaissIvfPq,
    FaissIvfSq,
    RetrievalIndex,
    Usearch,
)
from mtl_rec.errors import ConfigError


def require_library(settings: RetrievalIndex) -> None:
    """Refuses to go on without what an index is built with.

    Raises:
        ConfigError: It is not installed.
    """
    library = _library(settings)
    if library is not None and find_spec(library) is None:
        raise ConfigError(
            f"An index of kind {settings.kind} needs {library}, which is not "
            "installed. Run `pip install 'mtl-rec[retrieval]'`, or take kind exact."
        )


def _library(settings: RetrievalIndex) -> str | None:
    match settings:
        case Exact():
            return None
        case FaissHnsw() | FaissIvfPq() | FaissIvfSq():
            return "faiss"
        case Usearch():
            return "usearch"
