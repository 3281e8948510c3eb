"""A sentence for every code that an error, a ruling or a hole carries; their parameters fill it."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from resonanz.web.guideline_sentences import GUIDELINE_SENTENCES
from resonanz.web.wording.check_sentences import CHECK_SENTENCES

SENTENCES: Mapping[str, Promise] = {
    "sign_in_link.unknown": _("This link is not valid. An administrator can make a new one."),
    "sign_in_link.used": _("This link was used before. An administrator can make a new one."),
    "sign_in_link.expired": _(
        "This link has expired; it is valid for 30 minutes. An administrator can make a new one."
    ),
    "colleague.email_taken": _("Somebody with the address %(email)s is already here."),
    "colleague.last_administrator": _("%(name)s is the last administrator and has to stay one."),
    "staff.too_many_accounts": _("%(most)s accounts are the most that can be named."),
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
    "triage.gave_up": _("This was tried for a day and did not come to its end. It can be begun again."),
    "triage.too_few_examples": _("To learn this label takes at least two texts of each kind."),
    "triage.unknown_label": _("This evaluation cannot be corrected like that; the page may be out of date."),
    "responsibility.own_deputy": _("A deputy has to be somebody else."),
    "responsibility.no_catch_all": _("Nobody gets what no rule speaks of."),
    "responsibility.owner_gone": _("The person responsible no longer works here, and there is no deputy."),
    "responsibility.no_deputy": _("Nobody stands in for the person who answers."),
    "responsibility.nobody_named": _("A rule names a person or a team, or says that nobody answers."),
    "times.invalid": _("These are no times of a week."),
    "handing.at_capacity": _("There are %(most)s open cases already, as many as was agreed. One of them comes first."),
    "escalation.invalid": _("A step needs at least one minute, and at most thirty days."),
    "absence.invalid": _("An absence ends on the day it begins or later, and within two years."),
    "shift.invalid": _("A shift ends after it begins, and within a day."),
    "channel.not_covered": _(
        "Nothing is listened to before one person answers whatever comes through it, and another one stands in."
    ),
    "calendar.no_hours": _("Without a single open hour within a year nothing would ever be due. Nothing was changed."),
    "calendar.name_taken": _("There are already hours called %(name)s."),
    "calendar.unknown_zone": _("No clock follows the time zone %(zone)s."),
    "calendar.default_stays": _("These hours hold for everybody without hours of their own and have to stay."),
    "hours.unreadable": _("“%(written)s” is no period. Periods look like 9-12 or 13:30-17, with commas between them."),
    "hours.overlap": _("Two periods of this day overlap, or one of the night before does."),
    "company_day.span": _("Company days end on the first day or later, and within %(most)s days."),
    "target.minutes": _("A target has at least one minute and at most %(most_days)s days."),
    "target.last": _("Something has to hold where nothing nearer does; its time can be changed."),
    "notification.address_unreadable": _("Apprise knows no service with such an address. Nothing was stored."),
    "notification.name_taken": _("There is already a service called %(name)s."),
    "notification.test": _("This is a test. Warnings about work that is due arrive here."),
    "notification.mail_failed": _("The mail server did not take it."),
    "notification.service_failed": _("The service did not take it."),
    "audit.words": _("This act could not be recorded and was not done. Nothing was changed."),
    "guideline.no_rule": _("The guideline does not speak of this; so it is not said in the company's name."),
    "guideline.no_rule_for_act": _("The guideline does not speak of this; so it is not done in the company's name."),
    "moderation.not_possible": _(
        "This network does not let that be done from here. It can be done there, and recorded in the ledger."
    ),
    "moderation.not_below_ours": _("Only what stands below a post of the company can be hidden or deleted."),
    "moderation.no_post": _("Nobody outside said anything in this case that is still there."),
    "moderation.no_rule": _("The clause of the netiquette that was broken is missing; it is the reason."),
    "moderation.no_netiquette": _(
        "The guideline has no section “Netiquette”, so there is no rule that visitors could have broken."
    ),
    "moderation.under_way": _("The same, or its opposite, is on its way."),
    "moderation.perhaps": _("No answer came, so it may have happened. Please look on the network before trying again."),
    "moderation.not_yours": _("An answer is corrected or withdrawn by whoever wrote it, or by a lead."),
    "moderation.nothing_changed": _("The words are the same as before."),
    "moderation.no_reason": _("Whoever withdraws an answer says why."),
    "moderation.not_standing": _("This answer does not stand on its network, or no more."),
    "starter.nothing_said": _("There is no text yet."),
    "starter.too_long": _("Too long for this network: %(length)s of %(limit)s characters."),
    "starter.analysts_listen": _("With the role Analysis, posts are read, not answered."),
    "starter.colleagues_answer": _("Colleagues may answer."),
    "draft.not_kept": _("This draft could not be kept; the text stays in the field."),
    "case.open_posts": _(
        "Posts still open in this case: %(count)s. Each one wants an answer, or a reason why it needs none."
    ),
    "declaration.undecided": _(
        "Something in this case may be a declaration. Before it is resolved, somebody says that it is none, or what was"
        " done about it."
    ),
    "declaration.no_kind": _("What kind of declaration it is has to be chosen first."),
    "declaration.no_day": _("The last day is missing, or it lies before the receipt or more than ten years ahead."),
    "declaration.nothing_done": _("A few words on what was done are missing."),
    "declaration.gone": _("This declaration is no longer here; its post was removed."),
    "appointment.cannot": _("Only a colleague who is here and may answer can look after it."),
    "broker.away": _("The broker between listening and intake does not answer. What is said waits; nothing is lost."),
    "channel.take_in_failed": _("What came from there could not be taken in; the log says why. It is tried again."),
    "reply.already_sent": _(
        "This answer was sent from another tab, in other words. What is written here is a draft now."
    ),
    "reply.under_way": _("A colleague has an answer to this post on its way; look at it first."),
    "outgoing.moved_on": _("Somebody wrote again before it was sent; the words are kept."),
    "planned.not_ahead": _("This moment is over already."),
    "planned.too_far": _("At most %(days)s days ahead."),
    "planned.by_hand": _("The network takes no answer to this from here, so none can be planned."),
    "planned.after_window": _("At that moment the network takes no answer from here any more. Choose an earlier one."),
    "planned.stopped": _("Somebody wrote again in case %(case)s, so the planned answer was not sent."),
    "planned.no_moment": _("This is no day and time."),
    "outgoing.forbidden": _("The guideline in force does not allow it any more."),
    "outgoing.needs_approval": _("By the guideline in force it needs a signature that it does not have."),
    "outgoing.author_gone": _("Whoever wrote it no longer works here."),
    "outgoing.telling_stopped": _("The message to all was stopped before this one left."),
    "outgoing.asked_to_stop": _("The person asked not to be written to any more."),
    "outgoing.author_may_not": _("Whoever wrote it may not answer any more."),
    "outgoing.case_gone": _("The case it belongs to is no longer here."),
    "outgoing.cannot_read_back": _("Whether it stands there cannot be found out from here; please look there."),
    "acknowledgement.missing": _("Read and acknowledge the guideline first; without that nobody answers in its name."),
    "approval.already_decided": _("Nobody waits for this signature any more."),
    "approval.may_not_sign": _("Others sign this; nobody signs their own words."),
    "approval.others_sign": _("The guideline in force wants another signature here; it was asked for."),
    "approval.moved_on": _("Something was said meanwhile; it is marked. Look at it, then decide."),
    "approval.no_reason": _("Say why, so that its author can go on."),
    "approval.no_words": _("There is no text any more."),
    "approval.overtaken": _("The case was closed meanwhile, so this is not sent any more."),
    "approval.not_yours": _("Only its author takes it back before it is approved."),
    "assisted.not_by_hand": _("This answer does not wait to be posted by hand, or no longer."),
    "assisted.not_an_address": _("This is no address of a page. Copy it there from the address line or the menu."),
    "assisted.other_place": _("This address leads elsewhere; the answer belongs to %(expected)s."),
    "assisted.is_the_question": _("This is the address of the post that was answered, not of the answer."),
    "assisted.shown_before": _("This address is that of another answer."),
    "assisted.not_its_author": _("Without an address only whoever wrote it can confirm it."),
    "outgoing.restored": _(
        "A backup was restored, and this answer does not stand there. It was not sent again; please decide."
    ),
    "case.another_open": _("This conversation has another open case by now; it goes on there."),
    "case.post_not_in_case": _("This post no longer belongs to the case; it may have been removed."),
    "case.no_channel": _("The channel through which this came was removed; no answer can be given there."),
    "case.gone": _("This case is no longer here."),
    "enquiry.unknown": _("There is no question behind this link. It may have been mistyped, or its case is closed."),
    "enquiry.ended": _("It was answered, taken back, or its time is over. Whoever asked can send a new link."),
    "enquiry.wrong_code": _("This code does not fit, is too old, or was tried too often. A new one helps."),
    "enquiry.too_many_codes": _("No more codes are sent for this link. Whoever asked can send a new one."),
    "enquiry.empty": _("There is no text yet."),
    "enquiry.no_address": _("This is no e-mail address."),
    "enquiry.mail_not_sent": _("The mail server did not take the message. It can be tried again in a moment."),
    "assistant.failed": _("The machine failed. Nothing is lost; it can be asked again."),
    "assistant.unreachable": _("The machine cannot be reached at its address."),
    "assistant.too_slow": _("The machine did not answer in time. What it may have cost is counted."),
    "assistant.busy_there": _("The machine is asked too much at the moment. In a minute it may answer."),
    "assistant.busy_here": _("Colleagues are asking the machine right now. In a moment it is free again."),
    "assistant.budget_spent": _("What was allowed for this month is spent."),
    "assistant.not_let_in": _("The machine does not take the key. An administrator can change it."),
    "assistant.unknown_model": _("There is no such model at this address. An administrator can change it."),
    "assistant.unreadable": _("What the machine answered cannot be read."),
    "assistant.empty": _("The machine had nothing to say."),
    "assistant.cut_off": _("The machine did not come to an end. Half a draft is not shown."),
    "assistant.other_language": _("The machine answered in another language than the person's."),
    "assistant.lost": _("The question was lost on its way. It can be asked again."),
    "assistant.off": _("Drafts from a machine are switched off."),
    "assistant.private": _("Private messages are not told to a machine."),
    "assistant.sensitive": _("This post seems to be about a sensitive matter, so it is not told to a machine."),
    "assistant.names_employees": _("An employee is named here, so nothing of it is told to a machine."),
    "assistant.endpoint_refused": _("This is no address that can be asked. It begins with https:// and ends with /v1."),
    "assistant.not_encrypted": _("An address that is not in-house begins with https://."),
    "assistant.not_ready": _("Processor, place and contract have to be recorded first."),
    "snippet.title_taken": _("There is already a snippet called %(title)s."),
    "snippet.empty": _("A snippet needs a text in at least one language."),
    "snippet.source_unreadable": _("The source is no address of the web. It begins with https://."),
    "snippet.past": _("A snippet of the knowledge is past its day and is suggested no longer."),
    "macro.name_taken": _("There is already a macro called %(name)s."),
    "macro.empty": _("A macro needs a text in at least one language."),
    "macro.unknown_field": _("There is no field %(field)s. There are: %(fields)s."),
    "note.empty": _("The note has no text yet."),
    "note.too_long": _("A note has at most %(most)s characters."),
    "case.already_claimed": _("%(name)s took this case meanwhile."),
    "case.not_open": _("This case was resolved meanwhile."),
    "case.not_held": _("This case is no longer held."),
    "case.reason_needed": _("Nobody answered in this case; why is it closed?"),
    "case.nothing_answered": _("There is no answer in this case yet that could cover it."),
    "bulk.none_chosen": _("No case was selected."),
    "bulk.too_many": _("At most %(most)s cases at once."),
    "handover.to_nobody": _("To whom? Choose a colleague or a team."),
    "snooze.not_ahead": _("This moment is over already."),
    "snooze.too_far": _("At most a year ahead."),
    "snooze.no_moment": _("This is no day and time."),
    "tag.no_name": _("A tag needs a name."),
    "tag.name_taken": _("There is already a tag called %(name)s."),
    "tag.its_own": _("A tag cannot be merged into itself."),
    "tag.gone": _("One of the tags was removed meanwhile."),
    "tag.too_many": _("At most %(most)s tags: with more, none is found any more."),
    "bulk.no_batch": _("The page is out of date; load it again. Nothing was changed."),
    "note.calls": _("Case %(case)s: a note calls this colleague"),
    "private.already": _("This is private already."),
    "private.nobody": _("Nobody is known here to whom a private message could go."),
    "private.they_write_first": _("This network lets us write to nobody first; they can be asked to write to us."),
    "private.no_address": _("This is no address on the web."),
    "case.merged": _("This case goes on in case %(case)s."),
    "merge.its_own": _("A case is merged with another one, not with itself."),
    "merge.other_brand": _("These cases belong to two brands; each speaks for itself."),
    "merge.other_network": _("These cases stand on two networks; answers are judged and sent for each of them."),
    "merge.private": _("Private posts belong to one person and never stand beside what others said."),
    "merge.practice": _("What is only for practising stays apart."),
    "split.nothing_chosen": _("No post was chosen."),
    "split.nothing_left": _("At least one post stays in the case."),
    "issue.no_title": _("An issue needs a name."),
    "issue.other_brand": _("This issue belongs to another brand."),
    "issue.is_solved": _("No open issue was chosen."),
    "issue.not_waiting": _("Nobody waits for a signature under this wording any more."),
    "issue.not_solved": _("The issue is not solved yet."),
    "issue.nothing_released": _("No wording for the end is released yet."),
    "link.no_number": _("This names no case; its number or its address does."),
    "link.its_own": _("A case does not belong to itself."),
    "link.too_many": _("At most %(most)s cases belong to one."),
    "view.no_name": _("A view needs a name."),
    "view.about_one_person": _("Lists of one person's words are not kept; the person's page shows their cases."),
    "view.too_many": _("At most %(most)s views."),
    "view.not_your_team": _("Views are shared with teams by their members."),
    "view.not_yours": _("Only whoever saved this view, or a lead, changes it."),
    "filter.unknown": _("%(name)s: is not known here; known are %(known)s"),
    "filter.no_value": _("Something has to follow %(name)s:"),
    "filter.unknown_value": _("%(value)s cannot stand behind %(name)s:"),
    "filter.no_day": _("This is no day; write 2026-11-20, 20.11.2026, today or 3d."),
    "filter.no_language": _("A language is two letters, for example de."),
    "filter.unknown_person": _("Nobody of this name or handle is known."),
    "filter.unknown_topic": _("There is no topic that begins so."),
    "filter.unknown_network": _("There is no network that begins so."),
    "filter.unknown_channel": _("There is no channel that begins so."),
    "filter.unknown_tag": _("There is no tag that begins so."),
    "filter.unknown_assignee": _("Known are: me, nobody, others, and the names of teams."),
    "filter.colleague": _("Lists are not filtered by another colleague's name: nobody is to be watched at work."),
    "undo.too_late": _("Too late to take back: the ten seconds are over."),
    "undo.changed_meanwhile": _("Not taken back: this was changed again meanwhile."),
    "undo.not_yours": _("Only whoever did this can take it back."),
    "reply.not_allowed": _("The guideline does not allow this answer."),
    "reply.too_late": _("Too late to take back: the answer is already on its way."),
    "channel.name_taken": _("There is already a channel called %(name)s."),
    "triage.unknown_language": _("There is no evaluation for this language yet."),
    "triage.label_taken": _("There is already a label called %(name)s."),
    "triage.unreadable_post": _("There is no such post any more."),
    "triage.not_offered": _("This is not offered any more: something else was learnt or decided meanwhile."),
    "triage.nothing_earlier": _("Nobody judged this label before."),
    "triage.already_running": _("This is under way already."),
    "triage.run_cancelled": _("It was cancelled."),
    "triage.damaged_head": _("What was learnt cannot be read any more; it has to be learnt again."),
    "connecting.not_spelt": _("%(network)s knows nothing that is spelt like this. The example shows how it looks."),
    "connecting.no_server": _("This names no server. Write it as social.example."),
    "connecting.not_reached": _("%(server)s does not answer. Check how it is spelt, or try again a little later."),
    "connecting.not_of_this_network": _(
        "%(server)s does not answer as a server of this network does. Check whether it is the right one."
    ),
    "connecting.application_missing": _("IT has not yet registered the company’s application at %(network)s."),
    "connecting.no_account": _(
        "%(server)s let Resonanz in, but whoever signed in there has no account of the kind that can be connected."
    ),
    "application.entry_missing": _("%(name)s is missing."),
    "secrets.not_ours": _(
        "What is stored for this was encrypted with another key file, and nobody can read it. Either the right key "
        "file comes back, or it has to be connected or typed again."
    ),
    "connecting.token_refused": _(
        "%(server)s does not let this account in with this token. Check the handle, or make a new token there."
    ),
    "connecting.personal_account": _(
        "%(handle)s looks like a person’s own mailbox, and such are not connected. If it is that of a role, say so "
        "below."
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
    "network.application_refused": _("The network does not take the keys of the company’s application."),
    "connecting.application_refused": _(
        "%(network)s does not take the keys of the company’s application. IT should check them on the page "
        "Applications."
    ),
    "network.not_authorised": _("The network no longer accepts our token. The channel has to be connected again."),
    "network.personal_account": _("It seems to be a person’s own and is not listened to."),
    "network.budget_used_up": _(
        "The budget of this channel is used up. It is read again when the budget begins anew or somebody raises it."
    ),
    "network.budget_stops_answers": _("The budget of this channel is used up, and answers stop with it."),
    "network.not_addressed": _(
        "This post does not address us, and this network takes answers from here only to posts that name, quote or "
        "answer us."
    ),
    "x.no_credits": _("The credits that were bought there are used up, or its own limit of spending is reached."),
    "reviews.already_answered": _(
        "There is an answer below this review already, and it can have only one. To change it, correct that one."
    ),
    "app_store.agreements": _("Somebody has to accept Apple’s newest agreement in App Store Connect."),
    "linkedin.version": _(
        "LinkedIn has ended the version of its interface that is used here. A newer Resonanz is needed."
    ),
    "google.clock": _("Google says that the clock of this machine is wrong."),
    "reddit.closed_place": _(
        "A subreddit that is to be read is closed or does not exist; the others are read, and so is all else."
    ),
    "x.refused": _("The network refused without a word."),
    "x.no_bearer": _(
        "For that X asks for the bearer token of the application, which IT enters on the page Applications."
    ),
    "x.bearer_refused": _(
        "X does not take the bearer token of the application. IT enters another one on the page Applications."
    ),
    "x.connection_taken": _(
        "X tells an application over one connection only, and another channel or program holds it."
    ),
    "x.rule_twice": _(
        "Another program that uses the same application has X look for exactly the same, and X takes no rule twice."
    ),
    "x.too_many_rules": _("The application has as many rules at X as X allows."),
    "x.not_valid": _(
        "X asked this address for a proof and did not get it. It must be reachable from outside, over HTTPS and "
        "without a port, and the secret of the application must be the right one."
    ),
    "batch_key.two_are_good": _("Two keys are good already. One of them has to end first."),
    "provider.private": _("It was said in private, which is not for a provider to bring."),
    "provider.network_not_agreed": _("It comes from a network that was not agreed upon with the provider."),
    "event.unreadable": _("It cannot be read."),
    "mail.unknown_notice": _(
        "A network’s notice by mail has a shape that is not known; it stays unread in the mailbox."
    ),
    "mail.unverified_notice": _(
        "A network’s notice by mail is not vouched for by the own mail server; it stays unread in the mailbox."
    ),
    "mail.address_not_ascii": _("Its address has letters that not every mail server takes."),
    "mail.no_receiver": _("It names no address to which an answer could go."),
    "mail.no_server": _("The channel names no server."),
    "mail.no_tls": _("The server offers no encryption, so no password is sent there."),
    "mail.parent_is_gone": _("The mail is no longer in the mailbox, so nobody knows where the answer should go."),
    "mail.perhaps_sent": _(
        "The mail server fell silent at the last moment. Whether the answer left it cannot be told; the copy among the "
        "sent mails bears a star."
    ),
    "network.outside_window": _(
        "The time in which this network lets a company answer is over; it can still be answered there by hand."
    ),
    "network.human_agent_missing": _(
        "After the first day Meta takes answers from applications with the feature “Human Agent” alone, and ours does "
        "not have it; it can still be answered there by hand. IT can ask Meta for it."
    ),
    "graph.nearly_used_up": _("The requests that Meta allows us are nearly used up; the rest is kept for answers."),
    "network.undelivered": _("The network took it, and said later that it could not be delivered."),
    "network.no_answer": _("The network did not answer; whether it took effect is being checked."),
    "answer.unreadable": _("Its answer cannot be read."),
    "telegram.reader": _("Another program reads what is said to this bot; only one can at a time."),
    "telegram.webhook": _(
        "Another program has what is said to this bot brought by webhook; that has to end before it is read here."
    ),
    "telegram.not_brought": _("What is said waits there, because our webhook cannot be reached from outside."),
    "feed.gone": _("The feed was removed for good."),
    "feed.not_a_feed": _("There is no feed at this address."),
    "feed.no_hub": _("This feed names no hub that could bring what is new, so it is asked every five minutes."),
    "feed.other": _("A hub brought another feed than the one of this channel."),
    "feed.too_many_entries": _("The feed has more entries than are read at once."),
    "http.address_refused": _("This address is not on the open internet and is not asked."),
    "http.bad_answer": _("The answer cannot be read."),
    "http.no_answer": _("No answer came."),
    "http.not_streaming": _("The server answers, but with no stream."),
    "http.too_large": _("The answer is larger than is read."),
    "http.too_slow": _("The answer did not come in time."),
    "http.unreachable": _("Nobody can be reached at this address."),
    "picture.unreadable": _("This is no picture that can be read; PNG, JPEG, WebP and GIF can."),
    "picture.too_many_pixels": _("This picture has more than 50 million pixels."),
    "page.not_read": _("The page did not answer."),
    "page.not_public": _("This address is not on the open internet, or leads to one that is not."),
    "page.no_web_page": _("There is no web page at this address."),
    "page.too_large": _("The page is larger than %(most)s megabytes."),
    "page.closed": _("The page is not shown to whoever is not signed in there (it answers %(status)s)."),
    "page.busy": _("Too many pages are being read just now. A moment later it works."),
    "capture.not_to_us": _(
        "A private message is captured only where it was said to the company. Then this has to be ticked."
    ),
    "capture.paused": _("Capturing is paused. Whoever manages channels can let it go on."),
    "capture.not_kept": _(
        "This was not kept: it was deleted here before at its author's wish, or comes from an account that is not"
        " listened to."
    ),
    "attachment.not_fit": _("These pictures cannot leave with the answer."),
    "attachment.not_here": _("This network takes no pictures beside an answer."),
    "attachment.too_many": _("An answer has at most %(most)s pictures there."),
    "attachment.too_large": _("A picture may have up to %(most)s megabytes."),
    "attachment.undescribed": _("What each picture shows has to be told, for whoever does not see it."),
    "attachment.description_too_long": _("What a picture shows is told in at most %(most)s characters there."),
    "preview.busy": _("Too many pictures are being fetched at this moment."),
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
    **GUIDELINE_SENTENCES,
    **CHECK_SENTENCES,
}
UNFORESEEN = _("That did not work (%(code)s). Nothing was changed.")
