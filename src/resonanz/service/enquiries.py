"""Asking anybody in the company: one question, through a link that shows only what it must.

The link alone shows nothing of the matter: a code goes to the addressee, and whoever enters it reads the question with
the excerpt that the asker chose, and may answer once. Looking consumes nothing (programs that preview links look, too).
It ends by itself, when it is answered, and when the asker takes it back.
"""

from __future__ import annotations

import hmac
import secrets as random_bytes
from dataclasses import dataclass
from datetime import timedelta

from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Count, Max, QuerySet

from resonanz.accounts.actors import actor_of
from resonanz.accounts.models import User
from resonanz.core import clock, secrets
from resonanz.core.errors import ResonanzError
from resonanz.core.text import clean
from resonanz.privacy import audit, retention
from resonanz.privacy.models import Purpose
from resonanz.service.cases import hold, note
from resonanz.service.models import Case, CaseNote, Enquiry
from resonanz.service.notes import MOST_CHARACTERS
from resonanz.service.notices import notify
from resonanz.service.work.merging import standing

DAYS_TO_ANSWER = (1, 3, 7, 14)
DAYS_KEPT = 180
MOST_QUESTION = 2_000
CODE_MINUTES = 15
MOST_CODES = 6
"""So many codes are sent for one enquiry; then the asker has to ask anew."""
MOST_TRIES = 5
"""So many wrong codes end a code: one in 200,000 is guessed."""
_PROOF_SECONDS = 4 * 3600
_SALT = "service.enquiry"


class EnquiryUnknown(ResonanzError):
    """No such link, or a made-up one."""

    code = "enquiry.unknown"


class EnquiryEnded(ResonanzError):
    """It was answered, taken back, or its days are over."""

    code = "enquiry.ended"


class WrongCode(ResonanzError):
    """The code does not fit, is too old, or was tried too often."""

    code = "enquiry.wrong_code"


class TooManyCodes(ResonanzError):
    """No more codes are sent for this enquiry."""

    code = "enquiry.too_many_codes"


class NothingAsked(ResonanzError):
    """A question needs words."""

    code = "enquiry.empty"


class NoAddress(ResonanzError):
    """What was typed is no e-mail address."""

    code = "enquiry.no_address"


@dataclass(frozen=True, slots=True)
class Asked:
    """A new enquiry and the token of its link, which is known only now."""

    enquiry: Enquiry
    token: str


@dataclass(frozen=True, slots=True)
class WhoKnew:
    """Somebody who answered questions on a topic before."""

    name: str
    email: str
    times: int


def ask(
    *, case_id: int, name: str, email: str, question: str, excerpt: str, days: int, author: User, language: str
) -> Asked:
    """Ask one question; raises CaseGone, NothingAsked, NoAddress. `excerpt` is what is shown of the conversation."""
    question, name = clean(question, most=MOST_QUESTION), clean(name, most=120)
    if not question:
        raise NothingAsked
    try:
        validate_email(email)
    except ValidationError as error:
        raise NoAddress from error
    token = random_bytes.token_urlsafe(32)
    now = clock.now()
    case_id = standing(case_id=case_id)
    with transaction.atomic():
        hold(case_id=case_id)
        case = Case.objects.select_related("channel").get(pk=case_id)
        kept_until = retention.delete_on(purpose=Purpose.SERVICE, network=case.channel.network, since=now)
        enquiry = Enquiry.objects.create(
            case=case, topic_id=case.topic_id, asked_by=author, name=name or email, email=email.strip().lower(),
            question=question, excerpt=clean(excerpt, most=MOST_QUESTION), language=language,
            token_hash=_hash(token), created_at=now,
            ends_at=now + timedelta(days=days if days in DAYS_TO_ANSWER else DAYS_TO_ANSWER[1]),
            delete_on=min(kept_until, (now + timedelta(days=DAYS_KEPT)).date()),
        )  # fmt: skip
        audit.record(act="enquiry.asked", actor=actor_of(author), thing="enquiry", thing_id=enquiry.pk, case=case.pk)
        note(case=case, act="enquiry.asked", actor=author, enquiry=enquiry.pk)
    return Asked(enquiry, token)


def behind(*, token: str) -> Enquiry:
    """The enquiry of a link that may still be answered; raises EnquiryUnknown, EnquiryEnded."""
    return _open(Enquiry.objects.all(), token)


def new_code(*, token: str, until_it_ends: bool = False) -> tuple[Enquiry, str]:
    """A fresh code for the addressee, valid for `CODE_MINUTES`; an earlier one ends. Raises TooManyCodes.

    `until_it_ends`: it is passed on by hand, and is valid as long as the enquiry.
    """
    code = f"{random_bytes.randbelow(1_000_000):06d}"
    with transaction.atomic():
        enquiry = _open(Enquiry.objects.select_for_update(), token)
        if enquiry.codes >= MOST_CODES:
            raise TooManyCodes
        enquiry.code_hash = _hash(token, code)
        enquiry.code_until = enquiry.ends_at if until_it_ends else clock.now() + timedelta(minutes=CODE_MINUTES)
        enquiry.codes, enquiry.wrong_tries = enquiry.codes + 1, 0
        enquiry.save(update_fields=["code_hash", "code_until", "codes", "wrong_tries"])
    return enquiry, code


