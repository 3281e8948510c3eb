from __future__ import annotations

from datetime import UTC, datetime, timedelta
from statistics import median
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.duties import calendars
from resonanz.guidelines import acknowledging
from resonanz.guidelines.models import Guideline
from resonanz.guidelines.ruling import Outcome
from resonanz.listening.models import Post, PostTopic, Topic
from resonanz.networks.connections.channels import PRACTICE
from resonanz.networks.models import Channel
from resonanz.people import groups
from resonanz.people.identities import Seen, meet
from resonanz.service.answers.judging import judge
from resonanz.service.models import Case, CasePost, Outgoing
from tests.service.guideline import EVERYBODY, LEAD_SIGNS, publish

pytestmark = pytest.mark.django_db
FORBIDDEN = {"outcome": "FORBIDDEN"}
ANSWER = "Das Ersatzteil kommt am Dienstag."


def ruled(case: Case, author: User, text: str = ANSWER) -> tuple[str, str]:
    ruling = judge(case=Case.objects.get(pk=case.pk), text=text, author=author).ruling
    return ruling.outcome, ruling.clause


def test_without_any_rule_that_speaks_of_it_nothing_is_said(quiet_case: Case, agent: User) -> None:
    publish({"outcome": "ALLOWED", "networks": ["mastodon"]})

    assert ruled(quiet_case, agent) == (Outcome.FORBIDDEN, "guideline.no_rule")


def test_rule_may_speak_of_a_colleague(quiet_case: Case, agent: User, colleague: User) -> None:
    publish(EVERYBODY, FORBIDDEN | {"people": [colleague.pk]})

    assert ruled(quiet_case, agent)[0] == Outcome.ALLOWED
    assert ruled(quiet_case, colleague) == (Outcome.FORBIDDEN, "1.2")


def test_rule_may_speak_of_what_the_posts_touch(quiet_case: Case, agent: User) -> None:
    topic = Topic.objects.create(name="Akku", query="akku", created_at=clock.now(), changed_at=clock.now())
    publish(EVERYBODY, FORBIDDEN | {"topics": [topic.pk]})
    assert ruled(quiet_case, agent)[0] == Outcome.ALLOWED

    PostTopic.objects.create(post=CasePost.objects.get(case=quiet_case).post, topic=topic)

    assert ruled(quiet_case, agent) == (Outcome.FORBIDDEN, "1.2")


def test_rule_may_speak_of_a_target_group(quiet_case: Case, agent: User) -> None:
    seen = Seen(
        network="memory", origin="", native_id="jonas", handle="jonas", name="Jonas B.", url="", at=clock.now(),
        source="memory", delete_on=clock.now().date() + timedelta(days=30),
    )  # fmt: skip
    identity_id = meet(seen=[seen])[seen.key]
    Case.objects.filter(pk=quiet_case.pk).update(identity=identity_id)
    press = groups.create(name="Presse", rule={"handles": ["jon*"]}, actor=agent)
    publish(EVERYBODY, LEAD_SIGNS | {"groups": [press.pk]})

    assert ruled(quiet_case, agent) == (Outcome.NEEDS_APPROVAL, "1.2")


def test_rule_may_speak_of_the_time_of_day(quiet_case: Case, agent: User) -> None:
    calendars.ensure_defaults()
    publish(EVERYBODY, FORBIDDEN | {"hours": "CLOSED"}, effective_at=datetime(2026, 1, 1, tzinfo=UTC))

    with clock.moved_to(datetime(2026, 11, 16, 9, 0, tzinfo=UTC)):
        assert ruled(quiet_case, agent)[0] == Outcome.ALLOWED
    with clock.moved_to(datetime(2026, 11, 16, 22, 0, tzinfo=UTC)):
        assert ruled(quiet_case, agent) == (Outcome.FORBIDDEN, "1.2")


def test_finding_weighs_as_the_guideline_says_and_names_its_clause(quiet_case: Case, agent: User) -> None:
    words = {"options": {"confidential_terms": ["Projekt Nordlicht"]}}
    publish(EVERYBODY, checks={"confidential": {"severity": "APPROVAL", **words}})
    assert ruled(quiet_case, agent)[0] == Outcome.ALLOWED

    judged = judge(case=quiet_case, text="Das klärt Projekt Nordlicht.", author=agent)

    assert (judged.ruling.outcome, judged.ruling.clause) == (Outcome.NEEDS_APPROVAL, "2.1")
    assert [finding.check for finding in judged.findings if finding.clause == "2.1"] == ["confidential"]


def test_language_of_the_post_that_is_answered_counts(quiet_case: Case, agent: User) -> None:
    publish(EVERYBODY, checks={"language": {"severity": "WARNING"}})
    Post.objects.update(language="en", text="When will my bike arrive? I have been waiting for two weeks now.")
    text = "Ihr Fahrrad kommt morgen früh, wir haben es gestern verschickt und melden uns noch einmal."

    found = judge(case=quiet_case, text=text, author=agent).findings

    assert "language" in {finding.check for finding in found}


