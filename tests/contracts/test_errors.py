"""Errors: ours are all worded by one function, tell the rule and the value, and user data never meets an `assert`."""

import ast
from pathlib import Path

import pytest

from toolkit import errors

REPOSITORY = Path(__file__).resolve().parent.parent.parent
FILES = sorted(path for package in ("toolkit", "datamodules", "recipes") for path in (REPOSITORY / package).rglob("*.py"))
REASONS = {
    "annotations", "boxes", "contents", "decode", "decode_bmp", "decode_netpbm", "decode_other", "decode_tiff", "deflate", "formats",
    "load", "open_rows", "picture_names", "pixels", "tiff", "voc", "yolo",
}  # fmt: skip
"""Modules most of whose DataErrors never leave a wing: each becomes the reason beside a skipped input's path."""
OURS = {name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, errors.FoudreError)}


def raises(path):
    """Every `raise OurError(...)` of a file: the call."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and isinstance(node.exc.func, ast.Name):
            yield node.exc


def text_of(node):
    """The literal text of a message, with {} for what is filled in."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return ""


def is_worded(call):
    """Whether a message is worded as the house does.

    By `wording`, or written out in its form; what another library's parser said may follow "WHERE: ". Errors about the state of
    things (a damaged file, a full disk) say "WHERE: " and what is so, and name the thing.
    """
    message = call.args[0] if call.args else None
    if isinstance(message, ast.Call) and isinstance(message.func, ast.Name) and message.func.id == "wording":
        return True
    if isinstance(message, ast.Name):  # built a line earlier: only for states, whose words the tests of that module read
        return call.func.id != "ArgumentError"
    text = text_of(message)
    if call.func.id == "ArgumentError":
        return text.endswith(": {}") or (": " in text and " must " in text and ", got " in text)
    return ": " in text and ("{}" in text or " must " in text)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_our_errors_tell_rule_and_value(path):
    if path.stem not in REASONS:
        assert not [ast.unparse(call) for call in raises(path) if call.func.id in OURS and not is_worded(call)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_only_our_errors_and_protocol_errors_are_raised(path):
    allowed = OURS | {
        "KeyboardInterrupt",  # says what goes on after it
        "AttributeError",
        "TypeError",
        "ValueError",
        "NotImplementedError",
        "KeyError",
        "IndexError",
        "StopIteration",
        "FailedInputsError",
    }
    own = {node.name for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.ClassDef)}
    assert not [ast.unparse(call) for call in raises(path) if call.func.id not in allowed | own and call.func.id[0].isupper()]


def test_the_house_form():
    with pytest.raises(errors.ArgumentError) as caught:
        errors.check(False, "Resize", "height", "at least 1", 0, at="a\nb.png", fix="Give 1 or more.")
    assert str(caught.value) == "Resize: height must be at least 1, got 0 in a\\nb.png. Give 1 or more."


def test_long_and_hostile_values_stay_on_one_short_line():
    text = errors.wording("open", "name", "a name", "x" * 10_000 + "\n\x1b[31m\u202e")
    assert "\n" not in text
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert len(text) < 300
