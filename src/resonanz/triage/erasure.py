"""Triage's part in erasure. Evaluations and feedback go with their posts; what heads learnt from them is unlearnt."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from resonanz.listening.erasure import posts_by, posts_with
from resonanz.privacy import erasure, masking
from resonanz.privacy.erasure import Key, Removed, Subject
from resonanz.triage.learning.forgetting import forget
from resonanz.triage.models import Feedback, LabelExample


def erase_account(subject: Subject) -> Removed:
    """Mask the account in examples that colleagues typed; heads that learnt from its words, or of it, learn anew."""
    words = masking.spoken_about(handles=subject.handles, names=subject.names)
    masked = masking.mask_columns(LabelExample.objects.all(), ["text"], words)
    of_it = Q(post__in=posts_by(subject.network, subject.origin, subject.native_id))
    for word in words:
        of_it |= Q(post__text__icontains=word)
    if masked or Feedback.objects.filter(of_it).exists():
        forget.later()
    return Removed(masked=masked)


def erase_posts(keys: Sequence[Key]) -> Removed:
    """Heads that learnt from these posts learn anew, once the transaction that erases them is committed."""
    if Feedback.objects.filter(post__in=posts_with(keys)).exists():
        forget.later()
    return Removed()


PART = erasure.Part(room="triage", erase_account=erase_account, erase_posts=erase_posts)
