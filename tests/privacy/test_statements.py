"""What the database and its monitoring read of a statement is our words alone."""

from __future__ import annotations

import pytest
from django.db import connection

from resonanz.listening.models import Post

pytestmark = pytest.mark.django_db


def test_statement_is_planned_once_and_bears_no_words_of_anybody() -> None:
    for _ in range(7):
        Post.objects.filter(author_name="Jonas Beispiel").exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements WHERE statement LIKE '%%author_name%%'")
        statements = [row[0] for row in cursor.fetchall()]

    assert statements
    assert not [statement for statement in statements if "Jonas" in statement]
