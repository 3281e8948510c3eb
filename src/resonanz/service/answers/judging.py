"""The judgement on a draft: what the guideline says to it, here and now, and what the checks find in its words.

It is asked while somebody writes, when the answer is put on its way, when somebody signs it, and at the moment it
leaves. Findings are shown and never stored; the ruling is stored with the answer.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from django.db import connection

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.duties import calendars
from resonanz.duties.targets import is_open
from resonanz.guidelines import acknowledging, in_force, references
from resonanz.guidelines.checks import counting
from resonanz.guidelines.checks.contract import Context, Finding
from resonanz.guidelines.checks.running import look
from resonanz.guidelines.compiling import Compiled
from resonanz.guidelines.ruling import LEADS, Draft, Found, Outcome, Ruling
from resonanz.listening.models import Intent, Post, PostTopic
from resonanz.networks import registry
from resonanz.networks.connections import channels
from resonanz.networks.contract import Limits
from resonanz.people import groups
from resonanz.service import intake
from resonanz.service.answers import signing
from resonanz.service.assistant import machine_share
from resonanz.service.models import Case, MachineDraft
from resonanz.triage.models import Evaluation

LATELY_SENT = 200
"""So many answers back the very same words are looked for; the newest ones are compared word by word."""
_COMPARED = 20
_BY_THE_PRODUCT = "checks."


@dataclass(frozen=True, slots=True)
class Judged:
    """The ruling on a draft, and the findings it rests on or that only advise."""

    ruling: Ruling
    findings: tuple[Finding, ...] = ()


def judge(*, case: Case, text: str, author: User, at_send: bool = False, post_id: int | None = None) -> Judged:
    """What may become of `text` as the author's answer in this case, to the post `post_id` or the newest one.

    `at_send`: the author's role is read anew, because much time may have passed.
    """
    writer = User.objects.get(pk=author.pk) if at_send else author
    guideline = in_force.compiled(brand_id=case.channel.brand_id) or in_force.NO_GUIDELINE
    limits = registry.connector(case.channel.network).limits
    findings = look(text=text, context=_context(case, text, writer, guideline, limits, post_id))
    ruling = _unread(case, writer, guideline) or guideline.ruling(
        _draft(case, text, writer, limits, findings, guideline)
    )
    return Judged(_practised(case, author, _signable(ruling)), findings)


def rule_on_act(*, case: Case, act: str, actor: User, post: Post | None, at_send: bool = False) -> Ruling:
    """What the guideline says to another act of the actor than answering (`ruling.DraftAct`), on this post."""
    doer = User.objects.get(pk=actor.pk) if at_send else actor
    guideline = in_force.compiled(brand_id=case.channel.brand_id) or in_force.NO_GUIDELINE
    limits = registry.connector(case.channel.network).limits
    draft = replace(_draft(case, "", doer, limits, (), guideline), act=act)
    if post is not None:
        draft = replace(draft, visibility=post.visibility, intent=_intent_of(post))
    return _practised(case, actor, _signable(_unread(case, doer, guideline) or guideline.ruling(draft)))


def is_criticism(*, post: Post) -> bool:
    """Whether a post complains or is negative; taking such posts away costs more than they do."""
    judged = Evaluation.objects.filter(post=post).first()
    return judged is not None and (judged.is_complaint or judged.sentiment == "negative")


def _intent_of(post: Post) -> str:
    """What the one post wants, which may be something else than its case; criticism counts as a complaint."""
    if is_criticism(post=post):
        return Intent.COMPLAINT
    return intake.intent_as_stored(Evaluation.objects.filter(post=post).first())


def _signable(ruling: Ruling) -> Ruling:
    """Where nobody of those whom the clause names works here any more, the leads sign."""
    if ruling.approvers is None:
        return ruling
    return replace(ruling, approvers=references.or_leads(ruling.approvers))


def _practised(case: Case, author: User, ruling: Ruling) -> Ruling:
    """Whoever practises alone has nobody to ask for a signature; nobody outside ever reads what they say there."""
    if ruling.outcome is not Outcome.NEEDS_APPROVAL or not channels.is_practice(case.channel):
        return ruling
    if signing.signers(approvers=ruling.approvers or LEADS, author_id=author.pk, with_deputies=True).exists():
        return ruling
    return replace(ruling, outcome=Outcome.ALLOWED, approvers=None)


def _unread(case: Case, writer: User, guideline: Compiled) -> Ruling | None:
    """Whoever has not acknowledged the guideline says nothing in the company's name, and may practise."""
    if channels.is_practice(case.channel):
        return None
    right = acknowledging.may_send(user=writer, brand_id=case.channel.brand_id)
    if right.allowed:
        return None
    return Ruling(Outcome.FORBIDDEN, right.why.value, guideline.version, {}, None, guideline.guideline_id)


