"""Reports as files."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from mtl_rec.data.report import drawing, make_report, require_plots, write_report
from mtl_rec.errors import ArtifactError

pytest.importorskip("matplotlib")


class Page(HTMLParser):
    """Tags with what they load, and whether all are closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags, self.links, self.open = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [v for k, v in attrs if k in ("src", "href", "xlink:href")]
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture
def report(open_frame, frame):
    return make_report(open_frame(frame))


def test_the_page_stands_alone_and_runs_nothing(open_frame, frame, tmp_path):
    is_early = frame["time"] < frame["time"].quantile(0.7)
    frame["brand"] = np.where(is_early, "<script>alert(1)</script>", "$x$ & 漂亮")
    report = make_report(open_frame(frame))

    path = write_report(report, tmp_path / "new", title="<b>shop</b>")

    text = path.read_text(encoding="utf-8")
    page = Page(text)
    assert page.open == []
    assert page.tags.count("svg") == 4
    assert not {"script", "link", "img", "iframe", "b"} & set(page.tags)
    assert all(link.startswith("#") for link in page.links)
    assert not re.search(r"url\((?!#)|@import", text)
    assert "&lt;script&gt;alert(1)" in text
    assert "$x$ &amp; 漂亮" in text


def test_the_verdict_is_at_the_top(report, tmp_path):
    text = write_report(report, tmp_path).read_text(encoding="utf-8")

    assert "Nothing flagged" in text
    assert text.index("Nothing flagged") < text.index("<h2>")


def test_the_data_is_beside_the_page(report, tmp_path):
    write_report(report, tmp_path)

    data = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert data == json.loads(json.dumps(report.about(), allow_nan=False))
    assert len(data["timeline"]["days"]) == 20
    assert sorted(p.name for p in tmp_path.iterdir()) == ["report.html", "report.json"]


def test_the_same_report_is_the_same_page(report, tmp_path):
    pages = [write_report(report, tmp_path / name).read_bytes() for name in "ab"]

    assert pages[0] == pages[1]


def test_a_page_that_fails_leaves_the_old_one(report, tmp_path, monkeypatch):
    path = write_report(report, tmp_path)
    before = path.read_bytes()

    def fail(self, *args, **options):
        raise OSError("the disk is full")

    monkeypatch.setattr(Path, "write_text", fail)
    with pytest.raises(OSError, match="disk"):
        write_report(report, tmp_path, title="other")

    assert path.read_bytes() == before


def test_a_split_without_time_has_no_days(open_frame, frame, tmp_path):
    report = make_report(open_frame(frame, split={"kind": "random"}))

    text = write_report(report, tmp_path).read_text(encoding="utf-8")

    assert "Day by day" not in text
    assert "Not split by time" in text


def test_without_matplotlib_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(drawing, "find_spec", lambda name: None)

    with pytest.raises(ArtifactError, match=r"pip install 'mtl-rec\[report\]'"):
        require_plots()
