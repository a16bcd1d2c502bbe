"""A run that the system kills in the middle of its export."""

import subprocess
import sys
import time

import pytest

from mtl_rec.config.loading import dump_config
from mtl_rec.errors import ArtifactError
from mtl_rec.export.publishing import versions_in
from mtl_rec.retrieval.folder import RetrievalFolder
from mtl_rec.retrieval.pipeline import retrieve_run
from mtl_rec.retrieval.recommending.opening import newest_version


@pytest.mark.slow
def test_nothing_of_a_killed_run_is_taken_for_a_result(run_config, tmp_path):
    runs, versions = tmp_path / "runs", tmp_path / "models" / "shop-popularity"
    config = run_config(
        "retrieval.architecture={kind: popularity}",
        f"export.directory={tmp_path}/models",
    )
    (tmp_path / "run.yaml").write_text(dump_config(config))
    command = (sys.executable, "-m", "mtl_rec", "retrieve", tmp_path / "run.yaml")
    with subprocess.Popen(
        [*command, "--runs", runs], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        while not list(versions.glob(".*/saved_model.pb")):
            assert process.poll() is None
            time.sleep(0.01)
        process.kill()

    (killed,) = runs.glob("*/*")
    with pytest.raises(ArtifactError, match=r"finished retrieval run.*version\.json"):
        RetrievalFolder.open(killed)
    assert versions_in(versions) == {}
    with pytest.raises(ArtifactError, match="must be an exported version"):
        newest_version(versions, "recommendation.sources.own.version")

    again = retrieve_run(config, runs)

    assert again.folder.path != killed
    assert newest_version(versions, "") == again.version.path == versions / "1"
