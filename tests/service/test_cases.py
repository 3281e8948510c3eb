from __future__ import annotations

import pytest

from resonanz.accounts.models import User
from resonanz.service import cases
from resonanz.service.models import Case, CasePost

pytestmark = pytest.mark.django_db


def test_post_whose_channel_was_removed_opens_no_case(quiet_case: Case, agent: User) -> None:
    post_id = CasePost.objects.get(case=quiet_case).post_id
    quiet_case.delete()

    with pytest.raises(cases.NoChannel):
        cases.open_from_post(post_id=post_id, channel_id=None, actor=agent)
