"""The clean sample: a tenth of what people checked, drawn at random, that heads are measured on and never learn from.

The draw is a keyed hash of post and label: nobody can guess or steer it, and it falls the same way again after a
restore or a second look.
"""

from __future__ import annotations

from typing import Any

from resonanz.accounts.models import User
from resonanz.core.secrets import keyed_hash
from resonanz.listening.models import Post
from resonanz.triage.models import Feedback, How

SHARE = 0.1


def is_drawn(*, post: Post, label: str) -> bool:
    """Whether a first check of this label on this post goes to the clean sample."""
    drawn = keyed_hash("triage.clean_sample", label, post.network, post.origin, post.native_id)
    return int.from_bytes(drawn[:8]) < SHARE * 2**64


def fields(*, earlier: Feedback | None, post: Post, label: str, value: str, by: User, how: How) -> dict[str, Any]:
    """What a person's word on a label is stored with, besides the word: how it was found, and which sample it is in.

    A second person's word on a post of the clean sample tells how far people agree, as long as it is known that they
    are two: until the first one's name is forgotten.
    """
    if earlier is None:
        return {"how": how, "in_clean_sample": how is not How.EXAMPLE and is_drawn(post=post, label=label)}
    is_second = earlier.in_clean_sample and earlier.agreed is None and earlier.by_id not in (None, by.pk)
    return {"agreed": earlier.value == value, "second_by_id": earlier.by_id} if is_second else {}


def first_word(second: Feedback) -> str:
    """What the first person had said, where this is another one's word after theirs; "" where that is not known."""
    if second.agreed is None or second.second_by_id in (None, second.by_id):
        return ""
    return second.value if second.agreed else {"true": "false", "false": "true"}.get(second.value, "")
