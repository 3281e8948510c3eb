from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.service import notes
from resonanz.service.models import Case

pytestmark = pytest.mark.django_db


def test_colleagues_are_offered_by_any_part_of_their_name(signed_in: Client) -> None:
    User.objects.create_user("ole@nordhain.example", name="Ole Kranz", created_at=clock.now())

    def offered(typed: str) -> list[str]:
        found: list[str] = signed_in.get("/inbox/colleagues/", {"q": typed}).json()["offered"]
        return found

    assert (offered("kr"), offered("ole k"), offered("\x00%"), offered("x" * 500)) == (["Ole Kranz"],) * 2 + ([],) * 2


def test_whoever_is_called_is_told_on_an_open_page_and_the_note_is_escaped(
    signed_in: Client, miriam: User, new_case: Callable[..., Case]
) -> None:
    case = new_case("p")
    ole = User.objects.create_user("ole@nordhain.example", name="Ole <i>", created_at=clock.now())
    written = notes.write(case_id=case.pk, text="@Miriam <script>x</script>", author=ole)

    told = signed_in.get("/warned/").content.decode()
    page = signed_in.get(f"/inbox/{case.pk}/").content.decode()

    assert f'data-warning="note-{written.pk}"' in told
    assert "Ole &lt;i&gt; calls" in told
    assert "@Miriam &lt;script&gt;" in page
