"""A YAML file becomes a RunConfig, or an error that lists every problem."""

import pytest

from mtl_rec.config import load_config
from mtl_rec.config.features import Categorical, Numeric
from mtl_rec.config.loading import dump_config
from mtl_rec.config.model import MMoE
from mtl_rec.errors import ArtifactError

ALIASED = """\
  - {kind: text, name: a, side: item, encoder: &bag {kind: bag}}
  - {kind: text, name: b, side: item, encoder: *bag}
tasks:
"""

SHARED = """\
  - {kind: sequence, name: history, side: user, max_length: 5, shares: item_id}
  - {kind: categorical, name: item_id, side: item, oov_buckets: 3}
tasks:
"""


def test_settings_become_sections(load):
    config = load()

    user, price = config.features
    assert (type(user), type(price)) == (Categorical, Numeric)
    assert isinstance(config.model.architecture, MMoE)
    assert [task.after for task in config.tasks] == [None, "click"]


def test_what_is_left_out_has_its_default(load):
    config = load()

    assert config.seed == 1
    assert config.training.batch_size == 512
    assert config.export.directory == "saved_models"


def test_a_config_is_frozen(load):
    config = load()

    with pytest.raises(ValueError, match="frozen"):
        config.seed = 2


@pytest.mark.parametrize("rate", ["1e-3", "1.0e-3", "1E-3", "0.001", ".1e-2"])
def test_a_number_with_an_exponent_needs_no_dot(load, tiny, rate):
    config = load(f"{tiny}training: {{optimizer: {{learning_rate: {rate}}}}}\n")

    assert config.training.optimizer.learning_rate == 0.001


def test_a_whole_number_is_a_number(load, tiny):
    config = load(f"{tiny}training: {{optimizer: {{learning_rate: 1}}}}\n")

    assert config.training.optimizer.learning_rate == 1.0


def test_a_date_is_text_where_text_is_asked_for(load, change):
    assert load(change(("tiny", "2026-01-31"))).name == "2026-01-31"


def test_a_byte_order_mark_does_no_harm(load, tiny):
    assert load(b"\xef\xbb\xbf" + tiny.encode()).name == "tiny"


def test_merged_sections_may_repeat_a_key(load, change):
    text = change(
        ("kind: categorical, name: user_id", "<<: &user {kind: categorical}"),
        ("side: user}", "name: user_id, side: user}"),
    )

    assert load(text).features[0].name == "user_id"


def test_overriding_an_aliased_section_leaves_the_other_alone(problems_of, change):
    text = change(("tasks:\n", ALIASED))

    problems = problems_of(text, "features.b.encoder.kind=words")

    assert problems == [
        "features.b.encoder.kind: must be one of ['bag', 'cnn', 'gru', 'pretrained', "
        "'transformer']. Received: 'words'."
    ]


def test_a_dumped_config_is_read_back_equal(load, change, tmp_path):
    config = load(
        change(
            ("tasks:\n", SHARED),
            ("column: timestamp", "column: '1e3', test_fraction: 1.0e-05"),
        )
    )
    (tmp_path / "dumped.yaml").write_text(dump_config(config), encoding="utf-8")

    assert load_config(tmp_path / "dumped.yaml") == config


def test_a_dumped_config_states_every_default(load):
    text = dump_config(load())

    for default in ("seed: 1", "batch_size: 512", "min_count: 1", "dropout: 0.0"):
        assert default in text


def test_a_missing_file_is_named(tmp_path):
    path = tmp_path / "nothing.yaml"

    with pytest.raises(ArtifactError) as raised:
        load_config(path)

    text = f"The config '{path}' can't be read: No such file or directory."
    assert str(raised.value) == text


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(ArtifactError) as raised:
        load_config(tmp_path)

    assert (
        str(raised.value) == f"The config '{tmp_path}' can't be read: Is a directory."
    )
