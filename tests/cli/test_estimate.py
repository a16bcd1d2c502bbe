"""What `mtl-rec train --dry-run` shows."""

import json

import pytest

from mtl_rec.cli.estimate_tables import show_estimate
from mtl_rec.run.dry_run import Estimate
from mtl_rec.run.dry_run.sizes import VocabularySize
from mtl_rec.run.dry_run.timing import Speed


@pytest.fixture
def make_estimate():
    """An estimate for a machine with so many bytes."""

    def make(available: int) -> Estimate:
        return Estimate(
            rows={"train": 7_000_000, "validation": 1_000_000, "test": 2_000_000},
            is_exact=False,
            rows_looked_at=60_000,
            vocabularies={"user_id": VocabularySize(50_000, 900_000, 16)},
            parameters={"embedding tables": 14_400_000, "towers": 500},
            memory={"weights": 58 * 2**20, "program": 2**30},
            available=available,
            seconds={"prepare": 60.0, "compile": 9.0, "epoch": 120.0},
            epochs=10,
            speed=Speed(9.0, 1.7e-5, 1e-6, 0.1, 500_000, 1000),
        )

    return make


def test_an_estimate_says_what_and_how(make_estimate, capsys):
    show_estimate(make_estimate(2**34), "table")

    text = capsys.readouterr().out
    rows = [" ".join(line.split()) for line in text.splitlines()]
    assert "train about 7,000,000" in rows
    assert "user_id about 900,000 16 14,400,000" in rows
    assert "all 14,400,500" in rows
    assert "weights 58 MiB" in rows
    assert "all, about 1.1 GiB" in rows
    assert "an epoch 2.0 min" in rows
    assert "all of 10 epochs 21.1 min" in rows
    assert "Time is that of 500,000 rows trained on now, 58,824 a second" in text
    assert "may be killed" not in text


def test_a_machine_that_is_too_small_is_warned_of(make_estimate, capsys):
    show_estimate(make_estimate(2**29), "table")

    assert "This machine has 512 MiB: the run may be killed." in capsys.readouterr().out


def test_a_program_gets_bytes_and_seconds(make_estimate, capsys):
    show_estimate(make_estimate(2**34), "json")

    shown = json.loads(capsys.readouterr().out)
    assert shown["seconds"]["all"] == 60 + 9 + 10 * 120
    assert shown["memory_bytes"]["all"] == 58 * 2**20 + 2**30
    assert shown["vocabularies"]["user_id"]["ids"] == 900_000