def unlock(*, token: str, code: str) -> str:
    """A proof that the addressee entered the code, good for some hours; raises WrongCode."""
    with transaction.atomic():
        enquiry = _open(Enquiry.objects.select_for_update(), token)
        fits = hmac.compare_digest(bytes(enquiry.code_hash), _hash(token, "".join(code.split())))
        in_time = enquiry.code_until is not None and enquiry.code_until > clock.now()
        fits = fits and in_time and enquiry.wrong_tries < MOST_TRIES
        if fits:
            enquiry.code_hash, enquiry.code_until = b"", None
        else:
            enquiry.wrong_tries += 1
        enquiry.save(update_fields=["code_hash", "code_until", "wrong_tries"])
    if not fits:  # after the transaction, so that the try counts
        raise WrongCode
    return signing.dumps(enquiry.pk, salt=_SALT)


def read(*, token: str, proof: str) -> Enquiry:
    """What the addressee may see; raises WrongCode where the proof is none of this link, or old."""
    enquiry = behind(token=token)
    _check(enquiry, proof)
    return enquiry


def answer(*, token: str, proof: str, text: str) -> CaseNote:
    """The answer, as a note in the case; raises NothingAsked without words, EnquiryUnknown when the case is gone."""
    text = clean(text, most=MOST_CHARACTERS)
    if not text:
        raise NothingAsked
    now = clock.now()
    with transaction.atomic():
        case_id = behind(token=token).case_id
        case = Case.objects.select_for_update(of=("self",)).select_related("channel").filter(pk=case_id).first()
        enquiry = _open(Enquiry.objects.select_for_update(), token)
        if case is None:
            raise EnquiryUnknown
        _check(enquiry, proof)
        due = retention.delete_on(purpose=Purpose.SERVICE, network=case.channel.network, since=now)
        written = CaseNote.objects.create(case=case, author=None, text=text, created_at=now, delete_on=due)
        enquiry.answered_at, enquiry.excerpt, enquiry.note = now, "", written
        enquiry.save(update_fields=["answered_at", "excerpt", "note"])
        note(case=case, act="enquiry.answered", actor=None, enquiry=enquiry.pk)
        audit.record(act="enquiry.answered", actor=audit.SYSTEM, thing="enquiry", thing_id=enquiry.pk)
    return written


def revoke(*, enquiry_id: int, actor: User) -> None:
    """Take the question back: its link shows and takes nothing any more. Answered ones stay as they are."""
    with transaction.atomic():
        enquiry = Enquiry.objects.select_for_update().filter(pk=enquiry_id, answered_at__isnull=True).first()
        if enquiry is None or enquiry.revoked_at is not None:
            return
        enquiry.revoked_at, enquiry.excerpt, enquiry.code_hash = clock.now(), "", b""
        enquiry.save(update_fields=["revoked_at", "excerpt", "code_hash"])
        audit.record(act="enquiry.revoked", actor=actor_of(actor), thing="enquiry", thing_id=enquiry.pk)
        notify(case_ids=[enquiry.case_id])


def waiting(*, case_id: int) -> QuerySet[Enquiry]:
    """Questions of a case that may still be answered, newest first."""
    still = Enquiry.objects.filter(case_id=case_id, answered_at__isnull=True, revoked_at__isnull=True)
    return still.filter(ends_at__gt=clock.now()).select_related("asked_by").order_by("-created_at", "-id")


def who_knew(*, topic_id: int | None, most: int = 5) -> list[WhoKnew]:
    """Who answered questions on this topic before, most recently first; without a topic, on any."""
    answered = Enquiry.objects.filter(answered_at__isnull=False)
    if topic_id is not None:
        answered = answered.filter(topic_id=topic_id)
    rows = answered.values("email").annotate(last=Max("answered_at"), times=Count("id"), called=Max("name"))
    return [WhoKnew(row["called"], row["email"], row["times"]) for row in rows.order_by("-last", "email")[:most]]


def _open(enquiries: QuerySet[Enquiry], token: str) -> Enquiry:
    # The database compares keyed hashes, so how long it takes tells nothing about a token.
    enquiry = enquiries.filter(token_hash=_hash(token)).first()
    if enquiry is None:
        raise EnquiryUnknown
    if enquiry.answered_at or enquiry.revoked_at or enquiry.ends_at <= clock.now():
        raise EnquiryEnded
    return enquiry


def _check(enquiry: Enquiry, proof: str) -> None:
    try:
        fits = signing.loads(proof, salt=_SALT, max_age=_PROOF_SECONDS) == enquiry.pk
    except signing.BadSignature as error:
        raise WrongCode from error
    if not fits:
        raise WrongCode


def _hash(*parts: str) -> bytes:
    return secrets.keyed_hash("enquiry", *parts)
