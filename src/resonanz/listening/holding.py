"""Posts that must be kept although their day comes, or although their author wants them gone (Art. 17(3) GDPR)."""

from __future__ import annotations

from datetime import date

from resonanz.listening.models import Post
from resonanz.privacy.models import KeepReason


def hold(*, post_id: int, until: date, reason: KeepReason) -> None:
    """Keep the post until this day, included; who has a later day already keeps it, with its reason."""
    post = Post.objects.select_for_update().get(pk=post_id)
    if post.keep_until_at_least is None or post.keep_until_at_least < until:
        post.keep_until_at_least, post.keep_reason = until, reason
        post.save(update_fields=["keep_until_at_least", "keep_reason"])


def let_go(*, post_id: int, until: date, reason: KeepReason) -> None:
    """It was a mistake to hold it: what stands there is taken away if it is just that."""
    held = Post.objects.filter(pk=post_id, keep_until_at_least=until, keep_reason=reason)
    held.update(keep_until_at_least=None, keep_reason="")
