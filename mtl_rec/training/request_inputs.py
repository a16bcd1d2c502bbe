"""The inputs of a batch whose requests, or texts, have a row each."""

from typing import Any

from keras import ops

from mtl_rec.models.layers.request_rows import REQUEST_OF_ROW
from mtl_rec.models.layers.text_rows import text_of_row


def request_of_row(x: Any) -> Any:
    """Which request each exposure is of; None where every exposure has its own row."""
    return x.get(REQUEST_OF_ROW) if isinstance(x, dict) else None


def text_of_each_row(x: Any) -> dict[str, Any]:
    """By input whose texts have a row each, which of them each row has."""
    if not isinstance(x, dict):
        return {}
    return {name: x[text_of_row(name)] for name in x if text_of_row(name) in x}


def inputs_of_layers(x: Any) -> Any:
    """What the graph of layers takes."""
    others = {REQUEST_OF_ROW, *map(text_of_row, text_of_each_row(x))}
    if not isinstance(x, dict) or others.isdisjoint(x):
        return x
    return {name: array for name, array in x.items() if name not in others}


def expanded(x: Any) -> Any:
    """The same inputs with a row for each exposure."""
    texts, requests = text_of_each_row(x), request_of_row(x)
    if not texts and requests is None:
        return x
    inputs = inputs_of_layers(x)
    for name, rows in texts.items():
        inputs = {**inputs, name: _taken(inputs[name], rows)}
    if requests is None:
        return inputs
    return {
        name: array if array.shape[0] == requests.shape[0] else _taken(array, requests)
        for name, array in inputs.items()
    }


def _taken(array: Any, rows: Any) -> Any:
    return ops.take(array, ops.reshape(rows, (-1,)), axis=0)
