"""The versions of one model: loaded before others leave, unloaded when idle."""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import grpc
from tensorflow_serving.apis.get_model_status_pb2 import ModelVersionStatus

from mtl_rec.serving.local.loaded_version import LoadedVersion
from mtl_rec.serving.local.status import StatusError, status_of

_logger = logging.getLogger(__name__)

LOAD_ATTEMPTS = 3
"""Polls in which a version may fail to load before it is given up."""


class ModelVersions:
    """One model. Many threads may lease versions while one follows the folder.

    Args:
        name: The model's name.
        load: Gives the version with a number and a directory, ready for requests.
    """

    def __init__(self, name: str, load: Callable[[int, Path], LoadedVersion]) -> None:
        self._name = name
        self._load = load
        self._changed = threading.Condition()
        self._serving: dict[int, LoadedVersion] = {}
        self._leases: Counter[LoadedVersion] = Counter()
        self._statuses: dict[int, ModelVersionStatus] = {}
        self._failures: Counter[int] = Counter()

    @contextmanager
    def lease(self, number: int | None = None) -> Iterator[LoadedVersion]:
        """A version that stays loaded meanwhile.

        Args:
            number: Of the version; the newest of those loaded if none is asked for.

        Raises:
            StatusError: It is not loaded.
        """
        with self._changed:
            # The condition's lock may be taken again by the thread that has it.
            version = self.newest() if number is None else self._serving.get(number)
            if version is None:
                raise self._not_found(number)
            self._leases[version] += 1
        try:
            yield version
        finally:
            with self._changed:
                self._leases[version] -= 1
                self._changed.notify_all()

    def follow(self, wanted: Mapping[int, Path]) -> None:
        """Loads what is wanted, newest first, and then unloads what is not.

        Nothing is unloaded while none of what is wanted is loaded; two versions that
        are not wanted are not kept for that.

        Args:
            wanted: Directories by the number of the version; if empty, all is unloaded.
        """
        for number in set(self._failures) - set(wanted):
            # Should it come back, it is another one.
            del self._failures[number]
        for number in sorted(wanted, reverse=True):
            if number not in self._serving and not self.is_given_up(number):
                self._try_to_load(number, wanted[number])
        unwanted = sorted(set(self._serving) - set(wanted))
        if wanted and not set(self._serving) & set(wanted):
            unwanted = unwanted[:-1]
        for number in unwanted:
            self._unload(number)

    def is_given_up(self, number: int) -> bool:
        """Whether a version failed to load too often."""
        return self._failures[number] >= LOAD_ATTEMPTS

    def is_available(self, number: int) -> bool:
        """Whether a version takes requests."""
        return number in self._serving

    def newest(self) -> LoadedVersion | None:
        """The version that requests go to which ask for none."""
        with self._changed:
            return self._serving[max(self._serving)] if self._serving else None

    def statuses(self) -> dict[int, ModelVersionStatus]:
        """The state of every version there was, newest first."""
        with self._changed:
            return dict(sorted(self._statuses.items(), reverse=True))

    def _try_to_load(self, number: int, directory: Path) -> None:
        if not self._failures[number]:
            self._report(number, ModelVersionStatus.LOADING)
        try:
            version = self._load(number, directory)
        except Exception as error:
            # Whatever is wrong with a version, others go on.
            self._count_failure(number, error)
        else:
            del self._failures[number]
            with self._changed:
                self._serving[number] = version
            self._report(number, ModelVersionStatus.AVAILABLE)

    def _count_failure(self, number: int, error: Exception) -> None:
        self._failures[number] += 1
        is_last = self.is_given_up(number)
        state = ModelVersionStatus.END if is_last else ModelVersionStatus.LOADING
        self._report(number, state, status_of(error))

    def _unload(self, number: int) -> None:
        with self._changed:
            version = self._serving.pop(number)
        self._report(number, ModelVersionStatus.UNLOADING)
        with self._changed:
            self._changed.wait_for(lambda: not self._leases[version])
            del self._leases[version]
        version.close()
        self._report(number, ModelVersionStatus.END)

    def _report(
        self,
        number: int,
        state: ModelVersionStatus.State,
        error: StatusError | None = None,
    ) -> None:
        status = ModelVersionStatus(version=number, state=state)
        status.status.SetInParent()
        if error is not None:
            status.status.error_code = error.code.value[0]
            status.status.error_message = error.message
        with self._changed:
            self._statuses[number] = status
        state_name = ModelVersionStatus.State.Name(state)
        text = f"{self._name} version {number}: {state_name}"
        if error is None:
            _logger.info("%s", text)
        else:
            _logger.error("%s: %s", text, error.message)

    def _not_found(self, number: int | None) -> StatusError:
        asked = "Latest" if number is None else "Specific"
        which = self._name if number is None else f"{self._name}, {number}"
        return StatusError(
            grpc.StatusCode.NOT_FOUND,
            f"Servable not found for request: {asked}({which})",
        )