def test_whoever_has_not_read_the_guideline_says_nothing(quiet_case: Case, agent: User) -> None:
    own = publish(EVERYBODY, is_starter=False)
    Guideline.objects.update(effective_at=F("effective_at") - timedelta(days=2))
    assert ruled(quiet_case, agent) == (Outcome.FORBIDDEN, "acknowledgement.missing")

    acknowledging.acknowledge(guideline_id=own.pk, user=agent)

    assert ruled(quiet_case, agent)[0] == Outcome.ALLOWED


def test_role_is_read_anew_at_the_door(quiet_case: Case, agent: User) -> None:
    publish({"outcome": "ALLOWED", "roles": ["AGENT"]})
    User.objects.filter(pk=agent.pk).update(role="ANALYST")

    assert judge(case=quiet_case, text=ANSWER, author=agent).ruling.outcome == Outcome.ALLOWED
    assert judge(case=quiet_case, text=ANSWER, author=agent, at_send=True).ruling.outcome == Outcome.FORBIDDEN


@pytest.mark.parametrize("text", ["\u202e" * 50_000, "a\u200b" * 50_000, "Danke! " * 14_000, "\ud800", ""])
def test_any_text_gets_a_judgement(quiet_case: Case, agent: User, text: str) -> None:
    publish(EVERYBODY)
    text = text.encode("utf-8", "replace").decode()

    assert judge(case=quiet_case, text=text, author=agent).ruling.outcome in set(Outcome)


def test_ruling_and_all_checks_take_no_longer_than_somebody_notices(quiet_case: Case, agent: User) -> None:
    """Against a goal of 20 ms; the bench says more. Here it is enough that nothing takes many times as long."""
    publish(EVERYBODY, LEAD_SIGNS | {"hours": "CLOSED"}, checks={"repeated": {"severity": "WARNING"}})
    _sent_before(300)
    text = "Hallo Jonas, das tut uns leid. Bitte schicken Sie uns die Bestellnummer per Nachricht. " * 5
    spent = []
    for _ in range(15):
        begun = clock.monotonic()
        judge(case=quiet_case, text=text, author=agent)
        spent.append(clock.monotonic() - begun)

    assert median(spent) < 0.2


def _sent_before(many: int) -> None:
    made = {"network": "memory", "created_at": clock.now()}
    channel, _ = Channel.objects.get_or_create(name="Quiet", defaults=made)
    Outgoing.objects.bulk_create(
        Outgoing(
            key=uuid4(), channel=channel, parent_native_id="1", root_native_id="1", visibility="PUBLIC",
            text=f"Hallo, Ihr Paket {number} ist unterwegs und kommt bald an, bitte noch etwas Geduld.",
            state="SENT", created_at=clock.now(), sent_at=clock.now(), native_id=str(number),
            delete_on=clock.now().date(),
        )
        for number in range(many)
    )  # fmt: skip


def practised(case: Case) -> Case:
    Channel.objects.filter(pk=case.channel_id).update(settings={PRACTICE: "yes"})
    return case


def test_who_practises_alone_needs_no_signature_that_nobody_could_give(quiet_case: Case, agent: User) -> None:
    publish(EVERYBODY, LEAD_SIGNS)
    assert ruled(quiet_case, agent) == (Outcome.NEEDS_APPROVAL, "1.2")

    assert ruled(practised(quiet_case), agent) == (Outcome.ALLOWED, "1.2")

    User.objects.create_user("lea@nordhain.example", name="Lea", role=Role.LEAD, created_at=clock.now())
    assert ruled(quiet_case, agent) == (Outcome.NEEDS_APPROVAL, "1.2")


def test_practising_lets_nothing_forbidden_be_said(quiet_case: Case, agent: User) -> None:
    publish(EVERYBODY, FORBIDDEN | {"people": [agent.pk]})

    assert ruled(practised(quiet_case), agent) == (Outcome.FORBIDDEN, "1.2")


def test_practising_does_not_ask_who_has_read_the_guideline(quiet_case: Case, agent: User) -> None:
    publish(EVERYBODY, is_starter=False)
    Guideline.objects.update(effective_at=F("effective_at") - timedelta(days=2))
    assert ruled(quiet_case, agent) == (Outcome.FORBIDDEN, "acknowledgement.missing")

    assert ruled(practised(quiet_case), agent)[0] == Outcome.ALLOWED


def test_what_no_rule_speaks_of_is_not_looked_up(quiet_case: Case, agent: User) -> None:
    publish(EVERYBODY)
    with CaptureQueriesContext(connection) as asked:
        assert ruled(quiet_case, agent)[0] == Outcome.ALLOWED
    plain = len(asked)
    publish(EVERYBODY, FORBIDDEN | {"hours": "OPEN", "topics": [1]})
    with CaptureQueriesContext(connection) as asked:
        ruled(quiet_case, agent)

    assert len(asked) - plain >= 3  # the hours need two
