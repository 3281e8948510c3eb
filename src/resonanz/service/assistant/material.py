"""From a case to what a machine is told of it: what may leave the house, with nobody's name in it."""

from __future__ import annotations

from collections.abc import Sequence

from resonanz.accounts.company import glance
from resonanz.guidelines import in_force
from resonanz.guidelines.document import read
from resonanz.listening.models import Post
from resonanz.networks import registry
from resonanz.service import naming
from resonanz.service.answers import snippets
from resonanz.service.assistant.prompting import Line, Source, Task
from resonanz.service.assistant.withholding import Names, is_sensitive
from resonanz.service.models import Assistant, Case, Outgoing, OutgoingState

MOST_POSTS = 12
_MOST_NAMED = 900
_MOST_OF_A_POST = 1_500
_MOST_OF_CLAUSES = 3_000
_MOST_OF_A_SNIPPET = 1_500
_SECTIONS = ("tone", "forbidden")
_ROOM_FOR_INITIALS = 10


def why_not(*, case: Case, post: Post, allowed: Assistant) -> str:
    """Why nothing of this case is told to a machine, as a code; "" where it may be."""
    if case.names_employees or naming.pieces(post.text):
        return "assistant.names_employees"
    if not allowed.with_private and "PRIVATE" in (case.visibility, post.visibility):
        return "assistant.private"
    if not allowed.with_sensitive and is_sensitive(post.text):
        return "assistant.sensitive"
    return ""


def task(*, case: Case, post: Post, allowed: Assistant) -> Task:
    """All that a draft of an answer to this post is made from."""
    said = _told(case, post, allowed)
    names = _names(case, post)
    language = post.language or "de"
    return Task(
        company=glance().name,
        language=language,
        address=_address(case),
        length=_length(case),
        clauses=_clauses(case, language),
        sources=_sources(case, post, language),
        thread=[_line(one, names) for one in said],
        names=names,
    )


def _told(case: Case, post: Post, allowed: Assistant) -> list[Post | Outgoing]:
    """The last words of both sides before and with this post; of posts only what `why_not` lets pass."""
    posts = Post.objects.filter(case_posts__case=case, posted_at__lte=post.posted_at).exclude(speaker="STAFF")
    answers = Outgoing.objects.filter(case=case, state=OutgoingState.SENT, sent_at__lte=post.posted_at)
    ours = [one for one in answers.order_by("-sent_at")[:MOST_POSTS] if _may_be_told(one, allowed)]
    sent = set(answers.exclude(native_id="").values_list("native_id", flat=True))
    theirs = [one for one in posts.order_by("-posted_at", "-pk")[:MOST_POSTS] if one.native_id not in sent]
    kept = [one for one in theirs if not why_not(case=case, post=one, allowed=allowed)]
    both: list[Post | Outgoing] = [*kept, *ours]
    return sorted(both, key=_moment)[-MOST_POSTS:]


def _may_be_told(answer: Outgoing, allowed: Assistant) -> bool:
    """What we said of a private or sensitive matter tells of it as well."""
    is_open = allowed.with_private or answer.visibility != "PRIVATE"
    return is_open and (allowed.with_sensitive or not is_sensitive(answer.text))


def _moment(one: Post | Outgoing) -> float:
    at = one.posted_at if isinstance(one, Post) else one.sent_at or one.created_at
    return at.timestamp()


def _names(case: Case, post: Post) -> Names:
    """Everybody who speaks in the case, also whose own words are not told: others name them. Whom we answer is 1."""
    people: dict[str, str] = {}
    called: dict[str, str] = {}
    others = Post.objects.filter(case_posts__case=case, speaker="OUTSIDER").order_by("-posted_at", "-pk")
    columns = ("author_native_id", "author_handle", "author_name")
    for native_id, handle, name in [
        (post.author_native_id, post.author_handle, post.author_name),
        *others.values_list(*columns)[:_MOST_NAMED],
    ]:
        number = people.setdefault(native_id or handle, f"person {len(people) + 1}")
        for known in filter(None, (name, handle)):
            called.setdefault(known, number)
    return Names(called=called)


def _line(one: Post | Outgoing, names: Names) -> Line:
    # Hidden before it is cut: half a number or half a name would not be known for what it is.
    hidden = names.hide(naming.masked(one.text, mask="[colleague]"))[:_MOST_OF_A_POST]
    if isinstance(one, Outgoing) or one.speaker == "OWN":
        return Line("company", hidden)
    return Line(names.called.get(one.author_name) or names.called.get(one.author_handle, "somebody"), hidden)


def _address(case: Case) -> str:
    compiled = in_force.compiled(brand_id=case.channel.brand_id)
    return compiled.address if compiled else ""


def _clauses(case: Case, language: str) -> list[str]:
    """How we speak, and what we do not say."""
    guideline = in_force.guideline(brand_id=case.channel.brand_id)
    if guideline is None:
        return []
    sections = [section for section in read(guideline.document).sections if section.key in _SECTIONS]
    return _bounded([clause.text.said(language) for section in sections for clause in section.clauses])


def _bounded(clauses: Sequence[str]) -> list[str]:
    kept, length = [], 0
    for clause in clauses:
        length += len(clause)
        if length > _MOST_OF_CLAUSES:
            break
        kept.append(clause)
    return kept


def _sources(case: Case, post: Post, language: str) -> list[Source]:
    found = snippets.suggested(case=case, post=post)
    told = [(one, snippets.in_language(snippet=one, language=language)[:_MOST_OF_A_SNIPPET]) for one in found]
    return [Source(one.pk, one.title, text) for one, text in told]


def _length(case: Case) -> int:
    most = registry.connector(case.channel.network).limits.text_length
    return max(most - _ROOM_FOR_INITIALS, 1) if most else 0
