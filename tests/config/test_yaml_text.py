"""What is no YAML, or no settings, is refused in one line with its place."""

import pytest

from mtl_rec.config.yaml_text import parse, render

NOT_YAML = {
    "name: x\n\tdata: y\n": (
        " at line 2, column 1: while scanning for the next token found character '\\t' "
        "that cannot start any token. Indent with spaces."
    ),
    "a: [1, 2\n": (
        " at line 2, column 1: while parsing a flow sequence expected ',' or ']', but "
        "got '<stream end>'."
    ),
    "name: x\nseed: 1\nname: y\n": " at line 3, column 1: 'name' is given twice.",
    "a: {b: {c: 1, c: 2}}\n": " at line 1, column 15: 'c' is given twice.",
    "a: 1\n---\nb: 2\n": (
        " at line 2, column 1: expected a single document in the stream but found "
        "another document."
    ),
    "a: &x {b: *x}\n": ": Circular reference detected.",
    "a: b\x00\n": (
        ": unacceptable character #x0000: special characters are not allowed."
    ),
    "a: " + "[" * 3000 + "]" * 3000: ": it is nested too deeply.",
    "a: 2026-13-45\n": ": month must be in 1..12.",
    "a: !!python/object/apply:os.system [ls]\n": (
        " at line 1, column 4: could not determine a constructor for the tag "
        "'tag:yaml.org,2002:python/object/apply:os.system'."
    ),
}


@pytest.mark.parametrize("text", NOT_YAML, ids=range(len(NOT_YAML)))
def test_what_is_no_yaml_is_refused_with_its_place(error_of, text):
    assert error_of(text) == f"'run.yaml' is not valid YAML{NOT_YAML[text]}"


@pytest.mark.parametrize(
    ("key", "received"),
    [
        ("5", "5. Put it in quotes"),
        ("yes", "yes. Put it in quotes"),
        ("null", "null. Put it in quotes"),
        ("2026-01-31", "2026-01-31. Put it in quotes"),
        ("[a]", "a sequence"),
        ("{a: 1}", "a mapping"),
    ],
)
def test_a_key_that_is_no_text_is_refused(error_of, key, received):
    text = (
        "'run.yaml' is not valid YAML at line 2, column 3: the name of a setting must "
        f"be text. Received: {received}."
    )

    assert error_of(f"name: x\n? {key}\n: 1\n") == text


@pytest.mark.parametrize(
    ("text", "received"),
    [
        ("", "nothing"),
        ("# only a comment\n", "nothing"),
        ("- a\n- b\n", "['a', 'b']"),
        ("quickstart", "'quickstart'"),
        ("5", "5"),
        ("x" * 200, f"'{'x' * 80}…'"),
        (f"[{'x' * 200}]", f"['{'x' * 78}…"),
    ],
)
def test_what_holds_no_settings_is_refused(error_of, text, received):
    title = "'run.yaml' must hold settings by name (`name: ...`)."

    assert error_of(text) == f"{title} Received: {received}."
    assert error_of(text, "seed=2") == f"{title} Received: {received}."


@pytest.mark.parametrize(
    ("data", "byte", "position"),
    [(bytes(range(256)), "0x80", 128), ("name: ü".encode("latin-1"), "0xfc", 6)],
)
def test_bytes_that_are_no_text_are_refused(error_of, data, byte, position):
    assert error_of(data) == (
        f"'run.yaml' must be UTF-8 text. Received: byte {byte} at position {position}."
    )


@pytest.mark.parametrize(
    "value", ["1e3", "1.5e3", "-1e-7", "true", "no", "null", "", "12", "漂亮", "a: b"]
)
def test_rendered_text_stays_text(value):
    assert parse(render({"x": value}), "it") == {"x": value}


@pytest.mark.parametrize("value", [1e-05, 1e22, 0.1, 3, -4, True, None, [1, ["a"]]])
def test_rendered_values_are_read_back_equal(value):
    read = parse(render({"x": value}), "it")["x"]

    assert read == value
    assert type(read) is type(value)
