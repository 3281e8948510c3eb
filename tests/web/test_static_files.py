"""Static files: kept for good under an address that changes with their contents, and one file of styles."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

from django.conf import settings
from django.templatetags.static import static
from django.test import Client

from resonanz import web
from resonanz.config.static_version import static_version
from resonanz.web.static_files import collected, imports


def test_styles_are_one_file_in_the_order_of_the_layers(client: Client) -> None:
    answer = client.get(static("web/styles.css"))

    styles = answer.content.decode()
    assert styles.count("{") == styles.count("}")
    assert styles.index("@layer reset, tokens") < styles.index(".button {") < styles.index(".house {")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_every_tone_of_an_alert_has_its_colour(client: Client) -> None:
    styles = client.get(static("web/styles.css")).content.decode()
    templates = Path(web.__file__).parent.rglob("templates/**/*.html")

    tones = {tone for one in templates for tone in re.findall(r'class="alert (\w+)', one.read_text("utf-8"))}

    assert "accent" in tones
    assert {tone for tone in tones if f".alert.{tone} {{" not in styles} == {"late"}  # as all without one


def test_scripts_are_sent_compressed_to_whoever_reads_that(client: Client) -> None:
    plain = client.get(static("web/keys.js"))
    zipped = client.get(static("web/keys.js"), headers={"accept-encoding": "gzip, br"})

    assert gzip.decompress(zipped.content) == plain.content
    assert zipped.headers["Vary"] == "Accept-Encoding"
    assert plain.headers["Content-Type"] == "text/javascript; charset=utf-8"


def test_files_of_packages_are_served_and_nothing_else_is(client: Client) -> None:
    assert client.get(static("django_htmx/htmx-2.min.js")).status_code == 200
    assert f"{settings.STATIC_URL}../settings.py" not in collected()
    assert client.post(static("web/keys.js")).status_code == 405
    assert client.get(static("web/keys.js"), headers={"if-none-match": '"x"'}).status_code == 304


def test_version_changes_with_every_byte_and_name(tmp_path: Path) -> None:
    def version() -> str:
        return static_version(folders=[tmp_path], packages=["django-htmx", "no-such-package"])

    file = tmp_path / "a.css"
    file.write_text("a{}")
    first = version()
    file.write_text("b{}")
    second = version()
    file.rename(tmp_path / "b.css")

    assert len({first, second, version()}) == 3
    assert version() == version()


def test_scripts_announce_all_that_they_import() -> None:
    assert imports("web/palette.js") == ("web/keys.js",)
    assert imports("web/keys.js") == ()  # keys act as soon as they can
    for name in collected():
        if name.startswith("web/") and name.endswith(".js"):
            assert all(other in collected() for other in imports(name)), name
