"""A version runs on the servers of the two minor releases before."""

from importlib.metadata import version as installed_version
from zipfile import ZipFile

import pytest

from mtl_rec.errors import ArtifactError, VerificationError
from mtl_rec.export import earlier_releases as releases
from mtl_rec.export.earlier_rungs import earlier_rungs
from mtl_rec.export.rungs.c_bindings import LIBRARIES
from mtl_rec.export.verification import verify_signatures


def test_the_two_minor_releases_before_the_installed_one_are_tried():
    major, minor = map(int, installed_version("tensorflow").split(".")[:2])

    assert [rung.name for rung in earlier_rungs()] == [
        f"TensorFlow {major}.{minor - 1}",
        f"TensorFlow {major}.{minor - 2}",
    ]


@pytest.fixture
def offline(monkeypatch):
    """A machine without a package index."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", "")


@pytest.mark.usefixtures("offline")
def test_kept_libraries_need_no_network(tmp_path):
    for patch in ("2.20.0", "2.20.10", "2.20.9", "2.21.0"):
        (tmp_path / patch).mkdir()
        for name in LIBRARIES:
            (tmp_path / patch / name).touch()

    assert releases.libraries_of("2.20", tmp_path) == tmp_path / "2.20.10"


@pytest.mark.usefixtures("offline")
def test_half_of_the_libraries_are_not_taken_and_what_to_do_is_said(tmp_path):
    (tmp_path / "2.20.0").mkdir()
    (tmp_path / "2.20.0" / LIBRARIES[0]).touch()

    with pytest.raises(
        ArtifactError,
        match=r"of TensorFlow 2\.20 can't be fetched with pip: ERROR: .*Reach a pack",
    ):
        releases.libraries_of("2.20", tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["2.20.0"]


@pytest.mark.parametrize("names", [LIBRARIES, LIBRARIES[:1]], ids=["both", "one"])
def test_only_the_two_libraries_of_a_wheel_are_kept(names, tmp_path, monkeypatch):
    def fetch(release, folder):
        wheel = folder / "tensorflow_cpu-2.20.3-cp311-cp311-manylinux.whl"
        with ZipFile(wheel, "w") as archive:
            for name in (*names, "python.py"):
                archive.writestr(f"tensorflow/{name}", name)
        return wheel

    monkeypatch.setattr(releases, "_fetch", fetch)
    cache = tmp_path / "cache"

    if names == LIBRARIES:
        folder = releases.libraries_of("2.20", cache)
        kept = {path.name: path.read_text() for path in folder.iterdir()}
        assert kept == {name: name for name in LIBRARIES}
        assert list(cache.iterdir()) == [cache / "2.20.3"]
    else:
        with pytest.raises(ArtifactError, match="lacks TensorFlow's libraries: "):
            releases.libraries_of("2.20", cache)
        assert list(cache.iterdir()) == []


@pytest.fixture(scope="module")
def rungs():
    """Those of earlier releases, with their libraries at hand."""
    try:
        for release in releases.earlier_releases():
            releases.libraries_of(release)
    except ArtifactError as error:
        pytest.skip(str(error))
    return earlier_rungs()


@pytest.mark.slow
def test_earlier_servers_answer_as_expected(rungs, many_version, many_proofs):
    results = verify_signatures(many_version, many_proofs, rungs=rungs)

    assert all(result.max_difference <= 1e-6 for result in results)


@pytest.mark.slow
def test_an_operation_that_earlier_servers_lack_is_refused(
    rungs, version, edited_graph, proof
):
    with edited_graph() as graph:
        for function in graph.graph_def.library.function:
            for node in function.node_def:
                if node.op == "Sigmoid":
                    node.op = "SigmoidOfNextYear"

    reason = rf"rung '{rungs[0].name}': .*Op type not registered 'SigmoidOfNextYear'"
    with pytest.raises(VerificationError, match=reason):
        verify_signatures(version, {"serving_default": proof}, rungs=rungs)
