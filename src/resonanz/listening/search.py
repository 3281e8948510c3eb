"""Words in the whole history: German and English by their stems, phrases in quotation marks, a minus for "without"."""

from __future__ import annotations

from django.contrib.postgres.search import SearchQuery, SearchQueryCombinable
from django.db.models import QuerySet

from resonanz.listening.models import Post, said

MOST_CHARACTERS = 300
"""What is typed beyond is not looked for: PostgreSQL would have to take apart whatever somebody pasted."""


def wanted(*, words: str) -> SearchQueryCombinable:
    """What is looked for, as German and as English: nobody should have to say in which language they type.

    The syntax is that of web searches: `"a phrase"`, `-without`, `one or other`. Nothing a person types is an error.
    """
    typed = words.replace("\x00", "")[:MOST_CHARACTERS]
    return SearchQuery(typed, config="german", search_type="websearch") | SearchQuery(
        typed, config="english", search_type="websearch"
    )


def posts_saying(*, words: str) -> QuerySet[Post]:
    """The posts in which the words stand; words that say nothing alone ("und", "the") find nothing."""
    return Post.objects.annotate(said=said()).filter(said=wanted(words=words))
