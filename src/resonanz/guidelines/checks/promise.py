"""Check `promise`: refunds, goodwill, dates and legal positions given in the company's name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from resonanz.guidelines.checks.clauses import WHETHER, Clause, clauses_of, is_conditional
from resonanz.guidelines.checks.contract import Context, Severity, Spot
from resonanz.guidelines.checks.lexicon import lexicon
from resonanz.guidelines.checks.reading import Reading

NAME = "promise"
DEFAULT = Severity.WARNING
_WORDS = lexicon("promise")
_FIRST_PERSON = re.compile(r"\b(?:wir|ich|we|i|we'll|i'll|we're|i'm|mich)\b")
_NEXT = 120
# "…, ok?" asks for nothing: what stands before it is said.
_TAG = re.compile(
    r",? (?:ok|okay|ja|gell|gelle|ne|alles klar|einverstanden|in ordnung|right|yes|deal|all right"
    r"|passt (?:das|dir das|ihnen das)|geht das|does that work|sound good|is that ok)\W*\?\W*$"
)
# What somebody asks, told by another: "ob der Techniker am Freitag kommt".
_INDIRECT = re.compile(
    r"^\W*(?:und |oder |and |or )?(?:ob|wann|wie (?:viel|hoch|lange|schnell|oft)|welche\w{0,2}|warum|weshalb|whether"
    r"|when exactly|how (?:much|long|soon|many)|which of|why)\b"
)
_SHARES_SUBJECT = re.compile(r"^\W*(?:und|and) (?!bitte\b|please\b)(?!\w+ sie\b)")
_POINTS_BACK = re.compile(
    r"^\W*(?:und |and )?(?:die|das|den|dem|der)\b(?! \w{3,30}(?:ung|er|e) )|\b(?:it|them|ihn|es)\b"
)
_MEANT = re.compile(r"\b(?:sollten?|wollten?|should|(?:was|were) (?:to|supposed|meant|due))\b")
_AND_DONE = re.compile(r"^\W*(?:und|and|sowie)\b.{0,200}?\b\w{3,20}(?:t|en|ed)\W*$")
# What is owed and what undoes it, what is given and how: a clause with both of a pair is about money.
_ROLES = (("GIFT", "GIVE"), ("CHARGE", "REMOVE"), ("SUM", "RETURN"))
# Who or what says that something will have happened by a stated time.
_DOING = ("DOING", "FUTURE_ONLY", "AGAIN", "FOR_THEM", "BY_US", "PROCESS")
_SINCE = re.compile(r"\b(?:seit|since) (?:\S+ ?){1,3}")
_FUTURE = re.compile(r"\b(?:wird|werden|will|shall|'ll)\b|'ll\b")


def find(reading: Reading, _context: Context) -> Iterator[Spot]:
    """Each clause that commits the company, once."""
    # A sentence of very many clauses is looked at once, not once for each of them.
    general = {sentence.start: _WORDS["GENERAL"].search(sentence.text) for sentence in reading.sentences}
    for clause in clauses_of(reading):
        if _asks(clause) or general[clause.sentence.start] or is_conditional(clause):
            continue
        found = _promise(clause)
        if found is not None:
            kind, first, last = found
            start, end = reading.original(clause.start + first, clause.start + last)
            yield Spot(start=start, end=end, params={"kind": kind})


def _asks(clause: Clause) -> bool:
    if clause.sentence.asks and not _TAG.search(clause.sentence.text[-_NEXT:]):
        return True
    return _INDIRECT.match(clause.text) is not None


def _promise(clause: Clause) -> tuple[str, int, int] | None:
    text = clause.text
    if _WORDS["REPORTED"].search(f"{clause.before} {text}") or _WORDS["UNREAL"].search(text):
        return None
    legal = _WORDS["LEGAL"].search(text)
    if legal and not WHETHER.search(f"{clause.before} {text[: legal.end()]}"):
        return "LEGAL", *legal.span()
    if free := _WORDS["FREE"].search(text):
        return "MONEY", *free.span()
    if _POINTS_BACK.search(text) and (free := _WORDS["FREE"].search(f"{clause.before} {text}")):
        return "MONEY", 0, len(text)
    if said := _WORDS["PERFORMATIVE"].search(text):
        return "DATE", *said.span()
    if _WORDS["NEGATED"].search(text) or _is_past(text) or _belongs_to_the_past(clause):
        return None
    return _gift(clause) or _date(clause)


def _is_past(text: str) -> bool:
    """Whether it reports what was done; "bis Freitag ist es erledigt" and "für morgen haben wir gebucht" do not."""
    past = _WORDS["PAST"].search(text)
    if past is None or _FUTURE.search(text) or _WORDS["FUTURE_ONLY"].search(text):
        return False
    return not (past.group().startswith(("ist ", "sind ")) and _WORDS["DEADLINE"].search(text))


def _belongs_to_the_past(clause: Clause) -> bool:
    """Whether the clauses around say so: "wurde verschickt und gebucht", "sollte heute kommen, kam aber nicht"."""
    if _FUTURE.search(clause.text):
        return False
    if _MEANT.search(clause.text):
        return _WORDS["PAST"].search(_around(clause)) is not None
    return bool(clause.before and _AND_DONE.match(clause.text) and _is_past(clause.before))


def _gift(clause: Clause) -> tuple[str, int, int] | None:
    text = clause.text
    if _WORDS["TO_CHECK"].search(text) or _is_theirs(clause):
        return None
    if goodwill := _WORDS["GOODWILL"].search(text):
        return "GOODWILL", *goodwill.span()
    if money := _WORDS["MONEY"].search(text):
        return "MONEY", *money.span()
    for what, how in _ROLES:
        if (moved := _WORDS[how].search(text)) is None:
            continue
        if thing := _WORDS[what].search(text):
            return "MONEY", min(thing.start(), moved.start()), max(thing.end(), moved.end())
        # "The remaining £20 is yours, and we're sending it back": what it is was said before.
        if what != "GIFT" and _POINTS_BACK.search(text) and _WORDS[what].search(clause.before):
            return "MONEY", *moved.span()
    return None


def _date(clause: Clause) -> tuple[str, int, int] | None:
    text = clause.text
    if _WORDS["NO_PROMISE_OF_TIME"].search(text) or _is_theirs(clause):
        return None
    certain = _WORDS["CERTAIN"].search(text)
    if certain and (_FIRST_PERSON.search(text) or _WORDS["DOING"].search(_around(clause))):
        return "DATE", *certain.span()
    if _goes_on_about_hours(clause) or _WORDS["PUBLIC"].search(f"{clause.before} {_around(clause)}"):
        return None
    if _WORDS["UNSURE"].search(f"{clause.before} {text}"):
        return None
    when = _WORDS["WHEN"].search(_SINCE.sub(_blank, text))
    if when is None:
        return None
    if clause.text.startswith(":") and _WORDS["PROCESS"].search(clause.before):
        return "DATE", *when.span()
    doing = next((found for name in _DOING if (found := _WORDS[name].search(text))), None) or _FUTURE.search(text)
    if doing is None:
        return _elliptic(clause, when)
    return "DATE", min(when.start(), doing.start()), max(when.end(), doing.end())


def _goes_on_about_hours(clause: Clause) -> bool:
    """Whether the clause before is about opening hours and the like, and this one names nobody else."""
    if not _WORDS["NO_PROMISE_OF_TIME"].search(clause.before):
        return False
    return not (_WORDS["BY_US"].search(clause.text) or _WORDS["FOR_THEM"].search(clause.text))


def _elliptic(clause: Clause, when: re.Match[str]) -> tuple[str, int, int] | None:
    """A deadline without a verb: "bis 20 Uhr"."""
    if not _WORDS["DEADLINE"].search(clause.text):
        return None
    return "DATE", *when.span()


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())


def _around(clause: Clause) -> str:
    """The clause with some of the words that follow it: what is certain is often said in the next one."""
    begin = clause.start - clause.sentence.start
    return clause.sentence.text[begin : begin + len(clause.text) + _NEXT]


def _is_theirs(clause: Clause) -> bool:
    """Whether it is the person who shall act."""
    if _WORDS["THEY_RECEIVE"].search(clause.text):
        return False
    # "We'll take it back and return your money" orders nothing: the second verb has the first one's subject.
    if _SHARES_SUBJECT.match(clause.text) and _FIRST_PERSON.search(clause.before):
        return False
    return _WORDS["THEY_ACT"].search(clause.text) is not None
