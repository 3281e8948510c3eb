"""No import hides in a function, where nobody looks for it and import-linter is the only one to see it."""

from __future__ import annotations

import ast
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src" / "resonanz"
# Modules that cost a second and hundreds of megabytes and that few processes need; threadpoolctl comes with them.
HEAVY = {"apprise", "onnxruntime", "openai", "sklearn", "scipy", "threadpoolctl", "tokenizers"}
# Debian's Python may lack the first, an environment without development the second; the import finds out.
MAY_BE_MISSING = {"ensurepip", "playwright"}
# The command line loads a command when it is named, and what needs Django after Django is set up.
LOADS_BY_NAME = {"ops"}


def hidden_imports(path: Path, text: str) -> list[str]:
    """Imports within functions of one file; `path` counts from the package's folder."""
    tree = ast.parse(text, str(path))
    faults = []
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) and not _may_import(path, function):
            for node in ast.walk(function):
                faults += [f"{path}:{node.lineno}: {name}" for name in _imported(path, node)]  # type: ignore[attr-defined]
    return sorted(set(faults))


def _may_import(path: Path, function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return path.name == "apps.py" and function.name == "ready"


def _imported(path: Path, node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        names = [node.module or "."]
    elif isinstance(node, ast.Call) and _called(node) in {"import_module", "__import__"}:
        names = [] if path.parts[0] in LOADS_BY_NAME else [f"{_called(node)}()"]
    else:
        names = []
    return [name for name in names if name.partition(".")[0] not in HEAVY | MAY_BE_MISSING]


def _called(node: ast.Call) -> str:
    return getattr(node.func, "attr", "") or getattr(node.func, "id", "")


def test_no_import_hides_in_a_function() -> None:
    files = sorted(SOURCE.rglob("*.py"))

    faults = [fault for file in files for fault in hidden_imports(file.relative_to(SOURCE), file.read_text("utf-8"))]

    assert faults == []
    assert len(files) > 100


def test_hidden_imports_are_noticed() -> None:
    text = (
        "import json\n"
        "def f():\n    from resonanz.service import cases\n"
        "def g():\n    import sklearn.svm\n"
        "class C:\n    async def ready(self):\n        import_module('resonanz.web')\n"
    )

    assert hidden_imports(Path("people/merging.py"), text) == [
        "people/merging.py:3: resonanz.service",
        "people/merging.py:8: import_module()",
    ]
    assert hidden_imports(Path("people/apps.py"), text) == ["people/apps.py:3: resonanz.service"]
