"""Made-up rows about people, as the rooms store them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from resonanz.core import clock
from resonanz.listening.models import EarlierWording, Post
from resonanz.networks.models import Channel
from resonanz.people.models import Identity, Person
from resonanz.privacy.models import Purpose
from resonanz.service.models import Case, CaseNote, CasePost, Moderation, Outgoing

NETWORK = "memory"
KEPT = {"purpose": Purpose.SERVICE, "source": "memory"}
FAR = date(2030, 1, 1)


def channel() -> Channel:
    """Our account there."""
    found, _ = Channel.objects.get_or_create(name="Memory", defaults={"network": NETWORK, "created_at": clock.now()})
    return found


def post(native_id: str, *, author: str = "anna", name: str = "Anna Bolwieser", **more: Any) -> Post:
    """A post by `author`, whose id is id-of-<author>."""
    fields: dict[str, Any] = {
        "network": NETWORK, "native_id": native_id, "root_native_id": "p1", "kind": "COMMENT", "visibility": "PUBLIC",
        "speaker": "OUTSIDER", "author_native_id": f"id-of-{author}", "author_handle": author, "author_name": name,
        "text": f"{native_id} by {author}", "posted_at": clock.now(), "received_at": clock.now(), "delete_on": FAR,
    }  # fmt: skip
    return Post.objects.create(**fields | KEPT | more)


def case(*posts: Post, **more: Any) -> Case:
    """A case of these posts."""
    made = Case.objects.create(
        **{
            "channel": channel(), "network": posts[0].network, "root_native_id": posts[0].root_native_id,
            "visibility": "PUBLIC", "intent": "OTHER",
            "opened_at": clock.now(), "last_post_at": clock.now(),
        }
        | more
    )  # fmt: skip
    CasePost.objects.bulk_create([CasePost(case=made, post=one) for one in posts])
    return made


def answer(to: Post, in_case: Case, text: str, state: str = "SENT", **more: Any) -> Outgoing:
    """What we said to it."""
    fields: dict[str, Any] = {
        "key": uuid4(), "channel": channel(), "case": in_case, "in_reply_to": to, "parent_native_id": to.native_id,
        "root_native_id": to.root_native_id, "visibility": "PUBLIC", "text": text, "state": state,
        "created_at": clock.now(), "delete_on": FAR,
    }  # fmt: skip
    if state == "SENT":
        fields |= {"sent_at": clock.now(), "native_id": f"sent-{to.native_id}-{len(text)}"}
    if state == "SENDING":
        fields |= {"lease_until": clock.now() + timedelta(minutes=1)}
    return Outgoing.objects.create(**fields | more)


def moderation(of: Post, in_case: Case, **more: Any) -> Moderation:
    """What we did to it besides answering."""
    fields: dict[str, Any] = {
        "act": "HIDE", "state": "DONE", "channel": channel(), "case": in_case, "post": of, "rule": "17.1",
        "target_native_id": of.native_id, "author_native_id": of.author_native_id, "visibility": "PUBLIC",
        "excerpt": of.text, "created_at": clock.now(), "done_at": clock.now(), "delete_on": FAR,
    }  # fmt: skip
    return Moderation.objects.create(**fields | more)


def note(in_case: Case, text: str, **more: Any) -> CaseNote:
    """What a colleague noted there."""
    return CaseNote.objects.create(
        **{"case": in_case, "text": text, "created_at": clock.now(), "delete_on": FAR} | more
    )


def identity(author: str = "anna", name: str = "Anna Bolwieser", person: Person | None = None, **more: Any) -> Identity:
    """An account that addressed us, with a person of its own unless one is given."""
    whose = person or Person.objects.create(name=name, created_at=clock.now(), delete_on=FAR, **KEPT)
    fields: dict[str, Any] = {
        "network": NETWORK, "native_id": f"id-of-{author}", "handle": author, "name": name, "person": whose,
        "first_seen_at": clock.now(), "last_seen_at": clock.now(), "delete_on": FAR,
    }  # fmt: skip
    return Identity.objects.create(**fields | KEPT | more)


def wording(of: Post, text: str) -> EarlierWording:
    """What it said before."""
    return EarlierWording.objects.create(post=of, text=text, replaced_at=clock.now())
