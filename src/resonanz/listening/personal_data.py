"""What the tables of listening hold of people, and which rows concern an account."""

from __future__ import annotations

from django.db.models import QuerySet

from resonanz.listening import quotes
from resonanz.listening.erasure import posts_by
from resonanz.listening.models import EarlierWording, PostChannel, PostMedia, PostQuote, PostTopic, Screenshot
from resonanz.privacy import export
from resonanz.privacy.register import declare_impersonal, declare_personal

_PURPOSE = "service for the author, or the company's reputation (Art. 6(1)(f) GDPR)"
_KEPT = "as the post's purpose and network allow (privacy.retention)"

_POST_FIELDS = {
    "network": "network",
    "origin": "server or feed",
    "native_id": "id on the network",
    "kind": "kind",
    "visibility": "who could read it",
    "author_native_id": "id of the account",
    "author_handle": "handle",
    "author_name": "name shown",
    "text": "what was said",
    "language": "language",
    "url": "address",
    "parent_native_id": "what it answers",
    "root_native_id": "its thread",
    "posted_at": "when it was said",
    "received_at": "when it reached us",
    "edited_at": "when it was changed",
    "likes": "likes",
    "shares": "shares",
    "replies": "answers",
    "views": "views",
    "rating": "stars it gives",
    "purpose": "why it is kept",
    "source": "where it comes from",
    "delete_on": "when it will be deleted",
    "keep_until_at_least": "until when it must be kept",
    "keep_reason": "why it must be kept",
}


def declare() -> None:
    """Enter them in the register."""
    with_post = "with the post"
    declare_personal(
        "listening_post",
        fields=_POST_FIELDS,
        purpose=_PURPOSE,
        kept=_KEPT,
        exported=True,
        erased="with the account; mentions of it in other posts are masked",
    )
    for table, fields in {
        "listening_earlierwording": {"text": "what it said before", "replaced_at": "when it was changed"},
        "listening_postmedia": {
            "kind": "picture, film, sound or document beside it",
            "url": "its address",
            "preview_url": "address of a small picture of it",
            "alt": "what its author says it shows",
        },
        "listening_posttopic": {"topic__name": "topic it touches"},
        "listening_postchannel": {"channel__name": "channel it came through", "addressed": "whether addressed to us"},
    }.items():
        declare_personal(table, fields=fields, purpose=_PURPOSE, kept=with_post, exported=True, erased=with_post)
    declare_personal(
        "listening_screenshot",
        fields={"media__alt": "what a picture of it shows", "brought_at": "when a colleague brought it"},
        purpose=_PURPOSE,
        kept="with the post; drawn anew when it comes in, without what a camera or a program added",
        exported=True,
        erased="with the post; whom else it shows is known to nobody but who looks, so the form warns of that",
    )
    _declare_quotes()
    declare_impersonal("listening_topic", because="what we listen for; whoever puts a name into a query answers for it")
    export.register(table="listening_post", rows=posts_by)
    export.register(table="listening_earlierwording", rows=_wordings)
    export.register(table="listening_postmedia", rows=_media)
    export.register(table="listening_postquote", rows=_quotes)
    export.register(table="listening_screenshot", rows=_screenshots)
    export.register(table="listening_posttopic", rows=_topics)
    export.register(table="listening_postchannel", rows=_channels)


def _declare_quotes() -> None:
    declare_personal(
        "listening_postquote",
        fields={
            "native_id": "id of the post that is quoted",
            "url": "its address",
            "author_native_id": "id of the account that is quoted",
            "author_handle": "its handle",
            "author_name": "its name",
            "text": "what is quoted, the first 1,000 characters",
            "edited_at": "when that was changed",
        },
        purpose="to understand the post that quotes it (Art. 6(1)(f) GDPR)",
        kept="with the post that quotes it, at most until what is quoted is gone",
        exported=True,
        erased="emptied with the account, or the post, that is quoted; mentions of others in it are masked",
    )


def _wordings(network: str, origin: str, native_id: str) -> QuerySet[EarlierWording]:
    return EarlierWording.objects.filter(post__in=posts_by(network, origin, native_id))


def _media(network: str, origin: str, native_id: str) -> QuerySet[PostMedia]:
    return PostMedia.objects.filter(post__in=posts_by(network, origin, native_id))


def _quotes(network: str, origin: str, native_id: str) -> QuerySet[PostQuote]:
    """What others quote of the account. Whom it quotes itself are others, whose words are not given out to it."""
    return quotes.by(network, origin, native_id)


def _screenshots(network: str, origin: str, native_id: str) -> QuerySet[Screenshot]:
    return Screenshot.objects.filter(media__post__in=posts_by(network, origin, native_id))


def _topics(network: str, origin: str, native_id: str) -> QuerySet[PostTopic]:
    return PostTopic.objects.filter(post__in=posts_by(network, origin, native_id))


def _channels(network: str, origin: str, native_id: str) -> QuerySet[PostChannel]:
    return PostChannel.objects.filter(post__in=posts_by(network, origin, native_id))
