r"""Verbs as the files of words write them: `<leg>` is every form of legen, `<leg bei>` "beilegen" and "legen … bei".

German and English both tear a verb apart ("das buchen wir Ihnen raus", "we're taking the fee off"), and both bend it.
Between the marks stand the stem, or several (`<nehm|nimm>`), and after a blank what is torn off. `<en tak off>` is
English: take, takes, taking off. Past forms and participles are none of these: what was done is no promise.
"""

from __future__ import annotations

import re

_GERMAN = r"(?:{stem})(?:e|en|n|st|est|t|et)?"
_ENGLISH = r"(?:{stem})(?:e|es|s|ing)?"
# What is torn off stands at the end of its clause in German; in English soon after the verb.
_CLAUSE_END = r"(?= *(?:$|[.!?,:)]|-|und\b|oder\b|ok\b))"
_VERB = re.compile(r"<(en )?([a-z|]+)(?: ([a-z|]+))?>")


def spelled_out(pattern: str) -> str:
    """The pattern with every `<verb>` replaced by its forms."""
    return _VERB.sub(_forms, pattern)


def _forms(match: re.Match[str]) -> str:
    english, stem, torn = match.groups()
    bent = (_ENGLISH if english else _GERMAN).format(stem=stem)
    if torn is None:
        return bent
    if english:
        return rf"(?:{bent}\b.{{0,60}}?\b(?:{torn}))"
    return rf"(?:{bent}\b.{{0,120}}?\b(?:{torn})\b{_CLAUSE_END}|(?:{torn})(?:zu)?{bent}\b)"
