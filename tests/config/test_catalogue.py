"""The catalogue has everything that a config may hold, and nothing else."""

import pytest

from mtl_rec.config.catalogue import SECTIONS, catalogue
from mtl_rec.config.model import MMoE
from mtl_rec.config.run import RunConfig

DEFINITIONS = RunConfig.model_json_schema()["$defs"]


def kinds_of(definition) -> list[str]:
    kind = definition["properties"].get("kind", {})
    return kind.get("enum") or ([kind["const"]] if "const" in kind else [])


@pytest.mark.parametrize("name", DEFINITIONS)
def test_every_section_is_there_with_all_its_keys(name):
    keys = set(DEFINITIONS[name]["properties"]) - {"kind"}
    kinds = kinds_of(DEFINITIONS[name])
    entries = [
        entry
        for group in catalogue().values()
        for entry in group.entries.values()
        if (entry.name in kinds if kinds else group.name == SECTIONS)
    ]

    same = [e for e in entries if {setting.name for setting in e.settings} == keys]

    assert len(same) >= max(1, len(kinds))


def test_every_kind_is_in_a_group_and_says_what_it_is_for():
    groups = catalogue()

    listed = {name for group in groups.values() for name in group.entries}
    assert {kind for d in DEFINITIONS.values() for kind in kinds_of(d)} <= listed
    entries = [entry for group in groups.values() for entry in group.entries.values()]
    assert all(entry.purpose.endswith(".") for entry in entries)


def test_defaults_are_those_of_the_classes():
    (mmoe,) = [
        entry
        for name, entry in catalogue()["architectures"].entries.items()
        if name == "mmoe"
    ]

    defaults = {setting.name: setting.default for setting in mmoe.settings}
    config = MMoE(kind="mmoe")
    assert defaults["num_experts"] == str(config.num_experts)
    assert defaults["expert_units"] == str(list(config.expert_units))


def test_what_must_be_given_is_marked():
    settings = catalogue()["features"].entries["hashed"].settings

    required = [setting.name for setting in settings if setting.default == "required"]
    assert required == ["name", "side", "num_buckets"]
