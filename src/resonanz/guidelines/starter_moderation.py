"""Of the starter guideline: what visitors keep to, and who may like, hide, delete, block and report. Plain Python.

Deleting criticism costs more reputation than the criticism, so it takes two.
"""

from __future__ import annotations

from resonanz.guidelines.document import NETIQUETTE
from resonanz.guidelines.ruling import LEADS
from resonanz.guidelines.starter_words import Record, clause, section

_LEADS = LEADS.as_record()

_NETIQUETTE = section(
    NETIQUETTE,
    ("Netiquette", "Netiquette"),
    (
        "Das bitten wir alle zu beachten, die auf unseren Seiten schreiben. Kritik ist willkommen, auch scharfe; nur"
        " aus einem dieser Gründe wird etwas verborgen, gelöscht oder gemeldet oder jemand gesperrt.",
        "This is what we ask of everybody who writes on our pages. Criticism is welcome, sharp criticism, too; only for"
        " one of these reasons something is hidden, deleted or reported, or somebody blocked.",
    ),
    clause("17.1", "Beleidigung, Drohung oder Hass", "Insults, threats or hatred"),
    clause("17.2", "Persönliche Daten anderer", "Personal data of others"),
    clause("17.3", "Spam, Werbung oder Betrug", "Spam, advertising or fraud"),
    clause("17.4", "Rechtswidrige Inhalte", "Unlawful content"),
    clause("17.5", "Pornografie oder Gewaltdarstellung", "Pornography or depictions of violence"),
    clause("17.6", "Verbreitung falscher Tatsachen wider besseres Wissen", "Knowingly spreading false facts"),
)
_MODERATION = section(
    "moderation",
    ("Moderation", "Moderation"),
    (
        "Wer Kritik löscht, bekommt mehr davon. Jede Moderation hat eine Ziffer der Netiquette als Grund und steht im"
        " Moderationsbuch.",
        "Whoever deletes criticism gets more of it. Every act of moderation names a clause of the netiquette and stands"
        " in the moderation ledger.",
    ),
    clause(
        "18.1",
        "Beiträge mit „Gefällt mir“ zu versehen ist erlaubt.",
        "Liking posts is allowed.",
        rule={"outcome": "ALLOWED", "acts": ["LIKE"], "roles": ["ADMIN", "AGENT", "LEAD"]},
    ),
    clause(
        "18.2",
        "Wer im Service arbeitet, verbirgt, löscht und sperrt nach Freigabe durch die Leitung.",
        "Those who work in service hide, delete and block after approval by a lead.",
        rule={
            "outcome": "NEEDS_APPROVAL",
            "acts": ["BLOCK", "DELETE", "HIDE"],
            "roles": ["AGENT"],
            "approvers": _LEADS,
        },
    ),
    clause(
        "18.3",
        "Die Leitung verbirgt, löscht und sperrt selbst.",
        "Leads hide, delete and block themselves.",
        rule={"outcome": "ALLOWED", "acts": ["BLOCK", "DELETE", "HIDE"], "roles": ["ADMIN", "LEAD"]},
    ),
    clause(
        "18.4",
        "Ist der Beitrag eine Beschwerde oder Kritik, schaut immer eine zweite Person darauf, auch bei der Leitung.",
        "Where the post is a complaint or criticism, a second person always looks at it, for leads, too.",
        rule={
            "outcome": "NEEDS_APPROVAL",
            "acts": ["BLOCK", "DELETE", "HIDE"],
            "intents": ["COMPLAINT"],
            "approvers": _LEADS,
        },
    ),
    clause(
        "18.5",
        "Was gegen die Netiquette verstößt, darf der Moderation des Netzwerks gemeldet werden.",
        "What breaks the netiquette may be reported to the moderators of the network.",
        rule={"outcome": "ALLOWED", "acts": ["REPORT"], "roles": ["ADMIN", "AGENT", "LEAD"]},
    ),
    clause(
        "18.6",
        "Eigene Antworten dürfen sichtbar berichtigt und mit Grund zurückgezogen werden, von der Verfasserin, dem"
        " Verfasser oder der Leitung.",
        "Our own answers may be corrected visibly and withdrawn with a reason, by their author or a lead.",
        rule={"outcome": "ALLOWED", "acts": ["CORRECT", "WITHDRAW"], "roles": ["ADMIN", "AGENT", "LEAD"]},
    ),
)

MODERATION: tuple[Record, ...] = (_NETIQUETTE, _MODERATION)
