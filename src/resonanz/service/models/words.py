from __future__ import annotations

from django.contrib.postgres.search import SearchVector

# The words of what colleagues write. Nobody says in which language, so it is kept by the rules of both.
WORDS = SearchVector("text", config="german") + SearchVector("text", config="english")
