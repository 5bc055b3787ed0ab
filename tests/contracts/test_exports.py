"""Public names: listed in `__all__`, sorted, there, documented with every argument; and all that an install needs is shipped."""

import ast
import importlib
import inspect
import tomllib
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("toolkit", "datamodules", "recipes", "verbs")
FILES = [REPOSITORY / "foudre.py", *sorted(path for package in PACKAGES for path in (REPOSITORY / package).rglob("*.py"))]


def module_name(path):
    parts = path.relative_to(REPOSITORY).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def public_definitions(path):
    """Names of the functions and classes that a file defines without a leading underscore."""
    kinds = ast.FunctionDef | ast.ClassDef
    return [node.name for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, kinds) and node.name[0] != "_"]


def own_functions(value):
    """A function, or a class's own public methods."""
    if inspect.isfunction(value):
        return [value]
    members = vars(value).items() if inspect.isclass(value) else []
    return [member for name, member in members if inspect.isfunction(member) and not name.startswith("_")]


MODULES = [module_name(path) for path in FILES]


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_every_module_says_what_it_is_for(path):
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert docstring
    assert len(docstring.splitlines()) <= 8


@pytest.mark.parametrize("name", MODULES)
def test_all_is_sorted_and_its_names_exist(name):
    module = importlib.import_module(name)
    names = list(getattr(module, "__all__", []))
    constants = sorted(n for n in names if n.isupper())
    classes = sorted(n for n in names if not n.isupper() and n[0].isupper())
    assert names == [*constants, *classes, *sorted(n for n in names if n[0].islower())]
    assert all(hasattr(module, n) for n in names)


@pytest.mark.parametrize("path", [path for path in FILES if path.name not in ("__init__.py", "foudre.py")], ids=module_name)
def test_public_definitions_are_all_listed(path):
    defined = public_definitions(path)
    assert set(defined) <= set(getattr(importlib.import_module(module_name(path)), "__all__", []))


@pytest.mark.parametrize("name", MODULES)
def test_public_names_are_documented(name):
    module = importlib.import_module(name)
    for public in getattr(module, "__all__", []):
        value = getattr(module, public)
        if inspect.isclass(value) or inspect.isfunction(value):
            assert inspect.getdoc(value), public
        for function in own_functions(value):
            assert inspect.getdoc(function), f"{public}.{function.__name__}"


@pytest.mark.parametrize("name", MODULES)
def test_functions_with_arguments_explain_each_of_them(name):
    module = importlib.import_module(name)
    for public in getattr(module, "__all__", []):
        function = getattr(module, public)
        if inspect.isfunction(function) and "Args:" in (text := inspect.getdoc(function) or ""):
            missing = {parameter for parameter in inspect.signature(function).parameters if f"{parameter}:" not in text.replace("*", "")}
            assert missing <= {"as_json"}, public  # its type holds its help


def test_the_install_ships_types_and_recipes():
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    data = project["tool"]["setuptools"]["package-data"]
    for package in PACKAGES:
        assert (REPOSITORY / package / "py.typed").exists()
    assert "py.typed" in data["*"]
    shipped = {path for pattern in data["recipes"] for path in (REPOSITORY / "recipes").glob(pattern)}
    assert shipped == set((REPOSITORY / "recipes").rglob("*.y*ml"))
    assert shipped
    assert project["project"]["scripts"]["foudre"] == "foudre:main"


def test_every_folder_of_code_is_a_package_that_the_install_finds():
    folders = {path.parent for path in FILES if path.parent != REPOSITORY}
    assert all((folder / "__init__.py").exists() for folder in folders)
