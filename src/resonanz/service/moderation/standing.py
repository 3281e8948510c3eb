"""What was done to the posts and answers of a case besides answering, as far as it still holds or is on its way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from resonanz.service.models import Moderation, ModerationAct, ModerationState

_TAKES_BACK = {
    ModerationAct.UNLIKE: ModerationAct.LIKE,
    ModerationAct.UNHIDE: ModerationAct.HIDE,
    ModerationAct.UNBLOCK: ModerationAct.BLOCK,
}


def standing(*, case_id: int) -> Mapping[tuple[str, int], Sequence[Moderation]]:
    """By ("post", id) or ("outgoing", id), oldest first: a like that was taken back is no more, nor is the taking."""
    rows = Moderation.objects.filter(case_id=case_id).exclude(state=ModerationState.CANCELLED)
    found: dict[tuple[str, int], list[Moderation]] = defaultdict(list)
    for row in rows.select_related("actor", "signed_by").order_by("pk"):
        key = ("outgoing", row.outgoing_id) if row.outgoing_id else ("post", row.post_id or 0)
        before = found[key]
        taken_back = _TAKES_BACK.get(ModerationAct(row.act))
        if taken_back and row.state == ModerationState.DONE:
            found[key] = [one for one in before if one.act != taken_back]
        else:
            found[key] = [one for one in before if one.act != row.act or row.act == ModerationAct.CORRECT] + [row]
    return found
