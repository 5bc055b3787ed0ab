"""The arrows point one way, foudre → verbs → recipes → datamodules → toolkit, wings do not know each other, and one module prints."""

import ast
import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("toolkit", "datamodules", "recipes", "verbs")
WINGS = {"images", "text", "series", "tables"}
TORCH = {"torch", "torchvision", "lightning", "torchmetrics", "albumentations"}
KNOWS_THE_WINGS = {"toolkit"}
"""The face, which names their options; `toolkit.wings` lists them without importing one, and no corridor knows that it handles pictures."""
FILES = sorted(path for package in PACKAGES for path in (REPOSITORY / package).rglob("*.py"))


def module_name(path):
    parts = path.relative_to(REPOSITORY).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(path):
    """Every module that a file imports, also inside functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_inside(module, packages):
    return any(module == package or module.startswith(f"{package}.") for package in packages)


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_arrows_point_down(path):
    above = {
        "toolkit": {"datamodules", "recipes", "verbs", "foudre", "benchmarks", "tests", *TORCH},
        "datamodules": {"recipes", "verbs", "foudre", "benchmarks", "tests"},
        "recipes": {"verbs", "foudre", "benchmarks", "tests"},
        "verbs": {"foudre", "benchmarks", "tests"},
    }[path.relative_to(REPOSITORY).parts[0]]
    assert not [module for module in imported(path) if is_inside(module, above)]


@pytest.mark.parametrize("path", [path for path in FILES if path.is_relative_to(REPOSITORY / "toolkit")], ids=module_name)
def test_wings_and_corridors_do_not_know_each_other(path):
    name = module_name(path)
    wing = next((wing for wing in WINGS if is_inside(name, [f"toolkit.{wing}"])), None)
    others = {f"toolkit.{other}" for other in WINGS - {wing}}
    if wing:
        names = ("check", "checks", "dataset_file", "export", "options", "preprocess", "report", "samples", "splits", "statistics", "wings")
        corridors = {f"toolkit.{name}" for name in names}
        assert not [module for module in imported(path) if is_inside(module, others | corridors)]
    elif name not in KNOWS_THE_WINGS:
        assert not [module for module in imported(path) if is_inside(module, others)]


@pytest.mark.parametrize("path", [path for path in FILES if module_name(path) != "verbs.answer"], ids=module_name)
def test_one_module_prints_and_the_front_door_exits(path):
    calls = [node.func for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    names = {func.id for func in calls if isinstance(func, ast.Name)}
    names |= {f"{func.value.id}.{func.attr}" for func in calls if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name)}
    assert not names & {"print", "exit", "quit", "sys.exit", "sys.stdout.write", "sys.stderr.write"}


def test_the_toolkit_loads_without_torch():
    modules = [f"toolkit.{module.name}" for module in pkgutil.iter_modules([str(REPOSITORY / "toolkit")])]
    code = f"import importlib, sys\nfor name in {modules!r}: importlib.import_module(name)\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert not TORCH & set(done.stdout.split())


def test_the_toolkits_face_costs_nothing():
    done = subprocess.run(
        [sys.executable, "-c", "import toolkit, sys; print(*sys.modules)"], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert not {"numpy", "cv2", "h5py", *TORCH} & set(done.stdout.split())


@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_can_be_imported_by_itself_first(package):
    # Import cycles hide until someone imports the other end first.
    for module in pkgutil.walk_packages([str(REPOSITORY / package)], f"{package}."):
        importlib.import_module(module.name)
