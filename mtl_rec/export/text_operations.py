"""TensorFlow Text's operations, which a stock server has and TensorFlow alone has not.

Whoever runs such a graph here must load the libraries that a server is linked with.
"""

import importlib.util
import re
from pathlib import Path
from typing import Any

from mtl_rec.errors import ArtifactError

_LIBRARIES = {
    "_wordpiece_tokenizer.so": re.compile(r"Wordpiece.*"),
    "_normalize_ops.so": re.compile(r"NormalizeUTF8.*"),
    "_sentencepiece_tokenizer.so": re.compile(r"Sentencepiece.*"),
}


def text_libraries(graph_def: Any) -> list[str]:
    """Paths of the libraries that a graph's operations are in.

    Args:
        graph_def: A `GraphDef`, whose functions are looked at too.

    Raises:
        ArtifactError: TensorFlow Text is not installed and the graph needs it.
    """
    nodes = [*graph_def.node]
    for function in graph_def.library.function:
        nodes += function.node_def
    operations = {node.op for node in nodes}
    needed = [
        name
        for name, pattern in _LIBRARIES.items()
        if any(map(pattern.fullmatch, operations))
    ]
    if not needed:
        return []
    package = importlib.util.find_spec("tensorflow_text")
    if package is None or not package.submodule_search_locations:
        raise ArtifactError(
            "This version cuts texts by operations of TensorFlow Text, which a stock "
            'server has and this machine lacks: pip install "mtl-rec[text]".'
        )
    folder = Path(package.submodule_search_locations[0], "python", "ops")
    return [str(folder / name) for name in needed]
