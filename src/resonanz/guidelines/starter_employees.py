"""A short guideline for all employees and their own accounts: a draft that a company can sign. Plain Python.

It rules conduct, so it is not put into force by itself: a works council may have to agree first.
"""

from __future__ import annotations

from resonanz.guidelines.starter_words import Record, clause, section

EMPLOYEES: Record = {
    "format": 1,
    "address": "",
    "sections": [
        section(
            "goals",
            ("Worum es geht", "What this is about"),
            (
                "Was jemand privat schreibt, ist Privatsache. Nur wo das Unternehmen ins Spiel kommt, gelten ein paar"
                " Regeln; sie schützen alle Beteiligten.",
                "What somebody writes in private is their own business. Only where the company comes into play a few"
                " rules hold; they protect everybody.",
            ),
        ),
        section(
            "private_opinion",
            ("Eigene Meinung", "One's own opinion"),
            ("", ""),
            clause(
                "2.1",
                "Wer sich zum Unternehmen, seinen Produkten oder seinem Fachgebiet äußert, sagt dazu: „Ich arbeite"
                " dort; das ist meine eigene Meinung.“",
                "Whoever speaks about the company, its products or its field adds: “I work there; this is my own"
                " opinion.”",
                conduct=True,
            ),
            clause(
                "2.2",
                "Im Namen des Unternehmens sprechen nur dessen Konten. Fragen und Beschwerden von Kunden gehören"
                " dorthin.",
                "Only the company's accounts speak in its name. Customers' questions and complaints belong there.",
                conduct=True,
            ),
            clause(
                "2.3",
                "Das Logo und die dienstliche E-Mail-Adresse gehören nicht in private Profile.",
                "The logo and the e-mail address at work do not belong in private profiles.",
                conduct=True,
            ),
        ),
        section(
            "responsibility",
            ("Eigene Verantwortung", "One's own responsibility"),
            ("", ""),
            clause(
                "3.1",
                "Für private Beiträge steht ein, wer sie schreibt. Was einmal im Netz steht, bleibt.",
                "Whoever writes a private post answers for it. What once stands on the net stays.",
                conduct=True,
            ),
            clause(
                "3.2",
                "Über Kolleginnen, Kollegen, Kunden und Wettbewerber wird nur so gesprochen, wie es auch von Angesicht"
                " zu Angesicht ginge.",
                "Of colleagues, customers and competitors one speaks only as one would face to face.",
                conduct=True,
            ),
            clause(
                "3.3",
                "Bilder von Kolleginnen und Kollegen werden nur gezeigt, wenn sie einverstanden sind.",
                "Pictures of colleagues are shown only if they agree.",
                conduct=True,
            ),
        ),
        section(
            "confidential",
            ("Vertrauliches", "Confidential matters"),
            ("", ""),
            clause(
                "4.1",
                "Interna bleiben intern: Zahlen, Pläne, Kundendaten, Bilder aus Räumen, in denen so etwas zu sehen"
                " ist.",
                "Internals stay inside: figures, plans, customers' data, pictures of rooms where such things can be"
                " seen.",
                conduct=True,
            ),
            clause(
                "4.2",
                "Hinweise auf Missstände sind davon unberührt; dafür gibt es die Meldestellen, und das Gesetz schützt,"
                " wer sie nutzt.",
                "Reporting wrongdoing is not touched by this; there are offices for it, and the law protects whoever"
                " turns to them.",
            ),
        ),
        section(
            "rights",
            ("Was frei bleibt", "What stays free"),
            ("", ""),
            clause(
                "5.1",
                "Niemand muss für das Unternehmen werben, ihm folgen oder seine Beiträge teilen.",
                "Nobody has to advertise for the company, follow it or share its posts.",
            ),
            clause(
                "5.2",
                "Kritik, gewerkschaftliche und politische Meinung sind erlaubt.",
                "Criticism, union and political opinion are allowed.",
            ),
            clause(
                "5.3",
                "Private Konten werden vom Unternehmen weder gesucht noch beobachtet.",
                "The company neither looks for private accounts nor watches them.",
            ),
            clause(
                "5.4",
                "Wie viel Zeit privates Surfen bei der Arbeit haben darf, steht in der Betriebsvereinbarung oder im"
                " Arbeitsvertrag, nicht hier.",
                "How much private browsing fits into working time is said in the works agreement or the contract, not"
                " here.",
            ),
        ),
        section(
            "help",
            ("Wenn etwas schiefgeht", "When something goes wrong"),
            ("", ""),
            clause(
                "6.1",
                "Wer merkt, dass ein eigener Beitrag Wellen schlägt, meldet sich früh. Geholfen wird, ohne vorher nach"
                " Schuld zu fragen.",
                "Whoever notices that a post of theirs makes waves says so early. Help comes before any question of"
                " fault.",
            ),
        ),
    ],
}
