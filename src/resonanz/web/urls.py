"""The addresses of the pages."""

from __future__ import annotations

from allauth.account import views as account
from django.urls import URLPattern, URLResolver, include, path

from resonanz.web.views import (
    case_acts,
    channels,
    colleagues,
    components,
    find,
    inbox,
    listening,
    live,
    people,
    responsibilities,
    settings,
    sign_in,
    today,
    topics,
)

# Of allauth only what works without e-mail: colleagues are added by an administrator and let in by a link.
_account_pages: list[URLPattern | URLResolver] = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("signup/", account.signup, name="account_signup"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/set/", account.password_set, name="account_set_password"),
    path("2fa/", include("allauth.mfa.urls")),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", today.today, name="today"),
    path("answered/", today.answered, name="answered"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/filters/", inbox.filters, name="filters"),
    path("inbox/rows/", live.rows, name="rows"),
    path("inbox/<int:case_id>/", inbox.case, name="case"),
    path("inbox/<int:case_id>/news/", live.news, name="case_news"),
    path("inbox/<int:case_id>/draft/", live.draft, name="draft"),
    path("inbox/<int:case_id>/presence/", live.presence, name="presence"),
    path("inbox/<int:case_id>/claim/", case_acts.claim, name="claim"),
    path("inbox/<int:case_id>/reply/", case_acts.reply, name="reply"),
    path("inbox/<int:case_id>/ruling/", case_acts.ruling, name="ruling"),
    path("inbox/<int:case_id>/assign/", case_acts.assign, name="assign"),
    path("inbox/<int:case_id>/resolve/", case_acts.resolve, name="resolve"),
    path("inbox/<int:case_id>/reopen/", case_acts.reopen, name="reopen"),
    path("inbox/<int:case_id>/posts/<int:post_id>/none/", case_acts.needs_no_answer, name="needs_no_answer"),
    path("outgoing/<int:outgoing_id>/cancel/", case_acts.cancel_reply, name="cancel_reply"),
    path("people/<int:person_id>/", people.person, name="person"),
    path("listening/", listening.listening, name="listening"),
    path("posts/<int:post_id>/correct/", listening.correct, name="correct"),
    path("posts/<int:post_id>/case/", listening.open_case, name="open_case"),
    path("topics/", topics.topics, name="topics"),
    path("topics/new/", topics.new_topic, name="new_topic"),
    path("topics/<int:topic_id>/", topics.topic, name="topic"),
    path("topics/<int:topic_id>/remove/", topics.remove_topic, name="remove_topic"),
    path("channels/", channels.channels, name="channels"),
    path("channels/new/", channels.new_channel, name="new_channel"),
    path("channels/<int:channel_id>/", channels.channel, name="channel"),
    path("channels/<int:channel_id>/pause/", channels.pause_channel, name="pause_channel"),
    path("channels/<int:channel_id>/resume/", channels.resume_channel, name="resume_channel"),
    path("responsibilities/", responsibilities.responsibilities, name="responsibilities"),
    path(
        "responsibilities/<int:responsibility_id>/remove/",
        responsibilities.remove_responsibility,
        name="remove_responsibility",
    ),
    path("colleagues/", colleagues.colleagues, name="colleagues"),
    path("colleagues/<int:user_id>/", colleagues.colleague, name="colleague"),
    path("colleagues/<int:user_id>/link/", colleagues.new_link, name="new_link"),
    path("teams/new/", colleagues.new_team, name="new_team"),
    path("settings/", settings.settings, name="settings"),
    path("settings/keys/", settings.keys, name="keys"),
    path("language/", settings.language, name="language"),
    path("find/", find.find, name="find"),
    path("components/", components.components, name="components"),
    path("sign-in/<str:token>/", sign_in.sign_in_by_link, name="sign_in_by_link"),
    path("accounts/", include(_account_pages)),
]
