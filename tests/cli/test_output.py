"""Results go to standard output; what is going on never mixes with them."""

import json

import pytest

from mtl_rec.cli.output import progress_console, show, wants_json


@pytest.fixture
def in_terminal(monkeypatch):
    """Makes standard output a terminal, or none."""

    def make(is_terminal: bool) -> None:
        monkeypatch.setattr("mtl_rec.cli.output._is_terminal", lambda: is_terminal)

    return make


@pytest.mark.parametrize("is_terminal", [True, False])
@pytest.mark.parametrize("chosen", ["auto", "table", "json"])
def test_programs_get_json_and_people_text_unless_they_say_so(
    in_terminal, capsys, is_terminal, chosen
):
    in_terminal(is_terminal)
    is_json = chosen == "json" or (chosen == "auto" and not is_terminal)

    show({"auc": float("nan"), "[b]": (1, None)}, chosen, "[b]x[/b]", "y" * 200)

    output, error = capsys.readouterr()
    assert wants_json(chosen) == is_json
    assert error == ""
    if is_json:
        assert json.loads(output) == {"auc": None, "[b]": [1, None]}
    else:
        assert output == f"[b]x[/b]\n{'y' * 200}\n"


@pytest.mark.parametrize(
    ("is_terminal", "chosen", "on_standard_output"),
    [
        (True, "auto", True),
        (True, "json", False),
        (False, "auto", False),
        (False, "table", False),
    ],
)
def test_progress_is_on_standard_output_in_a_terminal_alone(
    in_terminal, capsys, is_terminal, chosen, on_standard_output
):
    in_terminal(is_terminal)

    progress_console(chosen).print("encode")

    output, error = capsys.readouterr()
    assert (output, error)[not on_standard_output] == "encode\n"
    assert output + error == "encode\n"


@pytest.mark.parametrize("is_terminal", [True, False])
def test_nothing_is_going_on_where_it_is_to_be_quiet(in_terminal, capsys, is_terminal):
    in_terminal(is_terminal)

    progress_console(quiet=True).print("encode")

    assert capsys.readouterr() == ("", "")
