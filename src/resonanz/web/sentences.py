"""A sentence for every code that an error, a ruling or a hole carries; their parameters fill it."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: Mapping[str, Promise] = {
    "sign_in_link.unknown": _("This link is not valid. An administrator can make a new one."),
    "sign_in_link.used": _("This link was used before. An administrator can make a new one."),
    "sign_in_link.expired": _(
        "This link has expired; it is valid for 30 minutes. An administrator can make a new one."
    ),
    "colleague.email_taken": _("Somebody with the address %(email)s is already here."),
    "colleague.last_administrator": _("%(name)s is the last administrator and has to stay one."),
    "team.name_taken": _("There is already a team called %(name)s."),
    "keys.not_a_letter": _("A key is one letter or one digit."),
    "keys.letter_taken": _("%(letter)s stands for two actions; each one needs a letter of its own."),
    "company.area_not_ready": _("This area has no rooms yet."),
    "channel.answers_on_their_way": _(
        "Answers are leaving through this channel (%(count)s). It can be removed once they have arrived."
    ),
    "practice.no_network": _("No practice network runs here. It does where Resonanz was started with resonanz up."),
    "rehearsal.no_topic": _("No topic touches this; nobody would hear of it."),
    "rehearsal.opens_no_case": _("It is heard, but nobody gets it: the topic %(topic)s makes no cases."),
    "rehearsal.nobody": _("Nobody gets what comes through this channel."),
    "rehearsal.owner_gone": _("%(owner)s no longer works here, and nobody is deputy."),
    "rehearsal.no_deputy": _("Nobody is deputy for %(owner)s."),
    "rehearsal.long_wait": _("Said %(came)s, due %(due)s: in between nobody works."),
    "page.undeclared": _("This page cannot be shown because of a fault in the product. Nothing was lost."),
    "topic.name_taken": _("There is already a topic called %(name)s."),
    "triage.unknown_label": _("This evaluation cannot be corrected like that; the page may be out of date."),
    "responsibility.own_deputy": _("A deputy has to be somebody else."),
    "responsibility.no_catch_all": _("Nobody gets what no rule speaks of."),
    "responsibility.owner_gone": _("The person responsible no longer works here, and there is no deputy."),
    "audit.words": _("This act could not be recorded and was not done. Nothing was changed."),
    "guideline.no_rule": _("The guideline does not speak of this; so it is not said in the company's name."),
    "starter.nothing_said": _("There is no text yet."),
    "starter.too_long": _("Too long for this network: %(length)s of %(limit)s characters."),
    "starter.analysts_listen": _("With the role Analysis, posts are read, not answered."),
    "starter.colleagues_answer": _("Colleagues may answer."),
    "draft.not_kept": _("This draft could not be kept; the text stays in the field."),
    "case.open_posts": _(
        "Posts still open in this case: %(count)s. Each one wants an answer, or a reason why it needs none."
    ),
    "channel.take_in_failed": _("What came from there could not be taken in; the log says why. It is tried again."),
    "reply.already_sent": _(
        "This answer was sent from another tab, in other words. What is written here is a draft now."
    ),
    "reply.under_way": _("A colleague has an answer to this post on its way; look at it first."),
    "outgoing.restored": _(
        "A backup was restored, and this answer does not stand there. It was not sent again; please decide."
    ),
    "case.another_open": _("This conversation has another open case by now; it goes on there."),
    "case.post_not_in_case": _("This post no longer belongs to the case; it may have been removed."),
    "case.no_channel": _("The channel through which this came was removed; no answer can be given there."),
    "case.gone": _("This case is no longer here."),
    "note.empty": _("The note has no text yet."),
    "note.too_long": _("A note has at most %(most)s characters."),
    "case.already_claimed": _("%(name)s took this case meanwhile."),
    "undo.too_late": _("Too late to take back: the ten seconds are over."),
    "undo.changed_meanwhile": _("Not taken back: this was changed again meanwhile."),
    "undo.not_yours": _("Only whoever did this can take it back."),
    "reply.not_allowed": _("The guideline does not allow this answer."),
    "reply.too_late": _("Too late to take back: the answer is already on its way."),
    "channel.name_taken": _("There is already a channel called %(name)s."),
    "calendar.no_hours": _("The business hours contain no hour; so no time for an answer can be found."),
    "triage.unknown_language": _("There is no evaluation for this language yet."),
    "connecting.no_server": _("This names no server. Write it as mastodon.example."),
    "connecting.not_reached": _("%(server)s does not answer. Check how it is spelt, or try again a little later."),
    "connecting.not_of_this_network": _(
        "%(server)s does not answer as a server of this network does. Check whether it is the right one."
    ),
    "connecting.not_let_in": _(
        "%(server)s did not accept its own answer any more: it is good once and for a few minutes only."
    ),
    "connecting.too_few_rights": _(
        "%(server)s lets nobody in with the few rights that Resonanz asks for. If a token can be made in its settings, "
        "connect the channel with address, handle and token."
    ),
    "network.unknown": _("There is no network called %(name)s."),
    "network.unsupported": _("This network takes no answers from here."),
    "network.try_later": _("The network is busy or cannot be reached; it is asked again by itself."),
    "network.refused": _("The network refused."),
    "network.not_authorised": _("The network no longer accepts our token. The channel has to be connected again."),
    "network.no_answer": _("The network did not answer; whether it took effect is being checked."),
    "answer.unreadable": _("Its answer cannot be read."),
    "feed.gone": _("The feed was removed for good."),
    "feed.not_a_feed": _("There is no feed at this address."),
    "feed.too_many_entries": _("The feed has more entries than are read at once."),
    "http.address_refused": _("This address is not on the open internet and is not asked."),
    "http.bad_answer": _("The answer cannot be read."),
    "http.no_answer": _("No answer came."),
    "http.not_streaming": _("The server answers, but with no stream."),
    "http.too_large": _("The answer is larger than is read."),
    "http.too_slow": _("The answer did not come in time."),
    "http.unreachable": _("Nobody can be reached at this address."),
    "query.empty": _("There is nothing to look for yet."),
    "query.empty_parentheses": _("Nothing stands between these parentheses."),
    "query.missing_operand": _("Something to look for is missing beside %(operator)s."),
    "query.missing_value": _("Something has to follow %(prefix)s."),
    "query.not_a_hashtag": _("A hashtag has only letters, digits and underscores."),
    "query.not_a_language": _("%(value)s is no language; two letters are expected, for example lang:de."),
    "query.only_negative": _("With NOT alone everything else would be found; it needs something beside it."),
    "query.too_deep": _("At most %(most)s parentheses fit into each other."),
    "query.too_long": _("A query has at most %(most)s characters."),
    "query.too_many_terms": _("A query has at most %(most)s words and phrases."),
    "query.unclosed_parenthesis": _("This parenthesis is not closed."),
    "query.unclosed_quote": _("This quotation mark is not closed."),
    "query.unexpected_parenthesis": _("No parenthesis was opened before this one."),
    "query.unknown_prefix": _("%(prefix)s is not known here; known are %(known)s."),
    "query.no_word": _("There is no letter and no digit here to look for."),
    "query.lone_wildcard": _("A star alone would find everything."),
    "query.wildcard_inside": _("A star may stand only at the beginning or the end of a word."),
    "query.wildcard_too_short": _("Beside a star at least %(least)s letters are needed."),
}
UNFORESEEN = _("That did not work (%(code)s). Nothing was changed.")
