"""LinkedIn: letting in, and commenting as the Page."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from tests.networks.linkedin_server import ACTIVITY, APP, SHARE, US, LinkedInServer, no
from tests.networks.oauth_server import REDIRECT
from tests.networks.review_asking import NOON, order
from tests.networks.review_server import html

from resonanz.core import clock
from resonanz.core.http import ALLOWED_VARIABLE
from resonanz.networks.contract import Account, App, Correction
from resonanz.networks.errors import NoAnswer, NotAuthorised, Refused, TryLater
from resonanz.networks.linkedin import LinkedInNetwork
from resonanz.networks.linkedin.client import API
from resonanz.networks.linkedin.letting_in import RIGHTS

network = LinkedInNetwork()
VERIFIER = "v" * 43


@pytest.fixture
def linkedin(monkeypatch: pytest.MonkeyPatch) -> Iterator[LinkedInServer]:
    """LinkedIn, which the client may reach, at noon."""
    with clock.moved_to(NOON), LinkedInServer() as server:
        monkeypatch.setenv(ALLOWED_VARIABLE, server.host)
        yield server


def let_in(server: LinkedInServer) -> tuple[Account, ...]:
    challenge = urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
    page = network.authorize_url(server.url, APP, redirect_uri=REDIRECT, state="s", challenge=challenge)
    code = server.oauth.agree(page)["code"]
    return network.sign_in(server.url, APP, redirect_uri=REDIRECT, code=code, verifier=VERIFIER)


def text_of(server: LinkedInServer, urn: str) -> str:
    return str(server.comments[urn.rpartition(",")[2].rstrip(")")]["message"]["text"])


def test_page_is_linkedins_and_asks_for_no_more_than_is_told() -> None:
    page = network.authorize_url(API, App("id"), redirect_uri=REDIRECT, state="s", challenge="c")

    assert page.startswith("https://www.linkedin.com/oauth/v2/authorization?")
    assert dict(parse_qsl(urlsplit(page).query))["scope"] == " ".join(RIGHTS)


def test_pages_of_which_one_is_administrator_are_let_in(linkedin: LinkedInServer) -> None:
    found = let_in(linkedin)

    assert [(one.native_id, one.handle, one.name) for one in found] == [
        (US, "page-96072893", "Nordhain"), ("urn:li:organization:5", "page-5", "Nordhain Werk"),
    ]  # fmt: skip


def test_application_without_the_product_gets_nothing_to_see(linkedin: LinkedInServer) -> None:
    linkedin.faulty = lambda method, path: (
        no(403, "ACCESS_DENIED", "Not enough permissions to access: organizationAcls.FINDER-roleAssignee")
        if "Acls" in path else None
    )  # fmt: skip

    with pytest.raises(NotAuthorised) as refused:
        let_in(linkedin)
    assert refused.value.params["status"] == 403


def test_token_without_a_renewal_is_not_renewed(linkedin: LinkedInServer) -> None:
    account = let_in(linkedin)[0]

    assert account.renewal == ""
    with pytest.raises(NotAuthorised):
        network.renew(account)


def test_token_with_a_renewal_is_renewed(linkedin: LinkedInServer) -> None:
    linkedin.has_renewals = True
    account = let_in(linkedin)[0]

    renewed = network.renew(account)

    assert (renewed.secret != account.secret, renewed.renewal) == (True, account.renewal)
    list(network.poll(renewed, ""))


def test_answer_stands_below_the_comment_as_the_page(linkedin: LinkedInServer) -> None:
    urn = linkedin.comment()

    receipt = network.reply(linkedin.account(), order(urn, "Zwei Wochen."))

    made = linkedin.comments[receipt.native_id.rpartition(",")[2].rstrip(")")]
    assert (made["actor"], made["parentComment"], made["message"]["text"]) == (US, urn, "Zwei Wochen.")
    assert "commentUrn" in receipt.url


def test_answer_to_an_answer_stands_beside_it(linkedin: LinkedInServer) -> None:
    urn = linkedin.comment()
    nested = linkedin.comment("Und nach Österreich?", below=urn)

    receipt = network.reply(linkedin.account(), order(nested))

    assert linkedin.comments[receipt.native_id.rpartition(",")[2].rstrip(")")]["parentComment"] == urn


def test_mention_in_a_post_is_answered_below_it(linkedin: LinkedInServer) -> None:
    receipt = network.reply(linkedin.account(), order(SHARE))

    assert "parentComment" not in linkedin.comments[receipt.native_id.rpartition(",")[2].rstrip(")")]


@pytest.mark.parametrize("parent", ["", "x", "urn:li:comment:(activity:1)", "../posts"])
def test_what_is_no_post_asks_nobody(linkedin: LinkedInServer, parent: str) -> None:
    with pytest.raises(Refused):
        network.reply(linkedin.account(), order(parent))

    assert linkedin.asked == []


def test_private_answer_is_refused(linkedin: LinkedInServer) -> None:
    with pytest.raises(Refused):
        network.reply(linkedin.account(), order(linkedin.comment(), private=True))


def test_comment_that_is_gone_is_not_answered(linkedin: LinkedInServer) -> None:
    urn = linkedin.comment()
    linkedin.comments.clear()

    with pytest.raises(Refused):
        network.reply(linkedin.account(), order(urn))
    assert network.find_sent(linkedin.account(), order(urn), since=NOON, known=frozenset()) is None


def test_answer_whose_sending_brought_no_reply_is_found_once(linkedin: LinkedInServer) -> None:
    urn = linkedin.comment()
    linkedin.hangs_up = True
    with pytest.raises(NoAnswer):
        network.reply(linkedin.account(), order(urn))

    found = network.find_sent(linkedin.account(), order(urn), since=NOON, known=frozenset())

    assert found is not None
    known = frozenset({found.native_id})
    assert network.find_sent(linkedin.account(), order(urn), since=NOON, known=known) is None


def test_answer_among_more_comments_than_are_looked_through_is_not_said_again(linkedin: LinkedInServer) -> None:
    for number in range(500):
        linkedin.comment(f"Nummer {number}", notified=False)
    linkedin.comment("Danke, das freut uns.", US, ago=timedelta(0), notified=False)

    with pytest.raises(Refused) as refused:  # the outbox leaves it to a person
        network.find_sent(linkedin.account(), order(ACTIVITY), since=NOON, known=frozenset())

    assert refused.value.words == "TooManyComments"
    assert len(linkedin.asked) == 5


@pytest.mark.parametrize(("who", "ago"), [("urn:li:person:bob-1", 0), (US, 3)])
def test_same_words_of_others_or_of_before_are_not_ours(linkedin: LinkedInServer, who: str, ago: int) -> None:
    urn = linkedin.comment()
    linkedin.comment("Danke, das freut uns.", who, below=urn, ago=timedelta(hours=ago))

    assert network.find_sent(linkedin.account(), order(urn), since=NOON, known=frozenset()) is None


def test_answer_is_corrected_and_withdrawn(linkedin: LinkedInServer) -> None:
    receipt = network.reply(linkedin.account(), order(linkedin.comment()))
    correction = Correction(native_id=receipt.native_id, parent_id="", text="Drei Wochen.")

    network.correct(linkedin.account(), correction)
    corrected = text_of(linkedin, receipt.native_id)
    for _ in range(2):  # done twice is done once
        network.withdraw(linkedin.account(), receipt.native_id)

    assert corrected == "Drei Wochen."
    assert receipt.native_id.rpartition(",")[2].rstrip(")") not in linkedin.comments


def test_what_others_said_is_not_changed(linkedin: LinkedInServer) -> None:
    urn = linkedin.comment("Von Ada")

    with pytest.raises(Refused):
        network.withdraw(linkedin.account(), urn)
    with pytest.raises(Refused):
        network.correct(linkedin.account(), Correction(native_id=urn, parent_id="", text="x"))

    assert text_of(linkedin, urn) == "Von Ada"


@pytest.mark.parametrize(("status", "failure"), [(200, NoAnswer), (404, TryLater), (500, NoAnswer), (503, TryLater)])
def test_page_of_somebody_between_us_after_an_order(
    linkedin: LinkedInServer, status: int, failure: type[Exception]
) -> None:
    urn = linkedin.comment()
    linkedin.faulty = lambda method, path: html(status) if method == "POST" else None

    with pytest.raises(failure):
        network.reply(linkedin.account(), order(urn))


def test_too_long_an_answer_is_refused_in_its_words(linkedin: LinkedInServer) -> None:
    with pytest.raises(Refused) as refused:
        network.reply(linkedin.account(), order(linkedin.comment(), "x" * 1251))

    assert refused.value.words == "Comment is too long or the actor is wrong"


def test_revoked_token_stops_answers(linkedin: LinkedInServer) -> None:
    urn = linkedin.comment()

    with pytest.raises(NotAuthorised):
        network.reply(replace(linkedin.account(), secret="other"), order(urn))
