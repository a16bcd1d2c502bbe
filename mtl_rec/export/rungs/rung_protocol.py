"""What a rung script and the process that starts it agree on: files and reasons.

Both sides import this module, so it needs nothing but NumPy.
"""

import os
import sys
from collections.abc import Callable, Iterable, Mapping

import numpy as np

Arrays = Mapping[str, np.ndarray]

_LONGEST_REASON = 500
_UNINFORMATIVE = ("graph execution error", "root error(s) found", "traceback (most")


def write_arrays(path: str | os.PathLike[str], arrays: Arrays) -> None:
    """Writes an .npz without pickles: strings become their bytes and lengths."""
    stored = {}
    for name, array in arrays.items():
        if array.dtype.kind not in "OSU":
            stored[name] = array
            continue
        values = [_encoded(value) for value in array.ravel()]
        lengths = np.array([len(value) for value in values], np.int64)
        stored[f"{name}:lengths"] = lengths.reshape(array.shape)
        stored[f"{name}:bytes"] = np.frombuffer(b"".join(values), np.uint8)
    with open(path, "wb") as file:
        np.savez(file, **stored)


def read_arrays(path: str | os.PathLike[str]) -> dict[str, np.ndarray]:
    """Arrays that `write_arrays` wrote; strings come back as objects of bytes."""
    arrays = {}
    with np.load(path) as stored:
        for key in stored.files:
            name, _, part = key.partition(":")
            if part == "":
                arrays[name] = stored[key]
            elif part == "lengths":
                arrays[name] = _strings(stored[key], stored[f"{name}:bytes"])
    return arrays


def array_name(signature: str, request: str, tensor: str) -> str:
    """How one tensor of a request, or of its answer, is named among all arrays."""
    return f"{signature}/{request}/{tensor}"


def requests_of(arrays: Arrays, signature: str) -> dict[str, dict[str, np.ndarray]]:
    """The arrays of one signature by request, in order, and in each by tensor."""
    requests: dict[str, dict[str, np.ndarray]] = {}
    for key, values in arrays.items():
        owner, request, tensor = key.split("/", 2)
        if owner == signature:
            requests.setdefault(request, {})[tensor] = values
    return requests


def answer(
    requests: Arrays,
    signature: str,
    inputs: Iterable[str],
    run: Callable[[Arrays], Arrays],
) -> dict[str, np.ndarray]:
    """Answers every request to one signature.

    Args:
        requests: Those of all signatures, as `array_name` names them.
        signature: The one to run.
        inputs: Names of its inputs.
        run: From the inputs, by name, to the outputs.

    Returns:
        The outputs, as `array_name` names them.
    """
    own = requests_of(requests, signature)
    if not own:
        raise ValueError(f"There is no request to '{signature}'.")
    answers = {}
    for request, values in own.items():
        for name in inputs:
            if name not in values:
                raise ValueError(f"{request} of '{signature}' has no input '{name}'.")
        try:
            outputs = run(values)
        except Exception as error:
            reason = one_line(str(error)) or repr(error)
            raise RuntimeError(f"'{signature}' fails on {request}: {reason}") from error
        for output, result in outputs.items():
            answers[array_name(signature, request, output)] = result
    return answers


def run_script(main: Callable[..., None]) -> None:
    """Calls `main` with the script's arguments; a failure is one line and status 1."""
    try:
        main(*sys.argv[1:])
    except Exception as error:
        sys.exit(one_line(str(error)) or repr(error))


def one_line(message: str) -> str:
    """The line of a long message that says what happened; empty if none does."""
    for line in message.splitlines():
        text = line.strip()
        if text and not any(words in text.lower() for words in _UNINFORMATIVE):
            return text[:_LONGEST_REASON]
    return ""


def _encoded(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode()
    raise TypeError(f"A string must be str or bytes. Received: {value!r}.")


def _strings(lengths: np.ndarray, flat: np.ndarray) -> np.ndarray:
    everything = flat.tobytes()
    ends = np.cumsum(lengths.ravel())
    values = np.empty(lengths.size, object)
    for index, (end, length) in enumerate(zip(ends, lengths.ravel(), strict=True)):
        values[index] = everything[end - length : end]
    return values.reshape(lengths.shape)
