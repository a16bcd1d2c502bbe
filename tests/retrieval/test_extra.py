"""What works without the extra `retrieval` imports nothing of it."""

import ast
from pathlib import Path

import mtl_rec.retrieval

OF_THE_EXTRA = {"faiss", "scipy", "tensorflow_recommenders", "tf_keras", "usearch"}
FOLDER = Path(mtl_rec.retrieval.__file__).parent


def imported_at_once(path):
    """The packages that a module imports where it begins."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0]


def test_no_module_needs_the_extra_before_it_is_used():
    modules = [p for p in FOLDER.rglob("*.py") if "indexes" not in p.parts]

    needing = {p.name: OF_THE_EXTRA & set(imported_at_once(p)) for p in modules}

    assert len(modules) > 30
    assert {name: own for name, own in needing.items() if own} == {}
