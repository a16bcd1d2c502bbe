"""What the losses are, read from their source: importing them loads a framework."""

import ast
from pathlib import Path

import mtl_rec
from mtl_rec.config.catalogue import Entry, Group, Setting, first_paragraph

GROUP = "losses"


def losses() -> Group:
    """The public losses; which one a task has follows from its kind."""
    folder = Path(mtl_rec.__file__).parent / "losses"
    entries = {
        node.name: _entry(node)
        for file in sorted(folder.glob("*.py"))
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    }
    return Group(GROUP, "follow from tasks[].kind", entries)


def _entry(node: ast.ClassDef) -> Entry:
    constructor = next(
        (
            item
            for item in node.body
            if isinstance(item, ast.FunctionDef) and item.name == "__init__"
        ),
        None,
    )
    arguments = constructor.args.args[1:] if constructor else []
    settings = [Setting(a.arg, _text(a.annotation), "learned", "") for a in arguments]
    return Entry(node.name, first_paragraph(ast.get_docstring(node)), tuple(settings))


def _text(annotation: ast.expr | None) -> str:
    return "" if annotation is None else ast.unparse(annotation)
