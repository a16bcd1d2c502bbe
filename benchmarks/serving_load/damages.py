"""Files of a version deleted, cut short, or with one bit another."""

import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

Damage = Callable[[Path], None]


def delete(path: Path) -> None:
    path.unlink()


def truncate(path: Path, kept_bytes: int = -1) -> None:
    path.write_bytes(path.read_bytes()[:kept_bytes])


def flip_a_bit(path: Path, place: float = 0.5, bit: int = 0) -> None:
    """Flips one bit, at a share of the length."""
    content = bytearray(path.read_bytes())
    content[int(len(content) * place)] ^= 1 << bit
    path.write_bytes(content)


class DamageReport(NamedTuple):
    """What was noticed."""

    tried: int
    missed: list[str]


def damage_everything(
    version: Path, scratch: Path, is_caught: Callable[[Path], bool], flips: int = 20
) -> DamageReport:
    """Damages every file in turn, each time in a new copy of the version.

    Args:
        version: As it was exported.
        scratch: A folder that is not there yet.
        is_caught: Whether a copy is refused.
        flips: How many bits of each file are flipped, one at a time.
    """
    tried, missed = 0, []
    names = sorted(p.relative_to(version) for p in version.rglob("*") if p.is_file())
    for name in names:
        for what, damage in _damages(random.Random(str(name)), flips):
            copy = shutil.copytree(version, scratch)
            damage(copy / name)
            tried += 1
            if not is_caught(copy):
                missed.append(f"{name}: {what}")
            shutil.rmtree(copy)
    return DamageReport(tried, missed)


def _damages(draw: random.Random, flips: int) -> Iterator[tuple[str, Damage]]:
    yield "deleted", delete
    yield "the last byte cut off", truncate
    yield "emptied", lambda path: truncate(path, 0)
    for _ in range(flips):
        place, bit = draw.random(), draw.randrange(8)
        yield (
            f"bit {bit} at {place:.3f}",
            lambda path, place=place, bit=bit: flip_a_bit(path, place, bit),
        )
