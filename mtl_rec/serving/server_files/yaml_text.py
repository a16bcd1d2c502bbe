"""Lines of YAML with comments, which a YAML library would drop."""

import textwrap
from collections.abc import Sequence

from mtl_rec.serving.server_files.flags import Flag

_WIDTH = 88


def comment(text: str, indent: int = 0) -> str:
    """Text as comment lines.

    Args:
        text: One paragraph.
        indent: Spaces before each line.
    """
    start = " " * indent + "# "
    return textwrap.fill(text, _WIDTH, initial_indent=start, subsequent_indent=start)


def flag_items(flags: Sequence[Flag], indent: int) -> str:
    """A list of flags, each below its reason; those that are off are comments.

    Args:
        flags: In order.
        indent: Spaces before each line.
    """
    lines = []
    for flag in flags:
        off = "" if flag.is_on else "# "
        lines += [comment(flag.reason, indent), f"{' ' * indent}{off}- {flag}"]
    return "\n".join(lines)
