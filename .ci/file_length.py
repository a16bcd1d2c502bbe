"""Refuses source files past 250 lines; a second noun usually hides in there."""

import sys
from pathlib import Path

LIMIT = 250

too_long = {
    path: lines
    for path in sys.argv[1:]
    if (lines := len(Path(path).read_text(encoding="utf-8").splitlines())) > LIMIT
}
for path, lines in too_long.items():
    sys.stderr.write(f"{path}: {lines} lines, {LIMIT} at most\n")
sys.exit(bool(too_long))
