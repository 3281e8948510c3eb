"""Words of the forms for a channel: what a person types to connect one, and what it shall hear."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = Mapping[str, Promise | str]

ENTRIES: Words = {
    "mailbox": _("Mailbox"),
    "password": _("Password"),
    "imap": _("Server for reading (IMAP)"),
    "bot_token": _("Token of the bot"),
    "package": _("Package name of the app"),
    "apple_id": _("Apple ID of the app"),
    "api_key": _("Private key"),
    "domain": _("Domain"),
    "api_secret": _("API secret"),
    "service_key": _("Key file of a service account"),
    "bot_server": _("Server of the Bot API"),
    "phone_number_id": _("ID of the telephone number"),
    "system_token": _("Token of the system user"),
}
ENTRIES_EXPLAINED: Words = {
    "mailbox": _("Only that of a role, as info@ or service@: colleagues read what is written there."),
    "password": _("Best one that is made for this alone. It is stored encrypted and never shown again."),
    "imap": _("Left empty it is guessed. It is always reached encrypted."),
    "bot_token": _(
        "As @BotFather gives it. Whoever has it can speak as the bot; it is stored encrypted and never shown again."
    ),
    "bot_server": _("Only where the company runs one of its own."),
    "phone_number_id": _("It stands beside the number under “API Setup”, and is not the number itself."),
    "system_token": _("One that does not end. It is stored encrypted and never shown again."),
    "apple_id": _(
        "The number in its address in the store, behind “id”. In App Store Connect it stands under “App Information”."
    ),
    "api_key": _(
        "In App Store Connect under “Users and Access”, “Integrations”: make a key with the role “Customer Support”. "
        "All of the file that is downloaded, also its first and last line; it is stored encrypted and never shown "
        "again."
    ),
    "domain": _("The company’s website, as people review it there."),
    "api_secret": _("It stands beside the API key. It is stored encrypted and never shown again."),
    "package": _("It stands in the address of the app in the store, behind “id=”."),
    "service_key": _(
        "Make a service account in Google Cloud with a key of type JSON, switch the Google Play Android Developer API "
        "on there, and invite the account in the Play Console with the right to reply to reviews. Paste all of the "
        "file here; it is stored encrypted and never shown again."
    ),
}
OPTIONS: Words = {
    "hashtags": _("Hashtags"),
    "public": _("Public timeline"),
    "words": _("Words"),
    "everything": _("All that is said on the network"),
    "everything_server": _("Server that tells all of it"),
    "at_once": _("What is searched for"),
    "smtp": _("Server for sending (SMTP)"),
    "mail_user": _("User name"),
    "mail_name": _("Sender’s name"),
    "mail_folders": _("Folders"),
    "mailbox": _("Whose mailbox it is"),
    "own_channels": _("The company’s own channels"),
    "subreddits": _("Subreddits"),
    "key_id": _("Key ID"),
    "trustpilot_key": _("API key"),
    "business_user": _("User ID of a colleague"),
    "issuer_id": _("Issuer ID"),
    "provider_authors": _("Of authors may be kept"),
    "provider_addressed": _("What is said to be meant for the company"),
    "provider_networks": _("Networks"),
}
OPTIONS_EXPLAINED: Words = {
    "everything_server": _("A Jetstream server. Left empty, a public one in the USA is listened to."),
    "smtp": _("Left empty it is guessed. It is always reached encrypted."),
    "at_once": _(
        "What is told at once costs as much as what is found: each post, and its author and pictures, too. That takes "
        "the bearer token of the application, and one channel of an application alone can be told."
    ),
    "mail_user": _("Only where one signs in with something else than the address."),
    "mail_name": _("Stands before the address in answers: the company’s name, for example."),
    "mail_folders": _("With commas between them. Left empty, only what arrives in the inbox is read."),
    "own_channels": _(
        "By handle or number, with blanks between. What they say is ours, and comments below it are said to us."
    ),
    "key_id": _("It stands beside the key."),
    "trustpilot_key": _("In Trustpilot Business under “Integrations”, “APIs”. The plan has to include the API."),
    "business_user": _(
        "Of the profile in Trustpilot Business in whose name answers are given; it stands on that page."
    ),
    "issuer_id": _("It stands above the list of keys. Left empty for the key of a person, which has none."),
    "mailbox": _("A person’s own mailbox is not connected: whoever writes there means that person, not a team."),
    "provider_authors": _("What else comes of them is left out."),
    "provider_addressed": _("Everything else becomes a case only where a topic says so."),
    "provider_networks": _(
        "Their short names, as they stand in the batches, with blanks between. Left empty: all of them."
    ),
    "words": _("With blanks between them. What holds one of them is heard if a topic touches it."),
    "subreddits": _("Without r/, with blanks between them. What is said there is heard if a topic touches it."),
    "hashtags": _("Without #, with blanks between them. What bears one of them is heard if a topic touches it."),
}
OPTION_CHOICES: Words = {
    "everything.": _("is not listened to"),
    "everything.all": _("is listened to; what touches no topic is dropped at once"),
    "at_once.": _("is asked for every minute"),
    "at_once.yes": _("is told within seconds"),
    "mailbox.": _("its name says that it is a role’s"),
    "mailbox.role": _("a role’s, although its name does not say so"),
    "provider_authors.": _("account, handle and name"),
    "provider_authors.handles": _("account and handle"),
    "provider_authors.nobody": _("nothing"),
    "provider_addressed.": _("becomes a case"),
    "provider_addressed.ignored": _("is left to the topics"),
    "public.": _("is not listened to"),
    "public.local": _("of this server"),
    "public.all": _("of all servers that this one knows"),
}
KINDS_OF_ENTRY_WORDS: Mapping[str, Words] = {
    "entries": ENTRIES,
    "entries_explained": ENTRIES_EXPLAINED,
    "options": OPTIONS,
    "options_explained": OPTIONS_EXPLAINED,
    "option_choices": OPTION_CHOICES,
}
