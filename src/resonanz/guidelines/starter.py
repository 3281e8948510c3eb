"""The guideline that is in force from the first minute, until the company writes its own. Plain Python.

It follows what BITKOM asks of a company's guideline, in words of our own: goals for each function, channels, content,
target groups, roles, tone, times, escalation, what is forbidden, examples; and beyond that private and professional
use, responsibility, law, the works council, continuity and expertise. A company can use it as it is.
"""

from __future__ import annotations

from resonanz.guidelines.ruling import LEADS
from resonanz.guidelines.starter_employees import EMPLOYEES
from resonanz.guidelines.starter_moderation import MODERATION
from resonanz.guidelines.starter_words import Record, check, clause, section

__all__ = ["COUNCIL", "EMPLOYEES", "OFFICIAL"]

COUNCIL = "NOT_YET"
"""It holds clauses on conduct, and nobody has asked a works council yet."""

_LEADS = LEADS.as_record()

_GOALS = section(
    "goals",
    ("Ziele", "Goals"),
    (
        "Wer öffentlich etwas über uns sagt, soll merken, dass wir zuhören, verstehen und helfen.",
        "Whoever says something about us in public shall notice that we listen, understand and help.",
    ),
    clause(
        "1.1",
        "Service: Jede Frage bekommt eine Antwort, jede Beschwerde eine Lösung oder einen ehrlichen Grund, warum es"
        " keine gibt.",
        "Service: every question gets an answer, every complaint a solution or an honest reason why there is none.",
    ),
    clause(
        "1.2",
        "Kommunikation: Was über uns gesagt wird, ist uns bekannt, bevor es groß wird; Falsches wird sachlich"
        " richtiggestellt.",
        "Communication: we know what is said about us before it grows; what is wrong is put right with facts.",
    ),
    clause(
        "1.3",
        "Produkt: Lob und Kritik kommen bei denen an, die etwas daran ändern können.",
        "Product: praise and criticism reach those who can change something.",
    ),
    clause(
        "1.4",
        "Marketing und Personal: Wer über Angebote oder Stellen sprechen will, tut das in eigenen Beiträgen, nicht in"
        " Antworten an Menschen, die ein Anliegen haben.",
        "Marketing and recruiting: offers and vacancies belong in posts of their own, not in answers to people who came"
        " with a concern.",
    ),
)
_CHANNELS = section(
    "channels",
    ("Kanäle", "Channels"),
    (
        "Wir sprechen dort, wo wir ein eigenes Konto haben und jemand dafür zuständig ist.",
        "We speak where we have an account of our own and somebody is responsible for it.",
    ),
    clause(
        "2.1",
        "Jedes Konto trägt unseren Namen, ein Impressum und den Hinweis, wann jemand antwortet.",
        "Every account bears our name, an imprint, and says when somebody answers.",
    ),
    clause(
        "2.2",
        "Neue Konten eröffnet die Leitung, wenn feststeht, wer antwortet und wer vertritt.",
        "New accounts are opened by leads, once it is clear who answers and who stands in.",
    ),
    clause(
        "2.3",
        "Geht es um Persönliches, wechseln wir in eine private Nachricht oder auf einen anderen geschützten Weg.",
        "Where things get personal, we move to a private message or another protected way.",
    ),
)
_CONTENT = section(
    "content_classes",
    ("Inhalte", "Content"),
    (
        "Drei Klassen: Auskunft, Entgegenkommen, Stellungnahme. Je weiter unten, desto mehr Augen.",
        "Three classes: information, concession, statement. The further down, the more eyes.",
    ),
    clause(
        "3.1",
        "Auskunft: Was veröffentlicht oder unstrittig ist, darf gesagt werden, ohne zu fragen.",
        "Information: what is published or undisputed may be said without asking.",
    ),
    clause(
        "3.2",
        "Entgegenkommen: Erstattung, Kulanz, feste Termine und die Anerkennung einer Schuld sagt nur zu, wer dazu"
        " befugt ist.",
        "Concession: refunds, goodwill, fixed dates and admitting fault are promised only by those who may.",
        check=check("promise", "WARNING"),
    ),
    clause(
        "3.3",
        "Stellungnahme: Zu Politik, Gerichtsverfahren, Zahlen und Personalien spricht die Unternehmensleitung oder die"
        " Pressestelle.",
        "Statement: politics, lawsuits, figures and personnel are for the management or the press office.",
    ),
)
_GROUPS = section(
    "target_groups",
    ("Zielgruppen", "Target groups"),
    (
        "Alle werden gleich freundlich behandelt; manche Anliegen gehören in besondere Hände.",
        "Everybody is treated with the same courtesy; some concerns belong in special hands.",
    ),
    clause(
        "4.1",
        "Kundinnen und Kunden bekommen Hilfe, auch wenn der Ton rau ist.",
        "Customers get help, even when their tone is rough.",
    ),
    clause(
        "4.2",
        "Presse, Behörden und Verbände werden an die zuständige Stelle übergeben und bekommen gesagt, wer sich meldet.",
        "Press, authorities and associations are handed to whoever is in charge, and are told who will get in touch.",
    ),
    clause(
        "4.3",
        "Ob jemand viel Reichweite hat, ändert nichts an der Antwort.",
        "How many followers somebody has does not change the answer.",
    ),
)
_ROLES = section(
    "roles",
    ("Personen und Rollen", "Persons and roles"),
    (
        "Es ist immer klar, wer für uns spricht.",
        "It is always clear who speaks for us.",
    ),
    clause(
        "5.1",
        "Wer im Service oder in der Leitung arbeitet, antwortet im Namen des Unternehmens.",
        "Those who work in service or lead it answer in the company's name.",
        rule={"outcome": "ALLOWED", "roles": ["ADMIN", "AGENT", "LEAD"]},
    ),
    clause(
        "5.2",
        "Wer auswertet, liest mit und antwortet nicht.",
        "Those who analyse read along and do not answer.",
        rule={"outcome": "FORBIDDEN", "roles": ["ANALYST"]},
    ),
    clause(
        "5.3",
        "Antworten tragen ein Kürzel oder einen vereinbarten Namen; was eine Maschine entworfen hat und von selbst"
        " gesendet wird, ist als solches gekennzeichnet.",
        "Answers bear initials or an agreed name; what a machine drafted and sends by itself is labelled as such.",
        check=check("signature", "HINT"),
    ),
    clause(
        "5.4",
        "Namen von Kolleginnen und Kollegen stehen nur mit deren Einverständnis in einer öffentlichen Antwort.",
        "Names of colleagues stand in a public answer only if they agree.",
        check=check("employee_names", "WARNING"),
    ),
)
_TONE = section(
    "tone",
    ("Ton und Anrede", "Tone and address"),
    (
        "Freundlich, klar, ohne Floskeln. Erst das Anliegen, dann die Erklärung.",
        "Friendly, plain, without set phrases. First the concern, then the explanation.",
    ),
    clause(
        "6.1",
        "Innerhalb einer Antwort bleibt es bei einer Anrede. Wer uns duzt, wird geduzt; sonst sagen wir Sie.",
        "An answer keeps to one form of address. Whoever says Du to us is called Du; otherwise we say Sie.",
        check=check("address", "WARNING"),
    ),
    clause(
        "6.2",
        "Wir antworten in der Sprache, in der wir angesprochen wurden.",
        "We answer in the language in which we were addressed.",
        check=check("language", "HINT"),
    ),
    clause(
        "6.3",
        "Niemand wird belehrt, verspottet oder abgefertigt, auch nicht auf eine Beleidigung hin.",
        "Nobody is lectured, mocked or brushed off, not even after an insult.",
        check=check("tone", "WARNING"),
    ),
    clause(
        "6.4",
        "Wer fragt, bekommt eine Antwort und nicht nur einen Verweis auf eine andere Stelle.",
        "Whoever asks gets an answer, not merely a pointer to somebody else.",
        check=check("referral", "WARNING"),
    ),
    clause(
        "6.5",
        "Derselbe Text geht nicht wieder und wieder hinaus; wer sich wiederholt, sagt es anders.",
        "The same text does not go out again and again; who repeats something says it differently.",
        check=check("repeated", "HINT"),
    ),
)
_TIMES = section(
    "response_times",
    ("Reaktionszeiten", "Response times"),
    (
        "Schnell heißt: so bald, dass die Antwort noch hilft.",
        "Fast means: soon enough for the answer to help.",
    ),
    clause(
        "7.1",
        "Die erste Antwort kommt innerhalb von vier Geschäftsstunden. Wo im Minutentakt geschrieben wird, gilt ein Tag"
        " ohne Antwort als keine Antwort.",
        "The first answer comes within four business hours. Where people write by the minute, a day without an answer"
        " counts as none.",
    ),
    clause(
        "7.2",
        "Dauert es länger, sagen wir das und nennen, wann wir uns wieder melden.",
        "Where it takes longer, we say so, and when we will be back.",
    ),
    clause(
        "7.3",
        "Lob verdient einen Dank; Unsinn, Spam und Streit um des Streites willen verdienen keine Antwort.",
        "Praise deserves thanks; nonsense, spam and quarrel for its own sake deserve no answer.",
    ),
)
_ESCALATION = section(
    "escalation",
    ("Eskalation", "Escalation"),
    (
        "Lieber einmal zu früh gefragt.",
        "Better to ask once too early.",
    ),
    clause(
        "8.1",
        "Geht es um Anwälte, Klagen, Presse, Unfälle oder Verletzte, gibt die Leitung die Antwort frei.",
        "Where lawyers, lawsuits, the press, accidents or injuries come up, a lead signs the answer.",
        check=check("escalation", "APPROVAL", approvers=_LEADS),
    ),
    clause(
        "8.2",
        "Gefahr für Menschen geht sofort an die Leitung, per Telefon und nicht nur hier.",
        "Danger to people goes to a lead at once, by telephone and not only here.",
    ),
    clause(
        "8.3",
        "Kündigung, Widerruf, Fristsetzung und Anträge zu eigenen Daten können auch in einem Kommentar wirksam sein;"
        " sie werden noch am selben Tag weitergegeben.",
        "Terminations, withdrawals, deadlines and requests about one's own data can take effect in a comment, too; they"
        " are passed on the same day.",
    ),
)
_FORBIDDEN = section(
    "forbidden",
    ("Was nicht geht", "What is forbidden"),
    (
        "Wenige Dinge, aber ohne Ausnahme.",
        "A few things, but without exception.",
    ),
    clause(
        "9.1",
        "Ohne Text gibt es keine Antwort.",
        "Without a text there is no answer.",
        rule={"outcome": "FORBIDDEN", "only_blank": True},
    ),
    clause(
        "9.2",
        "Eine Antwort ist nicht länger, als das Netzwerk erlaubt.",
        "An answer is not longer than the network allows.",
        rule={"outcome": "FORBIDDEN", "only_longer_than_network": True},
        check=check("length", "WARNING"),
    ),
    clause(
        "9.3",
        "Öffentlich stehen keine persönlichen Daten: keine Anschrift, Telefon-, Konto-, Kunden- oder Bestellnummer,"
        " auch nicht die eigene des Gegenübers.",
        "No personal data in public: no address, phone, account, customer or order number, not even the person's own.",
        check=check("personal_data", "FORBIDDEN"),
    ),
    clause(
        "9.4",
        "In einer Antwort wird nicht geworben; in privaten Nachrichten ist Werbung ohne Einwilligung verboten.",
        "An answer does not advertise; in private messages advertising without consent is forbidden.",
        check=check("advertising", "WARNING"),
    ),
    clause(
        "9.5",
        "Was vertraulich ist, bleibt es: Unveröffentlichtes, Verträge, Zahlen, Interna anderer.",
        "What is confidential stays so: unpublished matters, contracts, figures, internals of others.",
        check=check("confidential", "APPROVAL", approvers=_LEADS),
    ),
    clause(
        "9.6",
        "Niemand wird herabgesetzt: nicht Menschen, nicht Wettbewerber, nicht das eigene Haus.",
        "Nobody is disparaged: no people, no competitors, not our own company.",
    ),
    clause(
        "9.7",
        "Links führen auf eigene Seiten oder auf Quellen, denen wir trauen, und verfolgen niemanden.",
        "Links lead to our own pages or to sources we trust, and track nobody.",
        check=check("links", "WARNING"),
    ),
    clause(
        "9.8",
        "Unsichtbare Zeichen, die den Sinn verstecken oder umkehren, gehören in keine Antwort.",
        "Invisible characters that hide or reverse the meaning have no place in an answer.",
        check=check("invisible", "WARNING"),
    ),
)
_EXAMPLES = section(
    "examples",
    ("Gute und schlechte Beispiele", "Good and bad examples"),
    (
        "Zur Frage: „Seit zwei Wochen warte ich auf mein Rad. Was ist da los?“\n\n"
        "Gut: „Zwei Wochen sind zu lang, das tut uns leid. Schicken Sie uns die Bestellnummer bitte als private"
        " Nachricht, dann sehen wir sofort nach und melden uns heute bis 17 Uhr. ^mk“\n\n"
        "Schlecht: „Bitte wenden Sie sich an unsere Hotline.“ Das hilft nicht und verweist nur.\n\n"
        "Schlecht: „Bestellung 4711, Frau Muster, geht morgen raus, versprochen!“ Das verrät Daten und verspricht,"
        " was vielleicht nicht zu halten ist.",
        "To the question: “I have been waiting for my bike for two weeks. What is going on?”\n\n"
        "Good: “Two weeks is too long, we are sorry. Please send us the order number in a private message; we will look"
        " at once and be back today by 5 pm. ^mk”\n\n"
        "Bad: “Please contact our hotline.” It does not help, it only refers.\n\n"
        "Bad: “Order 4711, Ms Doe, will leave tomorrow, promised!” It gives away data and promises what perhaps cannot"
        " be kept.",
    ),
)
_PRIVATE = section(
    "private_and_professional",
    ("Beruflich und privat", "Professional and private"),
    (
        "Für das Unternehmen sprechen dessen Konten; privat spricht jede und jeder für sich.",
        "The company's accounts speak for the company; in private everybody speaks for themselves.",
    ),
    clause(
        "11.1",
        "Anliegen, die bei Beschäftigten privat ankommen, werden freundlich an ein Konto des Unternehmens verwiesen.",
        "Concerns that reach employees in private are kindly referred to an account of the company.",
        conduct=True,
    ),
    clause(
        "11.2",
        "Wer sich privat über das Unternehmen oder sein Fachgebiet äußert, sagt, dass es die eigene Meinung ist und"
        " dass sie oder er hier arbeitet.",
        "Whoever speaks in private about the company or its field says that it is their own opinion and that they work"
        " here.",
        conduct=True,
    ),
    clause(
        "11.3",
        "Private Konten von Beschäftigten werden nicht beobachtet.",
        "Private accounts of employees are not watched.",
    ),
)
_RESPONSIBILITY = section(
    "responsibility",
    ("Verantwortung und Offenheit", "Responsibility and transparency"),
    (
        "Was im Netz steht, bleibt. Darum lieber einmal mehr lesen als einmal mehr schreiben.",
        "What stands on the net stays there. So better read once more than write once more.",
    ),
    clause(
        "12.1",
        "Wer antwortet, steht für die Antwort ein; wer unsicher ist, fragt, bevor sie hinausgeht.",
        "Whoever answers stands by the answer; whoever is unsure asks before it leaves.",
        conduct=True,
    ),
    clause(
        "12.2",
        "Fehler werden sichtbar berichtigt und nicht still gelöscht.",
        "Mistakes are corrected visibly, not deleted in silence.",
    ),
    clause(
        "12.3",
        "Wir geben uns nicht als andere aus und bestellen kein Lob.",
        "We do not pose as others, and we order no praise.",
    ),
)
_LAW = section(
    "law",
    ("Recht", "Law"),
    (
        "Auch in drei Zeilen gelten Gesetze.",
        "Laws hold in three lines, too.",
    ),
    clause(
        "13.1",
        "Texte, Bilder und Musik anderer verwenden wir nur mit Erlaubnis und nennen, von wem sie sind.",
        "Texts, pictures and music of others are used only with permission, and we say whose they are.",
    ),
    clause(
        "13.2",
        "Beiträge anderer werden nur nach den eigenen, veröffentlichten Regeln verborgen oder gelöscht, mit Grund;"
        " Kritik ist kein Grund.",
        "Posts of others are hidden or deleted only by our published rules, with a reason; criticism is none.",
    ),
    clause(
        "13.3",
        "Wer nicht möchte, dass wir Beiträge speichern, oder Auskunft verlangt, wird gehört und bekommt in der"
        " gesetzlichen Frist eine Antwort.",
        "Whoever does not want us to keep their posts, or asks what we hold, is heard and answered in the time that law"
        " sets.",
    ),
)
_COUNCIL = section(
    "works_council",
    ("Betriebsrat", "Works council"),
    (
        "Regeln darüber, wie sich Beschäftigte verhalten, sind mitbestimmt und hier als solche gekennzeichnet.",
        "Rules on how employees behave are co-determined and marked as such here.",
    ),
    clause(
        "14.1",
        "Die gekennzeichneten Ziffern gelten, wo es einen Betriebsrat gibt, sobald er zugestimmt hat.",
        "Where there is a works council, the marked clauses hold once it has agreed.",
    ),
    clause(
        "14.2",
        "Aus dem, was hier geschieht, wird niemandes Leistung oder Verhalten beurteilt.",
        "What happens here is not used to judge anybody's performance or conduct.",
    ),
)
_CONTINUITY = section(
    "continuity",
    ("Beständigkeit und Kapazität", "Continuity and capacity"),
    (
        "Ein Gespräch, das wir anfangen, führen wir auch zu Ende.",
        "A conversation that we begin we also bring to an end.",
    ),
    clause(
        "15.1",
        "Für jeden Kanal gibt es eine zuständige Person und eine Vertretung; wer geht, übergibt.",
        "Every channel has somebody in charge and somebody to stand in; whoever leaves hands over.",
    ),
    clause(
        "15.2",
        "Reicht die Zeit nicht für alle Kanäle, werden es weniger Kanäle und nicht schlechtere Antworten.",
        "Where time does not suffice for all channels, there will be fewer channels, not poorer answers.",
    ),
)
_MONITORING = section(
    "monitoring",
    ("Zuhören und Fachwissen", "Listening and expertise"),
    (
        "Wir hören zu, um besser zu werden, nicht um Menschen zu durchleuchten.",
        "We listen in order to get better, not in order to look into people.",
    ),
    clause(
        "16.1",
        "Beobachtet wird, was öffentlich über uns gesagt wird, zu einem festgelegten Zweck und nicht länger als nötig.",
        "We watch what is said about us in public, for a stated purpose and no longer than needed.",
    ),
    clause(
        "16.2",
        "Wer es fachlich am besten weiß, wird gefragt, auch außerhalb des Teams.",
        "Whoever knows best is asked, also outside of the team.",
    ),
)

OFFICIAL: Record = {
    "format": 1,
    "address": "",
    "sections": [
        _GOALS, _CHANNELS, _CONTENT, _GROUPS, _ROLES, _TONE, _TIMES, _ESCALATION, _FORBIDDEN, _EXAMPLES, _PRIVATE,
        _RESPONSIBILITY, _LAW, _COUNCIL, _CONTINUITY, _MONITORING, *MODERATION,
    ],
}  # fmt: skip
"""For whoever speaks for the company."""
