"""Static files from memory, compressed once, kept by browsers for good; all styles in one file.

Their address holds a version of all of them (`STATIC_URL`), so that none needs a name of its own. The style of the
product is every file below `web/css`, in the order of their layers: a new file needs no entry in any list.
"""

from __future__ import annotations

import gzip
import mimetypes
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseNotModified

STYLES = "web/styles.css"
_IMPORT = re.compile(r"""^import\s(?:[^"';]*\sfrom\s)?["']\./([\w.]+)["']""", re.M)
_STYLE_FOLDER = "web/css/"
_LAYERS = ("tokens.css", "reset.css", "base.css", "components/", "pages/")
_FOR_GOOD = "public, max-age=31536000, immutable"
_LEAST_WORTH_COMPRESSING = 400


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file as it is sent; `compressed` is empty where compressing gains nothing."""

    content_type: str
    body: bytes
    compressed: bytes


class StaticFilesMiddleware:
    """Answers everything below STATIC_URL; stands before sessions, so no file costs a query."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(settings.STATIC_URL):
            return self.get_response(request)
        found = collected().get(request.path_info.removeprefix(settings.STATIC_URL))
        if found is None:
            return self.get_response(request)
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        return _answer(request, found)


def _answer(request: HttpRequest, found: StaticFile) -> HttpResponse:
    # The address changes with the contents, so whoever asks again has the right contents already.
    if "If-Modified-Since" in request.headers or "If-None-Match" in request.headers:
        return HttpResponseNotModified()
    zipped = bool(found.compressed) and "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(found.compressed if zipped else found.body, content_type=found.content_type)
    response.headers["Cache-Control"] = _FOR_GOOD
    response.headers["Vary"] = "Accept-Encoding"
    if zipped:
        response.headers["Content-Encoding"] = "gzip"
    return response


@cache
def collected() -> dict[str, StaticFile]:
    """Every static file of every room and package by its name, and the bundle of styles."""
    files: dict[str, Path] = {}
    for finder in finders.get_finders():
        for name, storage in finder.list(None):
            files.setdefault(name.replace("\\", "/"), Path(storage.path(name)))
    found = {name: _static_file(name, path.read_bytes()) for name, path in files.items()}
    return found | {STYLES: _static_file(STYLES, _styles(found))}


@cache
def imports(name: str) -> tuple[str, ...]:
    """The scripts that a script imports, and those that they import: the browser may ask for all of them at once."""
    met: list[str] = []
    waiting = [name]
    while waiting:
        script = collected().get(waiting.pop())
        for other in _IMPORT.findall(script.body.decode()) if script else ():
            if f"web/{other}" not in (*met, name):
                met.append(f"web/{other}")
                waiting.append(f"web/{other}")
    return tuple(sorted(met))


def _styles(found: dict[str, StaticFile]) -> bytes:
    names = sorted(name for name in found if name.startswith(_STYLE_FOLDER))
    return b"".join(found[name].body for layer in _LAYERS for name in _in_layer(names, layer))


def _in_layer(names: list[str], layer: str) -> Iterator[str]:
    return (name for name in names if name.removeprefix(_STYLE_FOLDER).startswith(layer))


def _static_file(name: str, body: bytes) -> StaticFile:
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    kind = "text/javascript" if name.endswith(".js") else kind
    worth = len(body) >= _LEAST_WORTH_COMPRESSING and (kind.startswith("text/") or kind.endswith(("json", "xml")))
    compressed = gzip.compress(body, mtime=0) if worth else b""
    charset = "; charset=utf-8" if kind.startswith("text/") else ""
    return StaticFile(kind + charset, body, compressed)
