"""`mtl-rec verify` shows what holds, also of a version that fails."""

import re
import shutil

import pytest

from mtl_rec.cli.verify import verify
from mtl_rec.errors import ArtifactError, VerificationError
from mtl_rec.export.checksums import write_checksums
from mtl_rec.export.verification import RUNGS


def test_every_rung_is_shown_with_what_it_proves(good_version, capsys):
    verify(good_version)

    output = capsys.readouterr().out
    shown = re.findall(r"^(\w+) .*?(\S+e-\d\d)? +\d+\.\d s$", output, re.MULTILINE)
    assert [name for name, _ in shown] == [rung.name for rung in RUNGS]
    assert [name for name, difference in shown if difference] == [
        "session_loader",
        "c_library",
    ]


def test_what_passed_before_a_failure_is_shown(version, capsys):
    shutil.rmtree(version / "variables")
    write_checksums(version)

    with pytest.raises(VerificationError, match="rung 'structure'"):
        verify(version)

    assert "every file is there and as it was written" in capsys.readouterr().out


def test_a_folder_of_versions_is_no_version(good_version):
    with pytest.raises(
        ArtifactError, match=re.escape(f"Did you mean '{good_version}'?")
    ):
        verify(good_version.parent)


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ArtifactError, match="nowhere' is no folder"):
        verify(tmp_path / "nowhere")
