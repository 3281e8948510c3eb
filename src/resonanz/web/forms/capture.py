"""What a person types about something that was said where no interface reaches."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from resonanz.core import clock
from resonanz.listening import screenshots
from resonanz.networks import links
from resonanz.networks.capture import MOST_TEXT, Brought, place_of
from resonanz.networks.page_reading import Facts
from resonanz.web.wording import words

PRIVATE = "PRIVATE"
_MOMENT = "%Y-%m-%dT%H:%M"
_AHEAD = timedelta(days=1)


class CaptureForm(forms.Form):
    """Link, place, words, author and time; whether it was private; a picture of it. `key`: sent twice, it is one."""

    link = forms.CharField(
        label=_("Link"), required=False, max_length=links.MOST,
        widget=forms.URLInput(attrs={"autofocus": True, "placeholder": "https://", "data-key": "search"}),
    )  # fmt: skip
    place = forms.ChoiceField(label=_("Where it was said"), required=False, choices=[])
    where = forms.CharField(
        label=_("Where exactly"), required=False, max_length=120,
        help_text=_("The name of the group, the newspaper, the fair."),
    )  # fmt: skip
    text = forms.CharField(
        label=_("What was said"), max_length=MOST_TEXT, widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
        help_text=_("In their words, and no more of it than matters."),
    )  # fmt: skip
    name = forms.CharField(label=_("Who said it"), required=False, max_length=200)
    handle = forms.CharField(label=_("Handle or address of the profile"), required=False, max_length=255)
    said_at = forms.DateTimeField(
        label=_("When"), required=False, input_formats=[_MOMENT],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MOMENT),
    )  # fmt: skip
    visible = forms.ChoiceField(
        label=_("Who could read it"), widget=forms.RadioSelect, initial="PUBLIC",
        choices=[("PUBLIC", _("everybody, or whoever was there")), (PRIVATE, _("nobody but us: it was said to us"))],
    )  # fmt: skip
    is_to_us = forms.BooleanField(
        label=_("It was said to the company, and not in confidence to one of us"), required=False,
        help_text=_(
            "A private message is captured only where the company was meant. What people say among themselves, or"
            " entrust to a colleague, stays with them."
        ),
    )  # fmt: skip
    is_another = forms.BooleanField(
        label=_("Something else that was said there, such as a comment below it"), required=False
    )
    screenshot = forms.FileField(
        label=_("Screenshot"), required=False,
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp,image/gif"}),
        help_text=_(
            "A screenshot shows others, too: their names, pictures, comments. Cut it to what was said. It is kept as"
            " long as the post, and without what the camera adds."
        ),
    )  # fmt: skip
    alt = forms.CharField(
        label=_("What the picture shows, for whoever does not see it"), required=False,
        max_length=screenshots.MOST_ALT,
    )  # fmt: skip
    key = forms.UUIDField(widget=forms.HiddenInput)
    read = forms.CharField(required=False, max_length=links.MOST, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        place = self.fields["place"]
        assert isinstance(place, forms.ChoiceField)  # noqa: S101 (tells mypy what is declared above)
        place.choices = [("", _("as the link tells")), *words.choices("capture_places")]

    def clean_link(self) -> str:
        """As it was typed; what is added on the way is taken off when it is kept."""
        typed = str(self.cleaned_data["link"]).strip()
        if typed and not links.canonical(typed):
            raise forms.ValidationError(_now("This is no address of a web page."))
        return typed

    def clean_said_at(self) -> datetime | None:
        """Not later than a clock may be ahead."""
        said_at: datetime | None = self.cleaned_data["said_at"]
        if said_at and not 1970 < said_at.year < 9000:
            raise forms.ValidationError(_now("This is no time at which somebody could have said it."))
        if said_at and said_at > clock.now() + _AHEAD:
            raise forms.ValidationError(_now("This is still to come."))
        return said_at

    def clean(self) -> dict[str, Any]:
        """The place is chosen, or told by the link; what is private is to us."""
        typed = super().clean() or {}
        if not typed.get("place"):
            typed["place"] = place_of(typed.get("link", ""))
            if not typed["place"] and "link" not in self.errors:
                self.add_error("place", _now("Without a link it has to be said where this was."))
        if typed.get("visible") == PRIVATE and not typed.get("is_to_us"):
            self.add_error("is_to_us", words.sentence("capture.not_to_us", {}))
        return typed

    def brought(self) -> Brought:
        """What was typed, for the room."""
        typed = self.cleaned_data
        return Brought(
            place=typed["place"], link=typed["link"], where=typed["where"], text=typed["text"], name=typed["name"],
            handle=typed["handle"], said_at=typed["said_at"] or clock.now(), key=str(typed["key"]),
            is_private=typed["visible"] == PRIVATE, is_to_us=typed["is_to_us"], is_another=typed["is_another"],
        )  # fmt: skip

    def picture(self) -> bytes | None:
        """The bytes of the screenshot, one more than may be at most."""
        file: UploadedFile[bytes] | None = self.cleaned_data["screenshot"]
        return file.read(screenshots.MOST_UPLOAD + 1) if file else None


def filled_in(typed: dict[str, str], facts: Facts) -> dict[str, str]:
    """What was typed, and what the page says where nothing was: an offer, to be changed or emptied.

    The place is none of it: as long as nobody chooses one, the link tells it, and another link another one.
    """
    published_at = facts.published_at
    if published_at is not None and timezone.is_aware(published_at):
        published_at = timezone.localtime(published_at)
    said = "\n\n".join(dict.fromkeys(piece for piece in (facts.title, facts.text) if piece))
    offered = {
        "text": facts.text if facts.text.startswith(facts.title) else said,
        "name": facts.author,
        "said_at": published_at.strftime(_MOMENT) if published_at else "",
    }
    return typed | {name: value for name, value in offered.items() if value and not typed.get(name, "").strip()}
