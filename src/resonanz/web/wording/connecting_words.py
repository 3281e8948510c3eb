"""Words about connecting: what IT does at a network, what an account gives and what Resonanz sees of it.

The codes are those of `networks.authorising`. Those of one network begin with its name and a dot.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from resonanz.networks import registry
from resonanz.networks.connections import applications, connecting
from resonanz.networks.contract import Capability, able

Words = Mapping[str, Promise | str]

APP_STEPS: Words = {
    "x.create": _(
        "Sign in to the developer console with the account that is to be connected, and make a project with an app: "
        "the lower prices hold only for accounts that own it."
    ),
    "x.credits": _("Buy credits, and set a spending limit. When the credits end, X answers nothing more."),
    "x.user_auth": _(
        "Under “User authentication settings”: permissions “Read and write”, type “Web App”, and this address as "
        "“Callback URI”. These are the rights that will be asked for:"
    ),
    "x.keys": _(
        "Under “Keys and tokens”, make what is asked for here and paste it. The bearer token is for searching, for "
        "being told at once and for webhooks; the consumer secret is needed by older applications alone. Both can "
        "follow later."
    ),
    "x.webhook": _(
        "What happens can be here within a second: once an account is connected, its channel’s page tells X this "
        "address and subscribes to what is said to the account. The address must be reachable from outside, without a "
        "port."
    ),
    "meta.create": _(
        "Make an app at Meta’s page for developers, of the type “Business”, and connect it with the company’s "
        "business portfolio."
    ),
    "facebook.products": _("Add the products “Facebook Login”, “Messenger” and “Webhooks”."),
    "meta.redirect": _("In the settings of the login, enter this address under “Valid OAuth Redirect URIs”:"),
    "meta.proof": _(
        "Under “App settings”, “Basic”: copy the ID and the secret, and type them here. Under “Advanced”, switch "
        "on “Require App Secret”: then a stolen token alone is good for nothing."
    ),
    "facebook.webhook": _(
        "Once the keys are kept here: under “Webhooks” choose “Page”, enter this address and this word, and "
        "subscribe to feed, mention, messages and message_edits. Then what happens is here within seconds."
    ),
    "facebook.rights": _(
        "These are the rights that will be asked for. For answers to messages that are older than a day, ask Meta"
        " for the feature “Human Agent”, too."
    ),
    "meta.roles": _(
        "Give those who connect accounts a role in the app: for accounts of the company’s own, Meta then asks for"
        " no review."
    ),
    "meta.live": _(
        "Enter the company’s privacy policy and where people ask for deletion, and switch the app to “Live”. "
        "Before that, Meta brings nothing of what strangers say."
    ),
    "reddit.approval": _(
        "Apply to Reddit for access to its Data API, and tell it what for: since November 2025 it approves each "
        "application. A company needs a contract for commercial use. Without approval, Reddit’s feeds can be read: "
        "make a channel of the kind Feed."
    ),
    "reddit.create": _("On Reddit’s page, make an app of the type “web app” with this address as “redirect uri”:"),
    "reddit.rights": _("These are the rights that will be asked for; the application for approval should name them:"),
    "reddit.keys": _("Paste here what stands below the name of the app (the client ID), and its secret."),
    "google_business.project": _("In Google Cloud make a project of the company’s, with its billing left off."),
    "google_business.access": _(
        "Apply to Google for access to the Business Profile APIs with this project. Whoever applies has to manage a "
        "profile that was verified at least 60 days ago; until Google agrees, its quota is nought."
    ),
    "google_business.enable": _(
        "Then switch on: Google My Business API, My Business Account Management API, My Business Business Information "
        "API."
    ),
    "google_business.consent": _(
        "Set up the consent screen, as “Internal” where the company has Google Workspace, else published. This is the "
        "right that will be asked for:"
    ),
    "google_business.client": _(
        "Under “Clients” make one of the type “Web application” with this address as “Authorised redirect URI”, and "
        "paste here what Google gives for it."
    ),
    "instagram.products": _(
        "Add the products “Facebook Login”, “Instagram” (its API with Facebook login), “Messenger” and “Webhooks”."
    ),
    "instagram.webhook": _(
        "Once the keys are kept here: under “Webhooks” choose “Instagram”, enter this address and this word, and "
        "subscribe to comments, mentions, messages and message_edit. What names the account in the posts of "
        "others is told in no other way."
    ),
    "instagram.rights": _(
        "These are the rights that will be asked for. For comments by webhook, Meta asks for a review (“Advanced "
        "Access”), without which they are heard by asking; for answers to messages that are older than a day, ask"
        " for the feature “Human Agent”, too."
    ),
    "youtube.project": _(
        "Sign in to Google Cloud with an account of the company, and make a project for Resonanz alone."
    ),
    "youtube.enable": _("Under “APIs & Services”, “Library”, enable the “YouTube Data API v3”."),
    "youtube.consent": _(
        "Under “Google Auth Platform”, name the app and an address for questions. Choose “Internal” if the channel "
        "belongs to an account of the company’s own Google Workspace, else “External”. Under “Data access”, add this "
        "right:"
    ),
    "youtube.publish": _(
        "If it is external, set it to “In production”: as long as it is in testing, Google ends every connection after "
        "seven days. Until Google has verified the app, it warns whoever connects a channel; that can be passed."
    ),
    "youtube.client": _(
        "Under “Clients”, make one of the type “Web application”, and paste here what Google then shows. "
        "“Authorized redirect URI” is this address:"
    ),
    "youtube.terms": _(
        "The company agrees with Google to the Terms of Service of the YouTube API. They ask for a privacy policy that "
        "names YouTube, and for what was read there to be deleted after 30 days; Resonanz does that by itself."
    ),
    "linkedin.create": _("On LinkedIn’s page for developers make an app, and name the company’s Page as its own."),
    "linkedin.verify": _(
        "An administrator of the Page confirms that the app belongs to it, by the link that is made there."
    ),
    "linkedin.product": _(
        "Under “Products” apply for the Community Management API. LinkedIn examines the application, first for trying "
        "it out (500 requests a day), later for use. It has to be the only product of this app. These are the rights "
        "that will be asked for:"
    ),
    "linkedin.redirect": _("Under “Auth” enter this address under “Authorized redirect URLs”:"),
    "linkedin.keys": _("Paste here what stands there under “Application credentials”."),
    "threads.create": _(
        "Make an app at Meta’s page for developers with the use case “Access the Threads API”, and connect it "
        "with the company’s business portfolio."
    ),
    "threads.redirect": _("In the settings of this use case, enter this address under “Redirect Callback URLs”:"),
    "threads.keys": _(
        "On the same page, copy the Threads App ID and secret, which are not those of the app itself, and type "
        "them here."
    ),
    "threads.webhook": _(
        "Once the keys are kept here: under “Webhooks” of this use case, enter this address and this word, and "
        "subscribe to replies, mentions and delete."
    ),
    "threads.rights": _(
        "These are the rights that will be asked for. Without a review (“Advanced Access”), Meta brings nothing "
        "by webhook and shows no mentions by strangers; answers are heard by asking."
    ),
    "threads.testers": _(
        "Until then, name the company’s account as a Threads tester in the app, and have it accept that in its "
        "settings on Threads."
    ),
    "whatsapp.create": _(
        "Make an app at Meta’s page for developers with the use case for WhatsApp, connect it with the company’s "
        "verified business portfolio, and add the telephone number there."
    ),
    "whatsapp.webhook": _(
        "Once the keys are kept here: under “WhatsApp”, “Configuration”, enter this address and this word, and "
        "subscribe to messages. Nothing is heard in any other way."
    ),
    "whatsapp.token": _(
        "In the settings of the business portfolio, make a system user with the rights "
        "whatsapp_business_messaging and whatsapp_business_management, and a token for it that does not end. With"
        " it, and with the ID of the number, the channel is connected."
    ),
}
CONNECT_NEEDS: Words = {
    "account": _("An account there that speaks for the company. Its password is typed there, never here."),
    "server": _("The name of the server on which it is."),
    "x.own_app": _("The company’s own application at X, which IT registers once, and credits there."),
    "x.account": _("The account that owns this application: for others, reading costs more."),
    "facebook.page": _("A Facebook Page of the company. Personal profiles cannot be connected."),
    "facebook.role": _(
        "Somebody who may moderate this Page and answer its messages, and signs in to Facebook. The password is "
        "typed there, never here."
    ),
    "reddit.own_app": _("The company’s own application, which Reddit approved and IT registers once."),
    "google_business.own_app": _(
        "The company’s own application at Google, which IT registers once and Google lets in."
    ),
    "google_business.manager": _("A Google account that may manage the profile. Of several locations one chooses."),
    "instagram.account": _("A professional account of the company on Instagram, which belongs to a Facebook Page."),
    "instagram.page": _(
        "Somebody who may moderate this Page and signs in to Facebook. The password is typed there, never here."
    ),
    "youtube.own_app": _("The company’s own application at Google, which IT registers once."),
    "youtube.channel": _(
        "A Google account that owns or manages the channel; Google’s page asks which channel is meant."
    ),
    "linkedin.own_app": _("The company’s own application, which IT registers once and LinkedIn approves."),
    "linkedin.admin": _("A LinkedIn account that is an administrator of the Page. Of several Pages one chooses."),
    "threads.account": _("The company’s account on Threads, signed in to in this browser."),
}
CONNECT_SEES: Words = {
    "mentions": _("What mentions the account, answers it or is written to it."),
    "public": _("What is public there, where the channel is set to hear it."),
    "x.mentions": _("What mentions the account, answers it or holds the words that are searched for."),
    "x.own_posts": _("What the account itself says with other apps."),
    "facebook.page": _("Posts and comments on the Page, and who wrote them."),
    "facebook.messages": _("Messages to the Page in Messenger."),
    "facebook.tagged": _("Public posts of others that name the Page."),
    "reddit.inbox": _("What is written to the account: answers, mentions and private messages."),
    "reddit.own_posts": _("What the account itself says with other apps."),
    "reddit.public": _("Public posts and comments in the subreddits that are named, and posts that hold the words."),
    "google_business.reviews": _(
        "Reviews of the locations that are chosen, with their stars, and the answers to them."
    ),
    "instagram.comments": _("Comments below the account’s own posts, and who wrote them."),
    "instagram.mentions": _(
        "Posts and comments of others that tag or name the account, unless their authors are private."
    ),
    "instagram.messages": _("Messages to the account."),
    "youtube.comments": _("Comments below the videos of the channel, and the answers to them, for 30 days."),
    "youtube.films": _("The public videos of the channel: title, description and how often they were seen and liked."),
    "youtube.search": _("Public videos of others that hold the words that are searched for."),
    "linkedin.comments": _("Comments below posts of the Page, for 48 hours: LinkedIn lets nobody keep them longer."),
    "linkedin.mentions": _("Public posts that mention the Page, as long."),
    "threads.replies": _("Answers to the account’s own posts, of all levels."),
    "threads.mentions": _("Public posts that name the account."),
}
CONNECT_SEES_NOT: Words = {
    "password": _("The password of the account."),
    "others": _("What others write to each other in private."),
    "x.messages": _("Direct messages."),
    "x.protected": _("Posts of protected accounts."),
    "account": _("It follows nobody and changes nothing about the account itself."),
    "facebook.others": _("Profiles, friends and groups, and what others say elsewhere without naming the Page."),
    "facebook.insights": _("Figures of the Page, and its advertisements."),
    "reddit.chats": _("Chats: Reddit shows them to no program."),
    "google_business.rest": _(
        "Opening hours, photos, posts and figures of the profile: the right would allow it, Resonanz does not ask."
    ),
    "instagram.stories": _("Stories that mention the account, unless they come as a message."),
    "instagram.others": _("Followers, feeds and searches."),
    "youtube.elsewhere": _("Comments below the videos of others, and videos of the channel that are not public."),
    "youtube.history": _(
        "What the account watches, and other Google services. It uploads, changes and deletes no video."
    ),
    "linkedin.messages": _("Messages, to the Page or to people: LinkedIn shows them to no program."),
    "linkedin.search": _("What is said elsewhere on LinkedIn: it cannot be searched."),
    "linkedin.profiles": _("Names and profiles of those who comment."),
    "threads.others": _("What others say without naming or answering the account."),
    "threads.private": _("Messages, and what private accounts say."),
}
CONNECT_COSTS: Words = {
    "x.each_use": _(
        "X charges for each use: a tenth of a cent for a mention, half a cent for a post that is searched for, one "
        "cent for an answer, in US dollars. The channel has a monthly budget and stops reading before it is exceeded."
    ),
    "x.links": _("An answer with an address in it costs twenty times as much."),
    "reddit.contract": _("What Reddit asks for commercial use stands in the contract with it."),
    "youtube.quota": _(
        "Google charges nothing, but gives the application 10,000 units a day and 100 searches, for all channels "
        "together: a channel uses some 2,000 units a day, and 50 for each answer. When they are used up, it is read "
        "again after midnight in California."
    ),
    "linkedin.days": _(
        "It costs no money. But the connection ends after 60 days, unless LinkedIn approved the application for more, "
        "and then has to be made again."
    ),
}
RIGHTS: Words = {
    "mastodon.read:accounts": _("to know whose account it is, and who speaks"),
    "mastodon.read:notifications": _("to hear who mentions us"),
    "mastodon.read:statuses": _("to read posts and what was said before them"),
    "mastodon.write:statuses": _("to post the answers that somebody sends here, and to correct or withdraw them"),
    "mastodon.write:media": _("to post pictures beside an answer"),
    "mastodon.write:favourites": _("to like posts"),
    "mastodon.write:blocks": _("to block accounts"),
    "x.tweet.read": _("to read what mentions us and what was said before it"),
    "x.tweet.write": _("to post the answers that somebody sends here, and to withdraw them"),
    "x.tweet.moderate.write": _("to hide answers below our own posts"),
    "x.users.read": _("to know whose account it is, and who speaks"),
    "x.offline.access": _("to go on without asking again every two hours"),
    "mastodon.write:reports": _("to report posts to those who moderate the server"),
    "facebook.pages_show_list": _("to show which Pages there are to choose from"),
    "facebook.pages_read_engagement": _("to read what the Page itself says"),
    "facebook.pages_read_user_content": _("to read what others say on the Page, and who they are"),
    "facebook.pages_manage_metadata": _("to have brought at once what happens on the Page"),
    "facebook.pages_manage_engagement": _("to comment, like, hide and delete what somebody chooses here"),
    "facebook.pages_messaging": _("to read messages and send the answers that somebody writes here"),
    "facebook.business_management": _(
        "to find Pages that belong to a business portfolio; nothing about the portfolio is changed"
    ),
    "reddit.identity": _("to know whose account it is"),
    "reddit.read": _("to read posts and comments"),
    "reddit.privatemessages": _("to hear who answers or names us, and who writes to us in private"),
    "reddit.history": _("to read what we said with other apps"),
    "reddit.submit": _("to post the answers that somebody sends here"),
    "reddit.edit": _("to correct or withdraw our answers"),
    "reddit.vote": _("to vote for a post when somebody clicks on it here"),
    "reddit.report": _("to report posts to those who moderate a subreddit"),
    "google_business.https://www.googleapis.com/auth/business.manage": _(
        "to read reviews and to post the answers that somebody sends here; Google has no smaller right for it"
    ),
    "instagram.instagram_basic": _("to know whose account it is, and its posts"),
    "instagram.instagram_manage_comments": _(
        "to read comments, and to answer, hide and delete what somebody chooses here"
    ),
    "instagram.instagram_manage_messages": _("to read messages and send the answers that somebody writes here"),
    "instagram.pages_show_list": _("to find the Pages to which accounts belong"),
    "instagram.pages_read_engagement": _("to know which account belongs to a Page"),
    "instagram.pages_manage_metadata": _("to have brought at once what happens"),
    "instagram.pages_messaging": _("to answer a comment in private"),
    "instagram.business_management": _(
        "to find Pages that belong to a business portfolio; nothing about the portfolio is changed"
    ),
    "youtube.https://www.googleapis.com/auth/youtube.force-ssl": _(
        "to read comments, to post the answers that somebody sends here, and to hold or reject comments; Google has no "
        "smaller right for it"
    ),
    "linkedin.r_organization_social": _("to read the Page’s posts and the comments below them"),
    "linkedin.w_organization_social": _("to post the answers that somebody sends here, to correct or withdraw them"),
    "linkedin.rw_organization_admin": _("to know of which Pages somebody is an administrator, and what a Page is told"),
    "threads.threads_basic": _("to know whose account it is, and its posts"),
    "threads.threads_content_publish": _("to post the answers that somebody sends here"),
    "threads.threads_read_replies": _("to read who answers"),
    "threads.threads_manage_replies": _("to answer, and to hide answers below our own posts"),
    "threads.threads_manage_mentions": _("to read who names the account, and to answer there"),
}
KINDS_OF_CONNECTING_WORDS: Mapping[str, Words] = {
    "app_steps": APP_STEPS,
    "connect_needs": CONNECT_NEEDS,
    "connect_sees": CONNECT_SEES,
    "connect_sees_not": CONNECT_SEES_NOT,
    "connect_costs": CONNECT_COSTS,
    "rights": RIGHTS,
}


@dataclass(frozen=True, slots=True)
class Right:
    """A right that is asked for, as the network calls it, and why."""

    called: str
    why: str


@dataclass(frozen=True, slots=True)
class Explained:
    """What the page for connecting tells before somebody goes on."""

    needs: tuple[str, ...]
    sees: tuple[str, ...]
    sees_not: tuple[str, ...]
    costs: tuple[str, ...]
    rights: tuple[Right, ...]
    server: str
    application_missing: bool


def explained(network: str) -> Explained:
    """In words, for a network whose accounts let us in."""
    terms = connecting.terms_of(network)
    return Explained(
        needs=_said(CONNECT_NEEDS, terms.needs),
        sees=_said(CONNECT_SEES, terms.sees),
        sees_not=_said(CONNECT_SEES_NOT, terms.sees_not),
        costs=_said(CONNECT_COSTS, terms.costs),
        rights=rights_of(network),
        server=terms.server,
        application_missing=bool(terms.server) and applications.app_of(network=network) is None,
    )


def rights_of(network: str) -> tuple[Right, ...]:
    """The rights that are asked for there, each with its reason."""
    if not able(registry.connector(network), Capability.CONNECT):
        return ()
    asked = connecting.terms_of(network).rights
    return tuple(Right(right, str(RIGHTS.get(f"{network}.{right}", ""))) for right in asked)


def _said(kind: Words, codes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(str(kind.get(code, code)) for code in codes)
