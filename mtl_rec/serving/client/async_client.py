"""A client of a served model, for `asyncio`."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np

from mtl_rec.config.served_names import ORDER, RANK, ROWS, SCORE
from mtl_rec.errors import ConfigError
from mtl_rec.serving.client.address import Address, ModelReference
from mtl_rec.serving.client.calls import ModelCalls
from mtl_rec.serving.client.columns import Rows, columns_of, single_row
from mtl_rec.serving.client.inputs import (
    NO_INPUTS,
    Inputs,
    candidate_inputs,
    row_inputs,
)
from mtl_rec.serving.client.ranking import Ranking, joined_outputs, ranking_of
from mtl_rec.serving.client.retries import Deadline
from mtl_rec.serving.client.signatures import (
    ModelMetadata,
    Signature,
    VersionStatus,
)
from mtl_rec.serving.client.transport import open_transport


class AsyncClient:
    """A model of TensorFlow Serving, or of `mtl-rec serve`.

    What a call sends is checked against the signature that the server tells, before
    it leaves. Connections are kept; use it within one event loop, from as many tasks
    as you like.

    Args:
        url: `grpc://host:8500`, `grpcs://`, `http://host:8501` or `https://`.
        model: Name of the model.
        version: One of its versions; the newest if neither this nor a label is given.
        label: The version that has this label.
        timeout_seconds: For a whole call, with its retries.
        retries: Tries after the first, where nobody answers or the server says that
            it can't now. Nothing else is tried again.
        rows_per_request: Rows, or candidates, in one request at most; more are sent
            in several requests, which one version answers.

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
        _require("timeout_seconds", timeout_seconds > 0, "above 0", timeout_seconds)
        _require("retries", retries >= 0, "0 or more", retries)
        is_size = rows_per_request >= 1
        _require("rows_per_request", is_size, "1 or more", rows_per_request)
        reference = ModelReference(model, version, label)
        self._timeout_seconds = timeout_seconds
        self._transport = open_transport(Address.of(url))
        self._calls = ModelCalls(self._transport, reference, retries, rows_per_request)

    async def predict(
        self,
        rows: Rows,
        outputs: Sequence[str] | None = None,
        *,
        signature: str = ROWS,
        fill_missing: bool = False,
        timeout_seconds: float | None = None,
    ) -> dict[str, np.ndarray]:
        """Scores rows, each on its own.

        Args:
            rows: List of dicts, dict of columns, pandas DataFrame or pyarrow Table, by
                name of the feature. None and NaN are missing values; whole numbers
                are taken for text as well; lists may be shorter than their feature's.
            outputs: Names of those to return; all of them if None.
            signature: What to run.
            fill_missing: Whether features that are not there are sent as missing
                values ("" and NaN); otherwise they are an error.
            timeout_seconds: Of this call, instead of the client's.

        Returns:
            By output, one value or a list of them for each row, in the order of the
            rows; text as `str`.

        Raises:
            RequestError: The rows do not fit the signature; nothing was sent.
            ServerError: The server refused them, or did not answer.
        """
        columns = columns_of(rows, "rows")
        wanted = tuple(outputs or ())

        def prepare(served: Signature) -> tuple[Inputs, tuple[str, ...]]:
            served.require_outputs(wanted)
            names = wanted or tuple(served.outputs)
            if not columns.num_rows:
                return NO_INPUTS, names
            return row_inputs(served, columns, fill_missing), names

        replies, names = await self._calls.predict(
            signature, prepare, self._deadline(timeout_seconds)
        )
        return joined_outputs(replies, names, columns.num_rows)

    async def rank(
        self,
        request: Mapping[str, Any],
        candidates: Rows,
        outputs: Sequence[str] | None = None,
        *,
        fill_missing: bool = False,
        timeout_seconds: float | None = None,
    ) -> Ranking:
        """Scores and orders the candidates of one request.

        Args:
            request: Values by feature that are the same for all candidates: the
                user's and the moment's. They are sent once.
            candidates: Rows, one a candidate, in any form that `predict` takes.
            outputs: Names of the probabilities to return; all of them if None.
            fill_missing: Whether features that are not there are sent as missing
                values ("" and NaN); otherwise they are an error.
            timeout_seconds: Of this call, instead of the client's.

        Raises:
            RequestError: They do not fit the signature; nothing was sent.
            ServerError: The server refused them, or did not answer.
        """
        user = single_row(request, "request")
        columns = columns_of(candidates, "candidates")
        wanted = tuple(outputs or ())

        def prepare(served: Signature) -> tuple[Inputs, tuple[str, ...]]:
            served.require_outputs((*wanted, SCORE))
            # Of several requests each has an order of its own; ours is by the scores.
            apart = (SCORE, ORDER)
            names = [n for n in wanted or served.outputs if n not in apart]
            inputs = NO_INPUTS
            if columns.num_rows:
                inputs = candidate_inputs(served, user, columns, fill_missing)
            return inputs, (*names, SCORE)

        replies, names = await self._calls.predict(
            RANK, prepare, self._deadline(timeout_seconds)
        )
        return ranking_of(replies, names[:-1], columns.num_rows)

    async def metadata(self) -> ModelMetadata:
        """The version that answers now, and its signatures.

        Raises:
            ServerError: The server refused, or did not answer.
        """
        return await self._calls.metadata(self._deadline(None))

    async def status(self) -> list[VersionStatus]:
        """The versions of the model that the server knows, newest first.

        Raises:
            ServerError: The server refused, or did not answer.
        """
        return await self._calls.status(self._deadline(None))

    async def close(self) -> None:
        """Closes the connections; a later call opens them again."""
        await self._transport.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def _deadline(self, timeout_seconds: float | None) -> Deadline:
        if timeout_seconds is None:
            timeout_seconds = self._timeout_seconds
        return Deadline(timeout_seconds)


def _require(name: str, is_right: bool, allowed: str, value: float) -> None:
    if not is_right:
        raise ConfigError(f"`{name}` must be {allowed}. Received: {value}.")
