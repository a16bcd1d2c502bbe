"""The list of one-line faults, and whether it fits the code and its tests."""

import ast
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Fault:
    """A line of the package, what it becomes, and who should notice.

    Attributes:
        name: For people and for `--only`.
        file: In the package.
        line: As it stands in the file, without indentation, on one line alone.
        becomes: The line with the fault.
        breaks: What is wrong then.
        tests: The cheapest that notice it, as pytest takes them.
        backend: Of Keras, in the tests.
    """

    name: str
    file: str
    line: str
    becomes: str
    breaks: str
    tests: tuple[str, ...]
    backend: str = "tensorflow"

    def path(self, root: Path) -> Path:
        """The file in a copy of the project."""
        return root / "mtl_rec" / self.file

    def applied(self, root: Path) -> str:
        """The text of the file with the fault.

        Raises:
            ValueError: The fault fits no line or several, or is no Python there.
        """
        lines = self.path(root).read_text(encoding="utf-8").splitlines(keepends=True)
        places = [n for n, line in enumerate(lines) if line.strip() == self.line]
        if len(places) != 1:
            raise ValueError(
                f"`line` must be one line of mtl_rec/{self.file}. Received: "
                f"{self.line!r}, which is {len(places)} of them."
            )
        (place,) = places
        lines[place] = lines[place].replace(self.line, self.becomes)
        text = "".join(lines)
        if self.becomes == self.line:
            raise ValueError("`becomes` must differ from `line`.")
        ast.parse(text, self.file)
        return text


def read_faults(path: Path) -> list[Fault]:
    """All faults of the list."""
    tables = tomllib.loads(path.read_text(encoding="utf-8"))["fault"]
    return [Fault(**{**table, "tests": tuple(table["tests"])}) for table in tables]


def problems_of(faults: Sequence[Fault]) -> Iterator[str]:
    """What of the list does not fit the code and its tests."""
    names = [fault.name for fault in faults]
    repeated = sorted({name for name in names if names.count(name) > 1})
    yield from (f"{name}: another has this name" for name in repeated)
    for fault in faults:
        try:
            fault.applied(ROOT)
            for test in fault.tests:
                _require_test(test)
        except (ValueError, SyntaxError, OSError) as error:
            yield f"{fault.name}: {error}"


def _require_test(test: str) -> None:
    file, _, function = test.partition("::")
    if f"def {function}" not in (ROOT / file).read_text(encoding="utf-8"):
        raise ValueError(f"`tests` must be there. Received: '{test}'.")
