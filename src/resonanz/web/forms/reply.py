"""What a person types as an answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone

from resonanz.web.wording import words


class ReplyForm(forms.Form):
    """The answer; `key` belongs to this form, so that sending it twice sends one answer."""

    text = forms.CharField(max_length=100_000, strip=False)
    post_id = forms.IntegerField()
    key = forms.UUIDField()
    then_resolve = forms.BooleanField(required=False)
    macro_id = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    send_at = forms.CharField(required=False, max_length=40)
    send_at_own = forms.CharField(required=False, max_length=40)

    def clean(self) -> dict[str, Any]:
        """`planned_for`: the moment that was offered, or one of one's own in the time of the page; None is now."""
        typed = super().clean() or {}
        chosen, own = typed.pop("send_at", ""), typed.pop("send_at_own", "")
        typed["planned_for"] = None
        if written := own if chosen == "own" else chosen:
            typed["planned_for"] = self._moment(written)
        elif chosen:
            self._moment("")
        return typed

    def _moment(self, written: str) -> datetime | None:
        try:
            moment = datetime.fromisoformat(written)
        except ValueError:
            self.add_error("send_at", words.sentence("planned.no_moment", {}))
            return None
        return timezone.make_aware(moment) if timezone.is_naive(moment) else moment


class DraftForm(forms.Form):
    """An answer that is not finished. `mark` is that of the draft this tab knows; `mine` wins over another tab's."""

    text = forms.CharField(max_length=100_000, strip=False, required=False)
    post_id = forms.IntegerField()
    key = forms.UUIDField()
    mark = forms.CharField(max_length=16, required=False)
    mine = forms.BooleanField(required=False)
