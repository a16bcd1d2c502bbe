"""A draft as a YAML file that people read: grouped, with a comment for each guess."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mtl_rec.config.yaml_text import render_inline
from mtl_rec.data.starter.draft import Draft, Line
from mtl_rec.data.starter.looking import Sample

WIDTH = 100
"""Characters of a line, comment included."""

_SIDES = {
    "user": "Of the user: what is known before the exposure.",
    "item": "Of the item.",
    "context": "Of the moment, or of this user with such items.",
}


def config_text(draft: Draft, sample: Sample, name: str, output: str) -> str:
    """The whole file.

    Args:
        draft: What it holds.
        sample: What it was guessed from.
        name: Of the run.
        output: Where the file will be.
    """
    split = f"  split: {render_inline(draft.split)}"
    parts = [
        _head(draft, sample, output),
        [f"name: {render_inline(name)}"],
        [
            "data:",
            *_section("source", draft.source, draft.comments, "  "),
            *_commented(split, draft.comments["split"]),
        ],
        ["features:", *_features(draft)],
        ["tasks:", *(line for task in draft.tasks for line in _item(task))],
        ["model:", f"  architecture: {render_inline(draft.model['architecture'])}"],
    ]
    if draft.training:
        lines = [f"  {key}: {render_inline(v)}" for key, v in draft.training.items()]
        parts.append(["training:", *lines])
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _head(draft: Draft, sample: Sample, output: str) -> list[str]:
    looked_at = f"{sample.rows.num_rows:,} rows"
    if not sample.is_whole:
        looked_at += f" from all over its some {sample.num_rows:,}"
    text = (
        f"Written by `mtl-rec init` from {looked_at}. Everything below was guessed "
        "from names and values, and the comments say why: read them, and correct what "
        "you know better."
    )
    notes = [f"CHECK: {note}" for note in draft.notes]
    lines = [
        line
        for part in (text, *notes)
        for line in textwrap.wrap(part, WIDTH - len("# "))
    ]
    title = [f"A starter config for {sample.path}.", f"  mtl-rec train {output}"]
    return [f"# {line}" for line in (*title, *lines)]


def _section(
    name: str, settings: Mapping[str, Any], comments: Mapping[str, str], indent: str
) -> Iterator[str]:
    inline = f"{indent}{name}: {render_inline(dict(settings))}"
    if len(inline) <= WIDTH and not any(comments.get(key) for key in settings):
        yield inline
        return
    yield f"{indent}{name}:"
    for key, value in settings.items():
        yield from _setting(key, value, comments.get(key, ""), f"{indent}  ")


def _setting(key: str, value: Any, comment: str, indent: str) -> Iterator[str]:
    line = f"{indent}{render_inline(key)}: {render_inline(value)}"
    if len(line) <= WIDTH or not isinstance(value, dict | list):
        yield from _commented(line, comment)
        return
    yield from _commented(f"{indent}{render_inline(key)}:", comment)
    if isinstance(value, dict):
        for inner, setting in value.items():
            yield from _setting(inner, setting, "", f"{indent}  ")
        return
    items = ", ".join(render_inline([item])[1:-1] for item in value)
    wrapped = textwrap.wrap(
        f"[{items}]", WIDTH - len(indent) - 2, break_long_words=False
    )
    yield from (f"{indent}  {text}" for text in wrapped)


def _features(draft: Draft) -> Iterator[str]:
    is_first = True
    for side, title in _SIDES.items():
        own = [line for line in draft.features if line.settings["side"] == side]
        if not own:
            continue
        if not is_first:
            yield ""
        is_first = False
        yield f"  # {title}"
        for line in own:
            yield from _item(line)
    if draft.left_out:
        yield ""
        yield "  # Left out:"
        for column, why in draft.left_out.items():
            text = f"{column}: {why}"
            yield from _wrapped(text, "  #   ")


def _item(line: Line) -> Iterator[str]:
    text = f"- {render_inline(line.settings)}"
    yield from _commented(f"  {text}" if line.is_active else f"  # {text}", line.why)


def _commented(line: str, comment: str) -> list[str]:
    """The comment behind the line if there is room, else above it."""
    if not comment:
        return [line]
    if len(line) + len(comment) + 4 <= WIDTH:
        return [f"{line}  # {comment}"]
    indent = line[: len(line) - len(line.lstrip())]
    return [*_wrapped(comment, f"{indent}# "), line]


def _wrapped(text: str, prefix: str) -> Sequence[str]:
    return [
        prefix + line
        for line in textwrap.wrap(" ".join(text.split()), WIDTH - len(prefix))
    ]
