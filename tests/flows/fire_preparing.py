"""What test_under_fire asks of the product before the shooting: people, a guideline, and questions. Prints JSON.

    python -m tests.flows.fire_preparing

The guideline lets leads answer, and agents after a lead's approval.
"""

from __future__ import annotations

import json
import sys

import django

django.setup()

from django.conf import settings  # noqa: E402 (models need the setup above)
from django.contrib.auth import login  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.http import HttpRequest  # noqa: E402

from resonanz.accounts.models import Role, User  # noqa: E402
from resonanz.accounts.sign_in_links import first_administrator  # noqa: E402
from resonanz.core import clock  # noqa: E402
from resonanz.guidelines import acknowledging, versions  # noqa: E402
from resonanz.guidelines.document import Clause, Document, RuleSpec, Section  # noqa: E402
from resonanz.guidelines.fields import Words  # noqa: E402
from resonanz.guidelines.ruling import Approvers, Outcome  # noqa: E402
from resonanz.networks.models import Channel  # noqa: E402
from resonanz.pipeline.polling import poll_once  # noqa: E402
from resonanz.service.models import CasePost  # noqa: E402

RULES = (
    ("1.1", RuleSpec(outcome=Outcome.ALLOWED, roles=("LEAD", "ADMIN"))),
    ("1.2", RuleSpec(outcome=Outcome.NEEDS_APPROVAL, roles=("AGENT",), approvers=Approvers(roles=("LEAD",)))),
)


def main() -> None:
    """Take in what was asked, and say who may answer it."""
    administrator = first_administrator()
    people = {role: _person(role) for role in (Role.LEAD, Role.AGENT)}
    _publish(administrator, list(people.values()))
    poll_once(Channel.objects.get().pk)
    places = CasePost.objects.filter(state="OPEN").order_by("id").select_related("post")
    work = [[place.case_id, place.post_id] for place in places if "lamp number" in place.post.text]
    sys.stdout.write(json.dumps({"work": work, **{role.value.lower(): _cookie(user) for role, user in people.items()}}))


def _person(role: Role) -> User:
    return User.objects.create_user(
        f"{role.value.lower()}@nordhain.example", name=role.value.title(), role=role, created_at=clock.now()
    )


def _publish(administrator: User, readers: list[User]) -> None:
    words = Words(de="Wer antwortet", en="Who answers")
    clauses = tuple(Clause(number=number, text=words, rule=rule) for number, rule in RULES)
    document = Document(sections=(Section(key="roles", heading=words, clauses=clauses),))
    draft = versions.begin(brand_id=None, actor=administrator)
    draft = versions.save(
        guideline_id=draft.pk, revision=draft.revision, document=document, actor=administrator
    ).guideline
    versions.sign(guideline_id=draft.pk, revision=draft.revision, actor=administrator)
    versions.publish(guideline_id=draft.pk, effective_date=None, actor=administrator, emergency=True)
    for reader in readers:
        acknowledging.acknowledge(guideline_id=draft.pk, user=reader)


def _cookie(user: User) -> str:
    request = HttpRequest()
    request.session = SessionStore()
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    request.session.save()
    return str(request.session.session_key)


if __name__ == "__main__":
    main()
