from __future__ import annotations

import pytest

from resonanz.accounts.models import User
from resonanz.service import cases
from resonanz.service.models import Case, CaseEvent, CasePost

pytestmark = pytest.mark.django_db


def test_claim_takes_what_nobody_has_and_tells_who_was_first(quiet_case: Case, agent: User, colleague: User) -> None:
    cases.claim(case_id=quiet_case.pk, actor=colleague)
    cases.claim(case_id=quiet_case.pk, actor=colleague)

    with pytest.raises(cases.AlreadyClaimed) as refused:
        cases.claim(case_id=quiet_case.pk, actor=agent)

    assert refused.value.params == {"name": "Ole"}
    quiet_case.refresh_from_db()
    assert quiet_case.assignee == colleague
    event = CaseEvent.objects.get(case=quiet_case, act="case.claimed")
    assert event.details == {"assignee": colleague.pk, "previous": None}


def test_claim_takes_a_case_from_whom_the_reader_saw_there(quiet_case: Case, agent: User, colleague: User) -> None:
    cases.assign(case_id=quiet_case.pk, assignee_id=colleague.pk, actor=colleague)

    assert cases.claim(case_id=quiet_case.pk, actor=agent, instead_of=colleague.pk).assignee_id == agent.pk
    with pytest.raises(cases.AlreadyClaimed):
        cases.claim(case_id=quiet_case.pk, actor=colleague, instead_of=None)


def test_post_whose_channel_was_removed_opens_no_case(quiet_case: Case, agent: User) -> None:
    post_id = CasePost.objects.get(case=quiet_case).post_id
    quiet_case.delete()

    with pytest.raises(cases.NoChannel):
        cases.open_from_post(post_id=post_id, channel_id=None, actor=agent)
