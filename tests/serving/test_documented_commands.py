"""The way from training to a canary and back is what was run."""

import json
import re
import shlex
from pathlib import Path

import pytest
import typer
from documented import blocks, run_documented

from mtl_rec.cli.app import app

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "mtl_rec" / "serving" / "README.md"
TEXT = PAGE.read_text(encoding="utf-8")
RUN, NOT_RUN = "bash", "bash not-run"


def walk() -> str:
    """The page as one script."""
    steps = re.findall(rf"^```({RUN}|python)\n(.*?)^```$", TEXT, re.M | re.S)
    return "\n".join(
        block if language == RUN else f"python - <<'THE_END'\n{block}THE_END\n"
        for language, block in steps
    )


def commands(text: str) -> list[list[str]]:
    """The arguments of every `mtl-rec` in the blocks of a page."""
    lines = [
        line.partition(">")[0]
        for language in (RUN, NOT_RUN, "bash serve", "bash setup")
        for block in blocks(text, language)
        for line in block.replace("\\\n", "").splitlines()
    ]
    found = [re.search(r"(?:^|&& )mtl-rec (.*)", line) for line in lines]
    return [shlex.split(match[1]) for match in found if match]


def described(command: list[str]) -> str:
    return " ".join(command)


@pytest.mark.slow
def test_the_page_runs_as_it_stands(tmp_path):
    (tmp_path / "configs").symlink_to(ROOT / "configs")

    done = run_documented(walk(), tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr
    replies = re.findall(r'\{"predictions": .*?\]\}', done.stdout)
    first, stable, canary, again = (json.loads(reply) for reply in replies)
    assert first == stable == again != canary
    assert "labels   canary=2, stable=1" in done.stdout
    assert "labels   stable=2" in done.stdout
    # In a pipe, `versions` answers with JSON.
    assert re.search(r'"number": 2,[^{}]*"is_withdrawn": true', done.stdout)
    ranked = re.findall(r'"item_id": "(i\d)", "score": ([0-9.e-]+)', done.stdout)
    scores = [float(score) for _, score in ranked]
    assert len(scores) == 3
    assert scores == sorted(scores, reverse=True)


def test_every_block_says_whether_it_is_run():
    languages = re.findall(r"^```(.+)$", TEXT, re.MULTILINE)

    assert set(languages) == {RUN, NOT_RUN, "python"}
    assert all(
        re.search(r"docker|--earlier-releases", block)
        for block in blocks(TEXT, NOT_RUN)
    )


@pytest.mark.parametrize(
    "command",
    [*commands(TEXT), *commands((ROOT / "README.md").read_text(encoding="utf-8"))],
    ids=described,
)
def test_every_command_is_one_that_there_is(command):
    name, *arguments = command
    known = typer.main.get_command(app).commands

    context = known[name].make_context(name, arguments)

    assert context.command.name == name


@pytest.mark.parametrize("page", [PAGE, ROOT / "README.md"], ids=["serving", "main"])
def test_its_links_lead_somewhere(page):
    text = page.read_text(encoding="utf-8")
    targets = re.findall(r"\]\((?!https?:)([^)#]+)(?:#([^)]*))?\)", text)

    assert targets
    for path, anchor in targets:
        target = page.parent / path
        assert target.exists(), path
        if anchor:
            headings = re.findall(r"^#+ (.*)$", target.read_text(), re.MULTILINE)
            assert anchor in [h.lower().replace(" ", "-") for h in headings]
