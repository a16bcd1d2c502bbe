"""A client of a served model, for code without `asyncio`."""

import weakref
from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np

from mtl_rec.config.served_names import ROWS
from mtl_rec.serving.client.async_client import AsyncClient
from mtl_rec.serving.client.columns import Rows
from mtl_rec.serving.client.loop_thread import LoopThread
from mtl_rec.serving.client.ranking import Ranking
from mtl_rec.serving.client.signatures import ModelMetadata, VersionStatus


class Client:
    """`AsyncClient` in a thread of its own: the same calls, which wait for the answer.

    Threads may share it, and it works where an event loop runs already, as in a
    notebook. Make it after a process has forked, not before.

    Args:
        url: As of `AsyncClient`, like all others.
        model: Name of the model.
        version: One of its versions.
        label: The version that has this label.
        timeout_seconds: For a whole call, with its retries.
        retries: Tries after the first.
        rows_per_request: Rows, or candidates, in one request at most.

    Raises:
        ConfigError: The URL, or another argument, is wrong.
    """

    def __init__(
        self,
        url: str,
        model: str,
        *,
        version: int | None = None,
        label: str | None = None,
        timeout_seconds: float = 10.0,
        retries: int = 3,
        rows_per_request: int = 2000,
    ) -> None:
        self._client = AsyncClient(
            url,
            model,
            version=version,
            label=label,
            timeout_seconds=timeout_seconds,
            retries=retries,
            rows_per_request=rows_per_request,
        )
        self._thread = LoopThread()
        self._finalizer = weakref.finalize(self, _close, self._client, self._thread)

    def predict(
        self,
        rows: Rows,
        outputs: Sequence[str] | None = None,
        *,
        signature: str = ROWS,
        fill_missing: bool = False,
        timeout_seconds: float | None = None,
    ) -> dict[str, np.ndarray]:
        """Scores rows, each on its own, as `AsyncClient.predict` does."""
        return self._thread.run(
            self._client.predict(
                rows,
                outputs,
                signature=signature,
                fill_missing=fill_missing,
                timeout_seconds=timeout_seconds,
            )
        )

    def rank(
        self,
        request: Mapping[str, Any],
        candidates: Rows,
        outputs: Sequence[str] | None = None,
        *,
        fill_missing: bool = False,
        timeout_seconds: float | None = None,
    ) -> Ranking:
        """Scores and orders the candidates of one request, as `AsyncClient.rank`."""
        return self._thread.run(
            self._client.rank(
                request,
                candidates,
                outputs,
                fill_missing=fill_missing,
                timeout_seconds=timeout_seconds,
            )
        )

    def metadata(self) -> ModelMetadata:
        """The version that answers now, and its signatures."""
        return self._thread.run(self._client.metadata())

    def status(self) -> list[VersionStatus]:
        """The versions of the model that the server knows, newest first."""
        return self._thread.run(self._client.status())

    def close(self) -> None:
        """Closes the connections and ends the thread; at the latest at exit."""
        self._finalizer()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _close(client: AsyncClient, thread: LoopThread) -> None:
    thread.stop(client.close())
