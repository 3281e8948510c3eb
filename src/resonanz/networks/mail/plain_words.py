"""The words of a mail: what its writer wrote this time, without what they quote and sign with.

Nothing is lost by it: where nothing would remain, everything stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from resonanz.core import text
from resonanz.networks.mail.mime import FAULTS, Part

MOST_TEXT = 50_000
_MOST_NAMES, _MOST_NAME = 5, 80
_MOST_LINES = 4_000
_MOST_ATTRIBUTION_LINES = 3
_DROPPED = ("style", "script", "head", "title")
_BLOCKQUOTE = re.compile(r"<(/?)blockquote\b[^<>]{0,2000}>", re.IGNORECASE)
_OUTLOOK = re.compile(
    r"<div\b[^<>]{0,200}\bid=[\"']?(?:divRplyFwdMsg|appendonsend|mail-editor-reference)", re.IGNORECASE
)
_QUOTED = re.compile(r"[ \t]*>")
_ATTRIBUTION = re.compile(
    r"(?:Am|On|Le|Il|El)\b.{3,400}?\b(?:schrieb|wrote|a écrit|ha scritto|escribió)\b.{0,200}:|"
    r".{1,200}(?:schrieb am|wrote on).{3,200}:",
    re.DOTALL,
)
_ORIGINAL = re.compile(
    r"-{2,}\s*(?:Original Message|Original-?Nachricht|Ursprüngliche Nachricht|Message d'origine)\s*-{2,}",
    re.IGNORECASE,
)
_HEADER_BLOCK = re.compile(
    r"\*?(?:Von|From)\*?:.{1,300}\n(?:\*?(?:Gesendet|Sent|Datum|Date|An|To|Cc|Betreff|Subject)\*?:.{0,500}\n?){2,}",
    re.IGNORECASE,
)
_FROM_PHONE = re.compile(
    r"(?:Von meinem .{2,40} gesendet|Gesendet (?:mit|von) .{2,60}|Sent from (?:my )?.{2,60}|"
    r"Get Outlook for .{2,20}|Outlook für .{2,20} beziehen)\.?",
    re.IGNORECASE,
)
_BLANKS = str.maketrans(dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f", "") | {"\u00a0": " "})
_MANY_BREAKS = re.compile(r"\n{3,}")


def words_of(parts: Sequence[Part]) -> str:
    """What the parts that stand among the words say; of alternatives the plain one."""
    said: list[str] = []
    settled: set[int] = set()
    inline = [part for part in parts if not part.is_attached]
    plain_sets = {part.alternatives for part in inline if part.alternatives and _is_plain(part) and _text(part).strip()}
    for part in inline:
        if part.alternatives in settled or (part.alternatives in plain_sets and not _is_plain(part)):
            continue
        if words := _words(part):
            said.append(words)
            settled |= {part.alternatives} - {0}
    return text.clean("\n\n".join(said), most=MOST_TEXT)


def attached(parts: Iterable[Part]) -> str:
    """The names of what is attached, as a line of their own; pictures that only adorn the words have none."""
    beside = [part for part in parts if part.is_attached and not _adorns(part)]
    if not beside:
        return ""
    names = [" ".join(text.clean(part.file_name, most=_MOST_NAME).split()) or part.content_type for part in beside]
    more = f" (+{len(names) - _MOST_NAMES})" if len(names) > _MOST_NAMES else ""
    return f"📎 {', '.join(names[:_MOST_NAMES])}{more}"


def without_history(said: str) -> str:
    """Without quoted mails and signatures; all of it where nothing else is there."""
    lines = said.translate(_BLANKS).split("\n")[:_MOST_LINES]
    whole = _joined(lines)
    return _joined(_without_farewell(_unquoted(_before_original(whole).split("\n")))) or whole


def _is_plain(part: Part) -> bool:
    return part.content_type == "text/plain"


def _adorns(part: Part) -> bool:
    """Logos in a signature: the words refer to them by an id."""
    return part.content_type.startswith("image/") and "Content-ID" in part.headers and not _is_marked(part)


def _is_marked(part: Part) -> bool:
    return str(part.headers.get("Content-Disposition") or "").strip().lower().startswith("attachment")


def _text(part: Part) -> str:
    try:
        return part.text()
    except FAULTS:
        return ""


def _words(part: Part) -> str:
    said = _text(part)
    if part.content_type == "text/html":
        return _from_html(said)
    said = said.replace("\r\n", "\n").replace("\r", "\n")
    is_flowed = part.parameter("format") == "flowed"
    return text.clean(_unflowed(said, part.parameter("delsp") == "yes") if is_flowed else said, most=MOST_TEXT)


def _unflowed(said: str, joins: bool) -> str:
    """Lines that end in a blank go on in the next one (RFC 3676), but for the mark of a signature."""
    lines: list[str] = []
    goes_on = False
    for line in said.split("\n"):
        line = line.removeprefix(" ") if not line.startswith(">") else line
        if goes_on and not line.startswith(">") and line != "-- ":
            lines[-1] += line
        else:
            lines.append(line)
        goes_on = line.endswith(" ") and line != "-- " and not line.startswith(">")
        if goes_on and joins:
            lines[-1] = lines[-1][:-1]
    return "\n".join(lines)


def _from_html(said: str) -> str:
    """Without what a sanitiser with a bounded purse should not spend it on, and without what is quoted."""
    for name in _DROPPED:
        said = _without_element(said, name)
    said = _without_between(said, "<!--", "-->")
    if found := _OUTLOOK.search(said):
        before = text.from_html(said[: found.start()], most=MOST_TEXT)
        said = said[: found.start()] if before else said
    bare = " ".join(_without_blockquotes(said).split())
    return text.from_html(bare, most=MOST_TEXT) or text.from_html(" ".join(said.split()), most=MOST_TEXT)


def _without_element(said: str, name: str) -> str:
    kept: list[str] = []
    low, at = said.lower(), 0
    if len(low) != len(said):  # a letter that grows when it is made small would shift the places
        low = said
    opening = re.compile(rf"<{name}\b")
    while found := opening.search(low, at):
        kept.append(said[at : found.start()])
        end = low.find(f"</{name}", found.end())
        close = low.find(">", end) if end >= 0 else -1
        if close < 0:
            return "".join(kept)
        at = close + 1
    return "".join([*kept, said[at:]])


def _without_between(said: str, opening: str, closing: str) -> str:
    first, *others = said.split(opening)
    return first + "".join(one.partition(closing)[2] for one in others)


def _without_blockquotes(said: str) -> str:
    kept: list[str] = []
    depth = at = 0
    for found in _BLOCKQUOTE.finditer(said):
        if depth == 0:
            kept.append(said[at : found.start()])
        depth = max(depth - 1, 0) if found.group(1) else depth + 1
        at = found.end()
    return "<br>".join([*kept, said[at:] if depth == 0 else ""])


def _before_original(said: str) -> str:
    """Up to where a mail program put the earlier mail, as whole."""
    found = [match.start() for pattern in (_ORIGINAL, _HEADER_BLOCK) if (match := pattern.search(said))]
    before = said[: min(found)] if found else said
    return before.rstrip().removesuffix("_" * 32) if before.strip() else said


def _unquoted(lines: list[str]) -> list[str]:
    """Without lines that are quoted and who is said to have written them; what stands between quotes stays.

    An attribution that nothing quoted follows is that of a mail which was put below as it is.
    """
    kept: list[str] = []
    for number, line in enumerate(lines):
        if not _QUOTED.match(line):
            kept.append(line)
        elif kept and (number == 0 or not _QUOTED.match(lines[number - 1])):
            _drop_attribution(kept)
    for start in range(len(kept)):
        if _attributed_to(kept, start):
            return kept[:start] if any(line.strip() for line in kept[:start]) else kept
    return kept


def _drop_attribution(kept: list[str]) -> None:
    while kept and not kept[-1].strip():
        kept.pop()
    for size in range(1, _MOST_ATTRIBUTION_LINES + 1):
        start = len(kept) - size
        if start >= 0 and _attributed_to(kept, start) == size:
            del kept[start:]
            return


def _attributed_to(lines: Sequence[str], start: int) -> int:
    """How many lines from here on name who wrote what follows; 0 if they do not."""
    for size in range(1, _MOST_ATTRIBUTION_LINES + 1):
        one = " ".join(line.strip() for line in lines[start : start + size])
        if len(one) > 600 or not one:
            return 0
        if one.endswith(":") and _ATTRIBUTION.fullmatch(one):
            return size
    return 0


def _without_farewell(lines: list[str]) -> list[str]:
    """Without a signature and what a telephone writes below."""
    for number, line in enumerate(lines):
        if line.rstrip(" ") == "--" and any(before.strip() for before in lines[:number]):
            lines = lines[:number]
            break
    while lines and (not lines[-1].strip() or _FROM_PHONE.fullmatch(lines[-1].strip())):
        lines = lines[:-1]
    return lines


def _joined(lines: Iterable[str]) -> str:
    return _MANY_BREAKS.sub("\n\n", "\n".join(line.rstrip() for line in lines)).strip()
