"""Check `signature`: the initials of who wrote it, and the label of what a machine wrote."""

from __future__ import annotations

import re
from collections.abc import Iterator

from resonanz.guidelines.checks.contract import Context, Mend, Severity, Spot
from resonanz.guidelines.checks.reading import Reading, fold

NAME = "signature"
DEFAULT = Severity.OFF
_FEW_LETTERS = 3  # initials this short may be a word as well: "das hängt davon ab"
_LAST_CHARACTERS = 200
_TRAIL = re.compile(r"(?:[\s.!\ue002]|#[\w-]{1,60}|[\u2600-\u27bf\U0001f000-\U0001faff])+$")
_ROLE = (
    r"(?:,? (?:vom|von|aus|im|fuer|from|of|at|with|i\. ?a\.|ihr|dein|euer|your)\b[^.!?\n]{0,60}|,? [\w-]{0,30}team\b)?"
)
_BEFORE_NAME = r"(?:^|[\s\^/~*(,-])"
_BEFORE_INITIALS = (
    r"(?:[\^/~*(-] ?|[.!?,:\n)\ue002\U0001f000-\U0001faff\u2600-\u27bf]\s*|^\s*"
    r"|\b(?:gruss|gruesse|gruessen|lg|vg|mfg|bg|hg|regards|wishes|cheers|best|dank|thanks|i\. ?a\.|gez\.) )"
)
_MADE = (
    r"(?:erstellt|generiert|erzeugt|verfasst|geschrieben|formuliert|beantwortet|gesendet|versendet|verschickt"
    r"|entworfen)"
)
_MACHINE_DE = (
    r"(?:ki|kuenstliche[rn]? intelligenz|chat-?bot|bot|service-?bot|virtuelle[rn]? assistent(?:in|en)?"
    r"|digitale[rn]? assistent(?:in|en)?"
    r"|ki-?assistent(?:in|en)?|sprachassistent(?:in|en)?|ki-?modell|sprachmodell|maschine|computer|ki-\w{3,20})"
)
_MACHINE_EN = (
    r"(?:ai|a\.i\.|artificial intelligence|chat-?bot|bot|virtual (?:assistant|agent)|digital assistant"
    r"|ai[ -](?:assistant|agent|model)"
    r"|language model|machine|robot)"
)
_NO = r"(?!\s*(?:nicht|kein\w*|not)\b)"
_LABELS = re.compile(
    "|".join(
        (
            rf"\b(?:automatisch|automatisiert|maschinell|ki-?(?:gestuetzt|unterstuetzt|basiert)?) ?-?{_MADE}",
            r"\b(?:automatische|automatisierte|maschinelle|ki-?generierte|automatisch \w+e) (?:antwort|nachricht"
            r"|auskunft|rueckmeldung|mitteilung)",
            r"\bki-?(?:generiert\w*|erstellt\w*|antwort|text|nachricht|auskunft|entwurf)\b|\bautomatikantwort"
            r"|\bautoantwort|\bbot-?antwort",
            rf"\b(?:von|durch|mit|mithilfe|mittels|via) (?:hilfe )?(?:von |einer |einem |eines |unserer |unserem "
            rf"|unseren )?{_MACHINE_DE}\b[^.!?\n]{{0,40}}?\b{_MADE}",
            rf"\b{_MADE} (?:von|durch|mit|mithilfe|mittels) (?:hilfe )?(?:von |einer |einem |eines |unserer "
            rf"|unserem )?{_MACHINE_DE}\b",
            rf"\b(?:ich bin|hier (?:ist|schreibt|antwortet|spricht|meldet sich)|es (?:schreibt|antwortet)"
            rf"|sie (?:schreiben|chatten|sprechen) (?:gerade )?mit|"
            rf"du (?:schreibst|chattest|sprichst) (?:gerade )?mit|(?:antwort|nachricht|text) (?:von|vom|der|des"
            rf"|durch|unseres|unserer)) (?:\w+ ){{0,4}}?{_MACHINE_DE}\b",
            rf"\b(?:dein|ihr|euer|deine|ihre|eure) (?:\w+er "
            rf"|\w+e )?{_MACHINE_DE}[^.!?\n\w]{{0,3}}(?:\w{{2,20}})?[\s.!]*$",
            rf"(?:\[|\()(?:\w+ ){{0,3}}{_MACHINE_DE}(?: \w+){{0,3}}(?:\]|\))|[\^/~-] ?{_MACHINE_DE}[\s.!]*$"
            rf"|\b(?:hinweis|label): {_MACHINE_DE}\b",
            rf"\b(?:antwort|nachricht|text|beitrag)\b[^.!?\n]{{0,40}}?\b(?:automatisch|maschinell|von (?:einer "
            rf"|einem |unserer |unserem )?{_MACHINE_DE})\b",
            rf"\b{_MACHINE_DE} (?:hat|haben) (?:diese|die|den) (?:antwort|nachricht|text)",
            r"\b(?:automated|automatic|auto-?generated|machine-?generated|ai-?(?:generated|written|assisted)"
            r"|computer-generated)"
            r" (?:reply|response|message|answer|text)",
            r"\b(?:ai|auto|machine|automatically|bot)[ -]?(?:generated|written|created|composed)\b|\bauto-?(?:reply"
            r"|response)\b",
            r"\b(?:reply|response|message|answer|text) (?:is|was|has been) (?:sent |written |created |generated "
            r"|composed |produced )?(?:automated|automatic|automatically)\b",
            rf"\b(?:generated|written|created|composed|drafted|sent|produced|answered) (?:\w+ )?(?:by|with"
            rf"|using) (?:(?:the |an|a|our|help|of|\w+) ){{0,4}}?{_MACHINE_EN}\b",
            rf"\b(?:i am|i'm|this is|you are (?:chatting|talking|speaking) (?:with|to)|you're (?:chatting"
            rf"|talking) (?:with|to)|your|our|reply from|answer from|message from|response from) "
            rf"(?:an? |your |our |the )?(?:\w+ ){{0,3}}?{_MACHINE_EN}(?! (?:is|was|has|had|will|can|could|cannot"
            rf"|does|did|seems|may|might|are|were)\b)",
        )
    )
)
_DENIED = re.compile(r"\b(?:nicht|kein\w*|not|no|never|niemals|n't)\b")


