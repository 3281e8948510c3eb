"""One address, however it was copied."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resonanz.networks import links


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (" https://www.xing.com/posts/1?utm_source=a&sc_o=b#top ", "https://www.xing.com/posts/1"),
        ("HTTPS://M.Facebook.com:443/story.php?story_fbid=1&id=2&fbclid=x", "https://m.facebook.com/story.php?story_fbid=1&id=2"),
        ("https://twitter.com/a/status/1?ref_src=x", "https://x.com/a/status/1"),
        ("https://forum.example/event.php?eid=12&ref=3&si=4&trk=5", "https://forum.example/event.php?eid=12&ref=3&si=4&trk=5"),
        ("https://www.linkedin.com/posts/1?trk=a&lipi=b&midToken=c&eid=d", "https://www.linkedin.com/posts/1"),
        ("https://m.facebook.com/1?ref=page&mibextid=2&id=3", "https://m.facebook.com/1?id=3"),
        ("https://youtu.be/abc?si=tracking", "https://youtu.be/abc"),
        ("http://news.example:8080", "http://news.example:8080/"),
        ("https://forum.example/t/1#post-17", "https://forum.example/t/1#post-17"),
        ("https://linkedin.com/feed/update/1?commentUrn=urn%3Ali%3A2&trk=x", "https://linkedin.com/feed/update/1?commentUrn=urn%3Ali%3A2"),
        ("ftp://a.example/", ""), ("javascript:alert(1)", ""), ("https://", ""), ("xing.com/posts/1", ""),
        ("https://me:secret@a.example/", ""), ("https://a.example:99999/", ""), ("https://[::1", ""),
        ("https://a.example/\x00", ""), ("https://a.example/" + "x" * 2_000, ""), ("", ""),
    ],
)  # fmt: skip
def test_link_loses_what_was_added_on_its_way(typed: str, expected: str) -> None:
    assert links.canonical(typed) == expected


def test_forms_hold_every_way_of_writing_it() -> None:
    forms = links.forms("https://www.xing.com/posts/1/?utm_source=a")

    assert {
        "https://www.xing.com/posts/1/?utm_source=a",
        "http://xing.com/posts/1",
        "https://xing.com/posts/1/",
    } <= set(forms)
    assert links.forms("no address") == []


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Siehe https://a.example/x?y=1, (https://b.example/z). https://a.example/x?y=1!", ["https://a.example/x?y=1", "https://b.example/z"]),
        ("„https://a.example/x“ <https://b.example/>", ["https://a.example/x", "https://b.example/"]),
        ("HTTPS://A.example/ http://me:pw@b.example/ ftp://c.example/ https://[::1", ["HTTPS://A.example/"]),
        ("a.example/x https:// http://", []),
        ("https://a.example/1 https://a.example/2 https://a.example/3", ["https://a.example/1", "https://a.example/2"]),
    ],
)  # fmt: skip
def test_links_are_found_in_what_is_said(said: str, expected: list[str]) -> None:
    assert links.within(said, most=2) == expected


@given(st.text(max_size=80), st.text(max_size=40))
def test_nothing_makes_it_raise_and_twice_changes_nothing(host: str, rest: str) -> None:
    for typed in (host, f"https://{host}", f"https://a.example/{host}?{rest}"):
        found = links.canonical(typed)
        assert links.canonical(found) == found
        assert not found or found in links.forms(found)
