"""What the tests of `config` share: a small config, and ways to load it."""

from collections.abc import Callable

import pytest

from mtl_rec.config import RunConfig, load_config
from mtl_rec.errors import ConfigError

TINY = """\
name: tiny
data:
  source: {kind: synthetic_shop}
  split: {kind: time, column: timestamp}
features:
  - {kind: categorical, name: user_id, side: user}
  - {kind: numeric, name: price, side: item}
tasks:
  - {name: click}
  - {name: purchase, after: click}
model:
  architecture: {kind: mmoe}
"""

USER = {"kind": "categorical", "name": "user_id", "side": "user"}

Load = Callable[..., RunConfig]


@pytest.fixture
def tiny() -> str:
    """A config of 12 lines that is right."""
    return TINY


@pytest.fixture
def change() -> Callable[..., str]:
    """The small config with pieces replaced: `change((old, new), ...)`."""

    def replace(*pieces: tuple[str, str]) -> str:
        text = TINY
        for old, new in pieces:
            assert text.count(old) == 1, f"{old!r} must be there once"
            text = text.replace(old, new)
        return text

    return replace


@pytest.fixture
def load(tmp_path, monkeypatch) -> Load:
    """Loads a YAML text, or bytes, as 'run.yaml', with overrides."""
    monkeypatch.chdir(tmp_path)

    def load_text(text: str | bytes = TINY, *overrides: str) -> RunConfig:
        data = text.encode() if isinstance(text, str) else text
        (tmp_path / "run.yaml").write_bytes(data)
        return load_config("run.yaml", overrides)

    return load_text


@pytest.fixture
def error_of(load) -> Callable[..., str]:
    """What loading a text says is wrong."""

    def text_of(*arguments: str | bytes) -> str:
        with pytest.raises(ConfigError) as raised:
            load(*arguments)
        return str(raised.value)

    return text_of


@pytest.fixture
def problems_of(error_of) -> Callable[..., list[str]]:
    """The problems that loading a text lists, each a path and a text."""

    def list_of(text: str, *overrides: str) -> list[str]:
        title, *lines = error_of(text, *overrides).split("\n")
        source = "'run.yaml' with `--set`" if overrides else "'run.yaml'"
        count = f"{len(lines)} problem{'s' if len(lines) != 1 else ''}"
        assert title == f"{source} has {count}:"
        assert all(line.startswith("  ") for line in lines)
        return [line[2:] for line in lines]

    return list_of


@pytest.fixture
def problems_with(problems_of) -> Callable[..., list[str]]:
    """The problems of the small config with other features, tasks or metric."""

    def list_of(features=(USER,), tasks=({"name": "click"},), metric="val_loss"):
        return problems_of(
            TINY,
            f"features={list(features)}",
            f"tasks={list(tasks)}",
            f"training.early_stopping.metric={metric}",
        )

    return list_of
