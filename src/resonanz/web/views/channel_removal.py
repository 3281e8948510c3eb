"""Removing a channel: asks once more, says in numbers what goes, and does it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from resonanz.accounts.access import Act
from resonanz.networks.connections import channels
from resonanz.networks.models import Channel, ChannelState
from resonanz.pipeline import channel_removal as room
from resonanz.pipeline import tasks
from resonanz.web.acts import attempt, signed_in
from resonanz.web.permissions import page

MOST_WHILE_WAITING = 2000
"""Posts that go while somebody waits for the page; more of them go in the background."""


@page(Act.MANAGE_CHANNELS)
@require_http_methods(["GET", "POST"])
def remove_channel(request: HttpRequest, channel_id: int) -> HttpResponse:
    """What would go; with POST, it goes."""
    found = get_object_or_404(Channel, pk=channel_id)
    holdings = room.holdings(channel_id=channel_id)
    if request.method == "POST":
        later = holdings.posts + holdings.shared > MOST_WHILE_WAITING
        gone = _remove_later(request, found) if later else _remove(request, found)
        return redirect("channels") if gone else redirect("remove_channel", channel_id)
    return render(request, "web/remove_channel.html", {"channel": found, "holdings": holdings})


def _remove(request: HttpRequest, found: Channel) -> bool:
    actor = signed_in(request)
    return attempt(
        request,
        lambda: room.remove(channel_id=found.pk, actor=actor),
        done=_("%(name)s was removed.") % {"name": found.name},
    )


def _remove_later(request: HttpRequest, found: Channel) -> bool:
    actor = signed_in(request)

    def begin() -> None:
        if found.state != ChannelState.PAUSED:
            channels.pause(channel_id=found.pk, actor=actor)
        tasks.remove_channel.later(channel_id=found.pk, actor_id=actor.pk)

    done = _("%(name)s is being removed; with so many posts that takes a few minutes.") % {"name": found.name}
    return attempt(request, begin, done=done)
