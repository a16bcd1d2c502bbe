"""What a rung script and the process that starts it agree on: files and reasons.

Both sides import this module, so it needs nothing but NumPy.
"""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping

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


def batches(rows: Arrays) -> Iterator[tuple[int, dict[str, np.ndarray]]]:
    """All rows, then the first one and the first three, each with its size.

    The small batches show a batch size that is fixed inside the graph. An array of one
    row, such as the user of a ranking request, stays as it is.
    """
    count = max((len(array) for array in rows.values()), default=0)
    for size in (count, *(size for size in (1, 3) if size < count)):
        yield size, {name: array[:size] for name, array in rows.items()}


def answer_name(signature: str, output: str, size: int) -> str:
    """How the answers to a batch of a size are named among all answers."""
    return f"{signature}/{output}/{size}"


def answer(
    rows: Arrays,
    signature: str,
    inputs: Iterable[str],
    run: Callable[[Arrays], Arrays],
) -> dict[str, np.ndarray]:
    """Runs one signature on every batch of its rows.

    Args:
        rows: Values of all signatures, each named `<signature>/<input>`.
        signature: The one to run.
        inputs: Names of its inputs.
        run: From the inputs, by name, to the outputs.

    Returns:
        The outputs, as `answer_name` names them.
    """
    for name in inputs:
        if f"{signature}/{name}" not in rows:
            raise ValueError(f"There are no rows for input '{name}' of '{signature}'.")
    own = {name: rows[f"{signature}/{name}"] for name in inputs}
    answers = {}
    for size, batch in batches(own):
        try:
            outputs = run(batch)
        except Exception as error:
            reason = one_line(str(error)) or repr(error)
            raise RuntimeError(
                f"'{signature}' fails on a batch of {size}: {reason}"
            ) from error
        for output, values in outputs.items():
            answers[answer_name(signature, output, size)] = values
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
