"""What this package says of the API is what the API's own documents say."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile
from dataclasses import fields
from pathlib import Path
from typing import Any

import stun_sdk
from stun_sdk import errors, forms, retry, views

from .ground import REPOSITORY, SDK


INNER = ("read", "once", "go_on")
"""Functions within functions."""

# From version 70.1 on setuptools makes wheels by itself.
WHEEL_TOOLS = """
import setuptools, pip
try:
    import setuptools.command.bdist_wheel
except ImportError:
    import wheel
"""


def codes() -> dict[str, int]:
    text = (REPOSITORY / "api" / "errors.yaml").read_text(encoding="utf-8")
    return {code: int(status) for code, status in re.findall(r"^- code: (\S+)\n  status: (\d+)$", text, re.M)}


def schemas() -> dict[str, Any]:
    document = json.loads((REPOSITORY / "api" / "openapi" / "stun.json").read_text(encoding="utf-8"))
    return dict(document["components"]["schemas"])


class ErrorTests(unittest.TestCase):
    def test_every_code_of_the_api_has_a_class(self) -> None:
        self.assertGreater(len(codes()), 40)
        for code in codes():
            self.assertIsNot(errors.UnknownRefusal, errors.class_of(code), code)
        self.assertIs(errors.UnknownRefusal, errors.class_of("weather.bad"))

    def test_what_is_tried_again_exists_and_is_no_refusal_of_the_request(self) -> None:
        known = codes()
        for code in retry.AGAIN:
            if not code.startswith("http."):
                self.assertIn(known[code], (408, 429, 500, 503, 504), code)


class SchemaTests(unittest.TestCase):
    def test_forms_have_the_fields_that_the_api_takes(self) -> None:
        for schema, form, left_out in (
                ("TaskForm", forms.TaskRequest, {"order", "signature"}), ("InputForm", forms.Input, set()),
                ("ResourcesForm", forms.Resources, set()), ("VerificationForm", forms.Verification, set()),
                ("ComparatorForm", forms.Comparator, set()), ("ChoiceForm", forms.ProviderChoice, set())):
            self.assertEqual(set(schemas()[schema]["properties"]) - left_out, {each.name for each in fields(form)})

    def test_views_have_the_fields_that_the_api_gives(self) -> None:
        for schema, view in (("TaskView", views.TaskView), ("AccountView", views.Account),
                             ("ResultFileView", views.ResultFile),
                             ("BlobView", views.Blob), ("ResultView", views.Result),
                             ("PlacementView", views.Placement), ("CandidateView", views.Candidate),
                             ("ScorePartsView", views.ScoreParts)):
            self.assertEqual(set(schemas()[schema]["properties"]), {each.name for each in fields(view)}, schema)


class PackageTests(unittest.TestCase):
    def test_everything_public_says_what_it_is(self) -> None:
        for path in sorted((SDK / "stun_sdk").rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            self.assertTrue(ast.get_docstring(tree), path.name)
            for node in ast.walk(tree):
                if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
                    is_inner = node.name.startswith("_") or node.col_offset > 4 or node.name in INNER
                    self.assertTrue(is_inner or ast.get_docstring(node), f"{path.name}: {node.name}")

    def test_nothing_but_the_standard_library_is_needed(self) -> None:
        for path in (SDK / "stun_sdk").rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                names = [each.name for each in node.names] if isinstance(node, ast.Import) else \
                    [node.module or ""] if isinstance(node, ast.ImportFrom) and node.level == 0 else []
                for name in names:
                    self.assertIn(name.split(".")[0], sys.stdlib_module_names, f"{path.name}: {name}")

    def test_files_are_small_and_lines_fit(self) -> None:
        for path in SDK.rglob("*.py"):
            lines = path.read_text(encoding="utf-8").split("\n")
            self.assertLessEqual(len(lines), 400, path.name)
            for number, line in enumerate(lines, 1):
                self.assertLessEqual(len(line), 120, f"{path.name}:{number}")

    def test_a_zip_of_the_package_can_be_imported(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            archive = Path(folder, "stun_sdk.zip")
            with zipfile.ZipFile(archive, "w") as made:
                for path in (SDK / "stun_sdk").rglob("*.py"):
                    made.write(path, path.relative_to(SDK))
            self.assertEqual(stun_sdk.__version__, version_in(archive))

    def test_a_wheel_is_built_and_holds_all_of_it(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            # Building writes beside the sources: they are copied first.
            source = Path(folder, "source")
            shutil.copytree(SDK, source, ignore=shutil.ignore_patterns("__pycache__", "tests"))
            tools = subprocess.run([sys.executable, "-c", WHEEL_TOOLS], capture_output=True)
            if tools.returncode:
                self.skipTest("pip, setuptools or wheel is missing: the wheel is not built here.")
            made = subprocess.run(
                [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-build-isolation", "--no-deps", "--no-index",
                 "--disable-pip-version-check", "-w", folder, str(source)], capture_output=True, text=True, timeout=120)
            self.assertEqual(0, made.returncode, made.stdout + made.stderr)
            wheel, = Path(folder).glob("stun_sdk-*.whl")
            self.assertTrue(wheel.name.startswith(f"stun_sdk-{stun_sdk.__version__}-py3-none-any"), wheel.name)
            held = set(zipfile.ZipFile(wheel).namelist())
            for path in (SDK / "stun_sdk").rglob("*"):
                if path.suffix == ".py" or path.name == "py.typed":
                    self.assertIn(path.relative_to(SDK).as_posix(), held)
            self.assertEqual(stun_sdk.__version__, version_in(wheel))

    def test_the_readme_speaks_of_calls_that_exist(self) -> None:
        text = (SDK / "README.md").read_text(encoding="utf-8")
        for cell in re.findall(r"^\| (`.*?) \|", text, re.M):
            for name in re.findall(r"`(\w+)`", cell):
                self.assertTrue(hasattr(stun_sdk.StunClient, name), name)


def version_in(archive: Path) -> str:
    """The version that a fresh Python finds in an archive, with nothing else on its path."""
    program = ("import sys; sys.path.insert(0, sys.argv[1]); import stun_sdk, stun_sdk.receipts; "
               "print(stun_sdk.__version__ if sys.argv[1] in stun_sdk.__file__ else stun_sdk.__file__)")
    done = subprocess.run([sys.executable, "-I", "-c", program, str(archive)], capture_output=True, text=True,
                          timeout=60)
    return done.stdout.strip() or done.stderr


if __name__ == "__main__":
    unittest.main()
