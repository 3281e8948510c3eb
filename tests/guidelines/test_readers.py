from __future__ import annotations

from datetime import timedelta

import pytest

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.guidelines import readers
from resonanz.guidelines.models import Guideline, ReaderLink, Reading
from resonanz.guidelines.retention import delete_due_readings, delete_ended_links
from resonanz.privacy import retention
from tests.guidelines.documents import clause, document
from tests.guidelines.published import publish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("old_starter")]


@pytest.fixture
def nele() -> User:
    return User.objects.create_user("nele@nordhain.example", name="Nele", role=Role.LEAD, created_at=clock.now())


@pytest.fixture
def employees() -> Guideline:
    return publish(document(clause("1.1")), part="EMPLOYEES")


@pytest.fixture
def token(nele: User, employees: Guideline) -> str:
    return readers.create_link(name="Alle", domain="Nordhain.example", days=30, actor=nele)[1]


def test_link_shows_the_part_for_employees_and_notes_nothing(token: str, employees: Guideline) -> None:
    opened = readers.open_link(token=token)

    assert (opened.guideline, [one.number for one in opened.document.clauses]) == (employees, ["1.1"])
    assert not Reading.objects.exists()


def test_token_is_not_stored(token: str) -> None:
    (link,) = ReaderLink.objects.all()

    assert token.encode() not in bytes(link.token_hash)
    assert token not in str(vars(link))


def test_reading_is_noted_once_with_name_and_address(token: str, employees: Guideline) -> None:
    readers.confirm(token=token, name=" Henning Bruhns ", email="Henning.Bruhns@Nordhain.example")
    readers.confirm(token=token, name="Nochmal", email="henning.bruhns@nordhain.example")

    (reading,) = readers.readings(guideline_id=employees.pk)
    assert (reading.name, reading.email) == ("Henning Bruhns", "henning.bruhns@nordhain.example")
    assert reading.delete_on == retention.today() + timedelta(days=1095)


@pytest.mark.parametrize(
    ("name", "email", "field"),
    [
        ("", "a@nordhain.example", "name"),
        ("\u200b…", "a@nordhain.example", "name"),
        ("Anna", "a@elsewhere.example", "email"),
        ("Anna", "a@sub.nordhain.example", "email"),
        ("Anna", "a@evil-nordhain.example", "email"),
        ("Anna", "nordhain.example", "email"),
    ],
)
def test_reader_without_name_or_address_at_the_company_is_refused(
    token: str, name: str, email: str, field: str
) -> None:
    with pytest.raises(readers.ReaderNotKnown) as refused:
        readers.confirm(token=token, name=name, email=email)

    assert refused.value.params["field"] == field
    assert not Reading.objects.exists()


def test_link_ends_and_can_be_revoked(token: str, nele: User) -> None:
    with clock.moved_to(clock.now() + timedelta(days=31)), pytest.raises(readers.ReaderLinkError):
        readers.open_link(token=token)

    readers.revoke(link_id=ReaderLink.objects.get().pk, actor=nele)

    with pytest.raises(readers.ReaderLinkError):
        readers.confirm(token=token, name="Anna", email="a@nordhain.example")
    with pytest.raises(readers.ReaderLinkError):
        readers.open_link(token="guessed")


def test_attempts_are_bounded_within_the_hour_also_those_that_fail(token: str) -> None:
    ReaderLink.objects.update(tried=readers.MOST_ATTEMPTS - 1, tried_since=clock.now())
    with pytest.raises(readers.ReaderNotKnown):
        readers.confirm(token=token, name="Anna", email="a@elsewhere.example")

    with pytest.raises(readers.TooManyAttempts):
        readers.confirm(token=token, name="Anna", email="a@nordhain.example")

    with clock.moved_to(clock.now() + timedelta(minutes=61)):
        assert readers.confirm(token=token, name="Anna", email="a@nordhain.example").pk


def test_link_without_anything_to_read_is_refused(nele: User) -> None:
    with pytest.raises(readers.NothingToRead):
        readers.create_link(name="Alle", domain="nordhain.example", days=30, actor=nele)


@pytest.mark.usefixtures("employees")
@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": " "}, "name"),
        ({"domain": "localhost"}, "domain"),
        ({"domain": "a b.de"}, "domain"),
        ({"days": 0}, "days"),
    ],
)
def test_link_that_makes_no_sense_is_refused(nele: User, changed: dict[str, str], field: str) -> None:
    fields = {"name": "Alle", "domain": "nordhain.example", "days": 30} | changed

    with pytest.raises(readers.LinkNotPossible) as refused:
        readers.create_link(**fields, actor=nele)  # type: ignore[arg-type]

    assert refused.value.params["field"] == field


@pytest.mark.usefixtures("employees")
def test_domain_with_umlauts_is_one_with_its_written_form(nele: User) -> None:
    _, token = readers.create_link(name="Alle", domain="müller.example", days=3, actor=nele)

    assert readers.confirm(token=token, name="Anna", email="a@xn--mller-kva.example").pk


def test_readings_and_links_leave_in_time(token: str, nele: User) -> None:
    readers.confirm(token=token, name="Anna", email="a@nordhain.example")
    readers.confirm(token=token, name="Bert", email="b@nordhain.example")

    assert readers.forget_reader(email="B@nordhain.example", actor=nele) == 1
    assert delete_due_readings(retention.today(), 10) == 0
    assert delete_due_readings(retention.today() + timedelta(days=1095), 10) == 1
    with clock.moved_to(clock.now() + timedelta(days=396)):
        assert delete_ended_links(retention.today(), 10) == 1
