"""Asking for an act on what others said: for one case or for many, under the guideline, with its rule and reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from django.db.models import Q

from resonanz.accounts.models import User
from resonanz.core.errors import ResonanzError
from resonanz.core.text import clean
from resonanz.guidelines.ruling import Ruling
from resonanz.listening.models import Post, Speaker
from resonanz.networks.models import Channel
from resonanz.service import naming
from resonanz.service.cases import NotInCase, through
from resonanz.service.models import Case, CasePost, Moderation, ModerationAct, ModerationState
from resonanz.service.moderation.acts import (
    GIVEN_BACK_BY,
    TAKES_BACK,
    UNDER_WAY,
    WANTS_RULE,
    NoNetiquette,
    NoRule,
    UnderWay,
    netiquette_of,
    refuse_impossible,
    ruling_on,
    target_of,
)
from resonanz.service.moderation.departing import MOST_EXCERPT, MOST_WORDS, passed, put_on_its_way
from resonanz.service.work.acting import CaseAct, Done


class NothingToDoItTo(ResonanzError):
    """Nobody outside said anything here that is still there."""

    code = "moderation.no_post"


class Moderate(CaseAct):
    """Do something to a post of each case: `post_id` where there is one, else the newest that is open, else the newest.

    `by_hand`: a colleague did it on the network, where it cannot be done from here, and records it.
    """

    name: ClassVar[str] = "case.moderated"

    def __init__(
        self,
        *,
        act: ModerationAct,
        actor: User,
        rule: str = "",
        words: str = "",
        post_id: int | None = None,
        by_hand: bool = False,
    ) -> None:
        self._act, self._actor, self._post_id, self._by_hand = act, actor, post_id, by_hand
        self._rule, self._words = (rule if act in WANTS_RULE else ""), clean(words, most=MOST_WORDS)
        self._posts: dict[int, Post] = {}
        self._standing: dict[tuple[int, str], Moderation] = {}
        self._rows: dict[int, Moderation] = {}

    def prepare(self, cases: Sequence[Case]) -> None:
        """The post of each case, and what was done to it before."""
        self._posts = posts_of(cases, self._post_id)
        pair = {self._act, TAKES_BACK.get(self._act, self._act), GIVEN_BACK_BY.get(self._act, self._act)}
        targets = {target_of(self._act, post) for post in self._posts.values()}
        done = Moderation.objects.filter(
            Q(state__in=UNDER_WAY) | Q(state=ModerationState.DONE), act__in=pair, target_native_id__in=targets
        )
        self._standing = {(row.channel_id, row.target_native_id): row for row in done.order_by("pk")}

    def apply(self, case: Case) -> Mapping[str, object] | None:
        """The row, in memory; nothing where it is so already."""
        post = self._posts.get(case.pk)
        if post is None:
            raise NotInCase if self._post_id is not None else NothingToDoItTo
        channel = through(case=case, post=post)
        if self._is_so(channel, post):
            return None
        if not self._by_hand:
            refuse_impossible(act=self._act, post=post, network=channel.network)
        self._refuse_without_rule(case)
        ruling = passed(ruling_on(case=case, act=self._act, actor=self._actor, post=post))
        self._rows[case.pk] = self._row(case, post, channel, ruling)
        return {"moderation_act": self._act.value, "post": post.pk}

    def finish(self, done: Sequence[Done]) -> None:
        """Rows, audit records and jobs in the act's transaction."""
        for each in done:
            row = self._rows[each.case.pk]
            put_on_its_way(row, actor=self._actor)
            each.details |= {"moderation": row.pk, "moderation_state": row.state}

    def _is_so(self, channel: Channel, post: Post) -> bool:
        """Whether it was done already, or is being done; several cases may be about one account."""
        key = (channel.pk, target_of(self._act, post))
        if key in {(row.channel.pk, row.target_native_id) for row in self._rows.values()}:
            return True
        standing = self._standing.get(key)
        if standing is None:
            return False
        under_way = standing.state in UNDER_WAY
        if standing.act == self._act and (under_way or self._act is not ModerationAct.REPORT):
            return True
        if under_way:
            raise UnderWay
        return False

    def _refuse_without_rule(self, case: Case) -> None:
        if self._act not in WANTS_RULE:
            return
        known = netiquette_of(case)
        if not known:
            raise NoNetiquette
        if self._rule not in known:
            raise NoRule

    def _row(self, case: Case, post: Post, channel: Channel, ruling: Ruling) -> Moderation:
        return Moderation(
            act=self._act,
            channel=channel,
            case=case,
            post=post,
            origin=post.origin,
            target_native_id=target_of(self._act, post),
            author_native_id=post.author_native_id,
            visibility=post.visibility,
            excerpt=clean(naming.begin(post.text, most=MOST_EXCERPT), most=MOST_EXCERPT),
            url=post.url,
            actor=self._actor,
            rule=self._rule,
            words=self._words,
            ruling=ruling.as_record(),
            by_hand=self._by_hand,
        )


def posts_of(cases: Sequence[Case], post_id: int | None = None) -> dict[int, Post]:
    """Of each case the post that an act is about, by the case's id."""
    places = CasePost.objects.filter(case__in=cases, post__speaker=Speaker.OUTSIDER).select_related("post")
    if post_id is not None:
        places = places.filter(post_id=post_id)
    # The last of each case counts: an open one before any other, the newest of them.
    found = sorted(places, key=lambda place: (place.state == "OPEN", place.post.posted_at, place.post_id))
    return {place.case_id: place.post for place in found}
