"""`mtl-rec ls`: what a config can name."""

import json

import pytest

from mtl_rec import losses
from mtl_rec.cli.ls import groups


@pytest.mark.parametrize("name", groups())
def test_a_group_is_listed_with_its_keys(run, name):
    entries = groups()[name].entries

    as_json = json.loads(run("ls", name).output)[name]["entries"]
    text = run("ls", name, "--format", "table").output

    assert as_json.keys() == entries.keys()
    for entry in entries.values():
        assert f"{entry.name}: " in text
        settings = as_json[entry.name]["settings"]
        assert list(settings) == [setting.name for setting in entry.settings]


def test_everything_is_listed_with_a_line_each(run):
    text = run("ls", "--format", "table").output

    lines = {" ".join(line.split()) for line in text.splitlines()}
    for group in groups().values():
        first, *others = group.entries.values()
        assert f"{group.name} {first.name} {first.purpose}" in lines
        assert {f"{entry.name} {entry.purpose}" for entry in others} <= lines


def test_one_thing_is_found_by_its_name(run):
    assert list(json.loads(run("ls", "mmoe").output)) == ["architectures"]


def test_an_unknown_name_is_refused_with_the_nearest(run):
    outcome = run("ls", "architecture")

    assert outcome.code == 1
    assert outcome.error.endswith(
        "Received: 'architecture'. Did you mean 'architectures'?\n"
    )


def test_losses_are_those_of_the_package():
    listed = groups()["losses"].entries

    public = {name: getattr(losses, name) for name in losses.__all__}
    assert listed.keys() == {name for name in public if isinstance(public[name], type)}