def _draft(
    case: Case, text: str, writer: User, limits: Limits, findings: Collection[Finding], guideline: Compiled
) -> Draft:
    """What the rules speak of; what none of them asks for is not looked up."""
    asked = {name for rule in guideline.rules for name in ("topics", "groups", "hours") if getattr(rule, name)}
    grouped = case.identity_id if "groups" in asked else None
    return Draft(
        text=text,
        role=writer.role,
        user_id=writer.pk,
        network=case.channel.network,
        visibility=case.visibility,
        intent=case.intent,
        topic_ids=_topics(case) if "topics" in asked else frozenset(),
        group_ids=groups.groups_of(identity_id=grouped) if grouped else frozenset(),
        in_hours="hours" not in asked or is_open(at=clock.now(), calendar=calendars.calendar_of(team_id=case.team_id)),
        text_length_limit=limits.length_in(case.visibility),
        length=counting.length_of(text, counting=limits.counting),
        findings=tuple(_found(finding) for finding in findings),
    )


def _found(finding: Finding) -> Found:
    """What the guideline weighs; its clause counts only where the product itself decides."""
    clause = finding.clause if finding.clause.startswith(_BY_THE_PRODUCT) else ""
    return Found(finding.check, finding.severity, clause)


def _topics(case: Case) -> frozenset[int]:
    """What the case's posts touch, and what it was opened for."""
    touched = PostTopic.objects.filter(post__case_posts__case=case).values_list("topic_id", flat=True)
    return frozenset(touched) | ({case.topic_id} if case.topic_id else frozenset())


def _context(case: Case, text: str, writer: User, guideline: Compiled, limits: Limits, post_id: int | None) -> Context:
    language, name, words = _answered(case, post_id)
    same, lately, drafted = _sent_lately(text, case.pk)
    names, domains = colleagues()
    return Context(
        language_of_person=language,
        address=guideline.address,
        visibility=case.visibility,
        network=case.channel.network,
        text_length_limit=limits.length_in(case.visibility),
        counts_length=limits.counting,
        initials=(writer.initials,) if writer.initials else (),
        author_name=str(writer),
        person_name=name,
        person_text=words,
        own_domains=domains,
        employee_names=names,
        same_text_sent=same,
        sent_texts=lately,
        automatic=machine_share.percent(text=text, drafted=drafted) >= machine_share.AUTOMATIC_FROM,
        checks=guideline.checks,
    )


def drafted_by_machine(*, case_id: int | None, text: str) -> int | None:
    """How many percent of the text a machine drafted in this case; None where it drafted nothing."""
    drafts = list(MachineDraft.objects.filter(case=case_id).exclude(prints=[]).values_list("prints", flat=True))
    drafted = {one for prints in drafts for one in prints}
    return machine_share.percent(text=text, drafted=drafted) if drafted else None


_ANSWERED = """
SELECT post.language, post.author_name, post.text
FROM service_casepost place JOIN listening_post post ON post.id = place.post_id
WHERE place.case_id = %s AND post.speaker <> 'OWN' AND (%s::bigint IS NULL OR post.id = %s)
ORDER BY post.posted_at DESC, post.id DESC LIMIT 1
"""


def _answered(case: Case, post_id: int | None) -> tuple[str, str, str]:
    """Language, author and words of the post that is answered: the one that is named, else the newest of others."""
    with connection.cursor() as cursor:
        cursor.execute(_ANSWERED, [case.pk, post_id, post_id])
        return cursor.fetchone() or ("", "", "")


def colleagues() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Their names, and the domains at which the company reads its mail."""
    rows = list(User.objects.filter(is_active=True).order_by("pk").values_list("name", "email"))
    domains = {email.rpartition("@")[2] for _name, email in rows}
    return tuple(name for name, _email in rows if name), tuple(sorted(domains))


_LATELY = """
WITH lately AS MATERIALIZED (
    SELECT text, row_number() OVER () AS place
    FROM (SELECT text FROM service_outgoing WHERE state = 'SENT' ORDER BY sent_at DESC LIMIT %s) newest
)
SELECT (SELECT count(*) FROM lately WHERE place > %s AND text = %s),
    ARRAY(SELECT text FROM lately WHERE place <= %s ORDER BY place),
    (SELECT array_agg(print) FROM service_machinedraft drafted, unnest(drafted.prints) print WHERE drafted.case_id = %s)
"""


def _sent_lately(text: str, case_id: int) -> tuple[int, tuple[str, ...], list[int] | None]:
    """The last texts that were sent, to find what is nearly the same, and how often exactly these words before them.

    And, asked for along with them, the prints of what a machine drafted in this case.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LATELY, [_COMPARED + LATELY_SENT, _COMPARED, text, _COMPARED, case_id])
        same, lately, drafted = cursor.fetchone()
    return int(same), tuple(lately), drafted
