"""Whatever happens to a file of a version, the version is refused."""

import shutil

import pytest
from serving_load.damages import delete, flip_a_bit, truncate

from mtl_rec.errors import VerificationError
from mtl_rec.export.checksums import CHECKSUMS_FILE, write_checksums
from mtl_rec.export.manifest import MANIFEST_FILE
from mtl_rec.export.verification import RUNGS, climb_by_itself, verify_signatures
from mtl_rec.export.warm_up import WARM_UP_FILE

FILES, _, _, C_LIBRARY, WARM_UP = RUNGS

GRAPH = "saved_model.pb"
WEIGHTS = "variables/variables.data-00000-of-00001"
INDEX = "variables/variables.index"
ITEMS = "assets/items.txt"

DAMAGES = [delete, truncate, flip_a_bit]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_damage_to_any_file_is_noticed_before_anything_runs(
    damage, good_version, tmp_path
):
    names = {
        path.relative_to(good_version).as_posix()
        for path in good_version.rglob("*")
        if path.is_file()
    }
    assert names >= {GRAPH, WEIGHTS, INDEX, ITEMS, WARM_UP_FILE, MANIFEST_FILE}

    for index, name in enumerate(sorted(names)):
        version = shutil.copytree(good_version, tmp_path / str(index))
        damage(version / name)

        with pytest.raises(VerificationError) as caught:
            list(climb_by_itself(version))
        assert caught.value.rung == FILES.name, name


SERVER_TRIPS_OVER = [
    *[(name, damage) for name in (WEIGHTS, INDEX, WARM_UP_FILE) for damage in DAMAGES],
    *[(GRAPH, delete), (GRAPH, truncate), (ITEMS, delete)],
]


@pytest.mark.parametrize(
    ("name", "damage"),
    SERVER_TRIPS_OVER,
    ids=[f"{damage.__name__} {name}" for name, damage in SERVER_TRIPS_OVER],
)
def test_damage_that_matching_checksums_hide_fails_the_warm_up(
    name, damage, version, proof
):
    damage(version / name)
    write_checksums(version)

    with pytest.raises(VerificationError):
        verify_signatures(version, {"serving_default": proof}, rungs=[WARM_UP])


def test_another_vocabulary_that_matching_checksums_hide_changes_answers(
    version, proof
):
    flip_a_bit(version / ITEMS)
    write_checksums(version)

    with pytest.raises(
        VerificationError, match=r"Output '\w+' of 'serving_default' is"
    ):
        verify_signatures(version, {"serving_default": proof}, rungs=[C_LIBRARY])


@pytest.mark.parametrize(
    "damage", [delete, lambda path: path.write_text("{")], ids=["missing", "damaged"]
)
def test_a_version_that_can_not_verify_itself_is_refused(damage, version):
    damage(version / MANIFEST_FILE)
    write_checksums(version)

    with pytest.raises(VerificationError, match=MANIFEST_FILE):
        list(climb_by_itself(version))


def test_the_checksums_are_no_part_of_what_a_server_needs(version, proof):
    (version / CHECKSUMS_FILE).unlink()

    verify_signatures(version, {"serving_default": proof}, rungs=[WARM_UP])
