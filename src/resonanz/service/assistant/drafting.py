"""A draft from a machine, made by a job: asked, bounded, read, and kept for whoever asked. It never sends anything."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from resonanz.core import secrets
from resonanz.core.errors import ResonanzError
from resonanz.listening.models import Post
from resonanz.service.assistant import client, machine_share, material, prompting, settings, spending
from resonanz.service.assistant.client import AssistantError, Limits, Said
from resonanz.service.models import Assistant, AssistantCall, Case, MachineDraft, MachineDraftState

LOST = "assistant.lost"
logger = logging.getLogger(__name__)


def draft(*, draft_id: int, limits: Limits = client.DEFAULT_LIMITS) -> None:
    """Do what was asked; whatever goes wrong stands in the row as a code."""
    row = MachineDraft.objects.filter(pk=draft_id, state=MachineDraftState.ASKED).select_related("post").first()
    if row is None:
        return
    try:
        made = _made(row, limits)
    except (ResonanzError, secrets.SecretsError) as error:
        _end(row, state=MachineDraftState.FAILED, failure_code=error.code)
    except Exception:
        logger.exception("machine draft %s failed", draft_id)
        _end(row, state=MachineDraftState.FAILED, failure_code=AssistantError.code)
    else:
        _end(
            row, state=MachineDraftState.READY, text=made.text, sources=list(made.snippet_ids),
            left_out=min(made.left_out, 1_000), prints=machine_share.prints(made.text),
        )  # fmt: skip


def try_it(*, limits: Limits | None = None) -> Said:
    """Ask it for one word, to see whether it answers; counted like every question. Raises AssistantError and others."""
    row = Assistant.objects.get(pk=settings.THE_ONE)
    asked = [{"role": "user", "content": "Answer with the one word: ready"}]
    return _ask(row, asked, limits or Limits(seconds=20.0, tokens_out=50))


def _made(row: MachineDraft, limits: Limits) -> prompting.Draft:
    """What was asked a moment ago may be forbidden by now: everything is looked at again."""
    allowed = settings.in_use()
    case = Case.objects.select_related("channel", "topic").get(pk=row.case_id)
    if allowed is None or row.post is None:
        raise ResonanzError("assistant.off" if allowed is None else LOST)
    if reason := material.why_not(case=case, post=row.post, allowed=allowed):
        raise ResonanzError(reason)
    task = material.task(case=case, post=_fresh(row.post), allowed=allowed)
    said = _ask(allowed, prompting.messages(task), limits)
    return prompting.read(said.text, task)


def _ask(allowed: Assistant, messages: Sequence[dict[str, str]], limits: Limits) -> Said:
    # No token is less than a byte: somebody who writes in emoji costs no more than what is set aside, either.
    tokens_in = sum(len(message["content"].encode()) for message in messages)
    call = spending.set_aside(tokens_in=tokens_in, tokens_out=limits.tokens_out, seconds=limits.seconds)
    try:
        said = client.ask(endpoint=settings.endpoint_of(allowed), messages=messages, limits=limits)
    except AssistantError as error:
        _settle(call, 0 if error.is_free else tokens_in, 0 if error.is_free else limits.tokens_out, failed=True)
        raise
    except BaseException:
        _settle(call, tokens_in, limits.tokens_out, failed=True)
        raise
    counted_in = tokens_in if said.tokens_in is None else said.tokens_in
    counted_out = limits.tokens_out if said.tokens_out is None else said.tokens_out
    _settle(call, counted_in, counted_out, milliseconds=said.milliseconds)
    return said


def _settle(
    call: AssistantCall, tokens_in: int, tokens_out: int, *, milliseconds: int = 0, failed: bool = False
) -> None:
    spending.settle(
        call=call, tokens_in=tokens_in, tokens_out=tokens_out, milliseconds=milliseconds, failed=failed
    )  # fmt: skip


def _fresh(post: Post) -> Post:
    return Post.objects.get(pk=post.pk)


def _end(row: MachineDraft, **told: object) -> None:
    """Its case may be gone by now; then nothing is kept."""
    MachineDraft.objects.filter(pk=row.pk, state=MachineDraftState.ASKED).update(**told)
