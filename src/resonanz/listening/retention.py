"""Posts whose day has come. Those in a case are service's affair, because the case changes with them."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from resonanz.listening.erasure import delete_posts, free
from resonanz.listening.models import Post
from resonanz.privacy import retention


def due_posts(day: date) -> QuerySet[Post]:
    """The posts that are due on `day`, oldest first."""
    return free(Post.objects.filter(retention.due(day))).order_by("delete_on", "pk")


def delete_due(day: date, limit: int) -> int:
    """Delete up to `limit` posts that are due."""
    return delete_posts(list(due_posts(day).values_list("pk", flat=True)[:limit])).rows
