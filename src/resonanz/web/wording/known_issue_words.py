"""What of a known issue stands ready for a case: the released wording, the one in the person's language first."""

from __future__ import annotations

from resonanz.listening.models import Post
from resonanz.service.models import IssueCase, IssueState, IssueWording, Occasion, WordingState


def offered(bound: IssueCase) -> list[IssueWording]:
    """What may be said while people wait; nothing once the issue is solved."""
    issue = bound.issue
    if issue.state != IssueState.OPEN:
        return []
    ready = [
        one for one in issue.wordings.all() if one.occasion == Occasion.OPEN and one.state == WordingState.RELEASED
    ]
    said = Post.objects.filter(case_posts__case=bound.case_id, speaker="OUTSIDER").order_by("-posted_at")
    language = said.values_list("language", flat=True).first() if ready else ""
    return sorted(ready, key=lambda one: (one.language != language, one.language))
