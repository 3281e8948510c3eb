"""Posts that people said, evaluated by the real judges, and what colleagues say of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta
from importlib import resources
from pathlib import Path
from typing import Any

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.listening.models import Post
from resonanz.privacy.models import Purpose
from resonanz.triage import evaluations, feedback

EXAMPLES = Path(str(resources.files("resonanz.triage") / "examples"))


def spam(file: str, each: int) -> list[tuple[str, bool]]:
    """Texts that advertise, and as many that do not: a subject that these tests take for a new one."""
    lines: list[dict[str, Any]] = [json.loads(line) for line in (EXAMPLES / file).read_text("utf-8").splitlines()]
    usable = [line for line in lines if "sensitive" not in line["labels"]]
    yes = [(line["text"], True) for line in usable if "spam" in line["labels"]][:each]
    no = [(line["text"], False) for line in usable if "spam" not in line["labels"]][: len(yes)]
    return [one for pair in zip(yes, no, strict=True) for one in pair]


def said(texts: Sequence[str], *, author: str = "anna", begin: int = 1, **more: Any) -> list[Post]:
    """Stored and evaluated as intake does it."""
    now = clock.now()
    fields: dict[str, Any] = {
        "network": "memory", "origin": "practice.example", "kind": "POST", "visibility": "PUBLIC",
        "speaker": "OUTSIDER", "author_native_id": f"id-of-{author}", "author_handle": author, "author_name": author,
        "language": "de", "received_at": now, "purpose": Purpose.REPUTATION, "source": "memory",
        "delete_on": date(2030, 1, 1),
    } | more  # fmt: skip
    posts = Post.objects.bulk_create(
        Post(
            native_id=f"{author}-{number}", root_native_id=f"{author}-{number}", text=text,
            posted_at=now - timedelta(minutes=number), **fields,
        )
        for number, text in enumerate(texts, begin)
    )  # fmt: skip
    found = evaluations.evaluate(texts=texts, language_hints=["de"] * len(texts))
    evaluations.keep(evaluated={post.pk: one for post, one in zip(posts, found, strict=True)})
    return posts


def check(posts: Sequence[Post], values: Sequence[bool], *, label: str, by: User) -> None:
    """A colleague looks at each of them."""
    for post, value in zip(posts, values, strict=True):
        feedback.give(post_id=post.pk, label=label, value=str(value).lower(), by=by)
