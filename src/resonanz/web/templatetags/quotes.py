"""What posts quote, in templates: read with the page where it read it."""

from __future__ import annotations

from django import template

from resonanz.listening.models import Post
from resonanz.service.quoting import Shown

register = template.Library()


@register.filter
def quote(post: Post) -> Shown | None:
    """What the post quotes."""
    found: Shown | None = getattr(post, "shown_quote", None)
    return found