def find(reading: Reading, context: Context) -> Iterator[Spot]:
    """The end of the draft, where initials or label are missing."""
    if not reading.text.strip():
        return
    end = len(reading.text.rstrip())
    if context.initials and not is_signed(reading.plain, context.initials):
        first = context.initials[0]
        written = f" ^{first}" if len(first) <= _FEW_LETTERS else f" – {first}"
        params = {"kind": "INITIALS", "initials": first}
        yield Spot(start=end, end=end, params=params, mend=Mend(end, end, written))
    if context.automatic and not is_labelled(reading.plain, context.automatic_labels):
        # Article 50 of the AI Act: whoever talks with a machine is told so.
        yield Spot(start=end, end=end, params={"kind": "LABEL"}, least=Severity.WARNING)


def is_signed(plain: str, initials: tuple[str, ...]) -> bool:
    """Whether the text ends with one of them."""
    tail = plain[-_LAST_CHARACTERS:]
    tail = tail[: len(tail) - len(found.group())] if (found := _TRAIL.search(tail)) else tail
    return any(_ends_with(tail, fold(entry.strip())) for entry in initials if entry.strip())


def _ends_with(tail: str, name: str) -> bool:
    before = _BEFORE_INITIALS if len(name) <= _FEW_LETTERS else _BEFORE_NAME
    return re.search(rf"{before}{re.escape(name.strip('^/'))}\)?{_ROLE}\)?$", tail) is not None


def is_labelled(plain: str, labels: tuple[str, ...]) -> bool:
    """Whether the text says that a machine wrote it."""
    if any(fold(label.strip()) in plain for label in labels if label.strip()):
        return True
    return any(not _is_denied(plain, match) for match in _LABELS.finditer(plain))


def _is_denied(plain: str, match: re.Match[str]) -> bool:
    """ "Not written by a bot", "keine automatische Antwort"."""
    return _DENIED.search(plain, max(0, match.start() - 20), match.end()) is not None
