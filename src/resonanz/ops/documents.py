"""Whether the documents agree with themselves and with the code: links lead somewhere, settings are described."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parents[3]
SETTINGS_PAGE = ROOT / "docs" / "operate" / "configure.md"
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)|!\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
_SETTING = re.compile(r"(?:RESONANZ|DATABASE)_[A-Z_]+[A-Z]")


def problems(root: Path = ROOT) -> Iterator[str]:
    """Every broken link and every setting that nobody described."""
    for page in _pages(root):
        yield from _broken_links(page, root)
    described = SETTINGS_PAGE.read_text("utf-8") if SETTINGS_PAGE.exists() else ""
    for name, place in sorted(_settings(root / "src").items()):
        if name not in described:
            yield f"{place}: the setting {name} is not described in {SETTINGS_PAGE.relative_to(ROOT)}"


def _pages(root: Path) -> list[Path]:
    return sorted([*root.glob("*.md"), *(root / "docs").rglob("*.md")])


def _broken_links(page: Path, root: Path) -> Iterator[str]:
    text = _CODE.sub("", page.read_text("utf-8"))
    for found in _LINK.finditer(text):
        link = unquote(found.group(1) or found.group(2))
        if re.match(r"[a-z]+:", link):
            continue
        file, _, anchor = link.partition("#")
        target = (page.parent / file).resolve() if file else page
        if not target.exists():
            yield f"{page.relative_to(root)}: {link} leads nowhere"
        elif anchor and target.suffix == ".md" and anchor not in _anchors(target):
            yield f"{page.relative_to(root)}: {link} names a heading that is not there"


def _anchors(page: Path) -> set[str]:
    """The names that GitHub gives to headings."""
    found = set()
    for heading in _HEADING.findall(page.read_text("utf-8")):
        bare = re.sub(r"[^\w\- ]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower())
        found.add(bare.replace(" ", "-"))
    return found


def _settings(sources: Path) -> dict[str, str]:
    """Every variable of the environment that the code names as a string, and where first."""
    found: dict[str, str] = {}
    for path in sorted(sources.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and _SETTING.fullmatch(node.value):
                found.setdefault(node.value, f"{path.relative_to(sources.parent)}:{node.lineno}")
    return found
