"""Pictures in templates: those beside posts and those beside answers, read with the page where it read them."""

from __future__ import annotations

from django import template

from resonanz.listening import previews
from resonanz.listening.models import Post, PostMedia
from resonanz.service.answers import attachments
from resonanz.service.models import Attachment, Outgoing

register = template.Library()


@register.filter
def media(post: Post) -> list[PostMedia]:
    """What stands beside the words of a post."""
    found: list[PostMedia] = getattr(post, "shown_media", [])
    return found


@register.filter
def has_preview(one: PostMedia) -> bool:
    """Whether there is a picture of it."""
    return previews.is_shown(media=one)


@register.filter
def pictures(outgoing: Outgoing) -> list[Attachment]:
    """The pictures beside an answer."""
    found: list[Attachment] | None = getattr(outgoing, "shown_pictures", None)
    return list(attachments.beside(outgoing=outgoing)) if found is None else found
