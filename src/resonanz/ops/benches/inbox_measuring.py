"""What `resonanz bench inbox` runs in a process of its own for each world.

    people COUNT    colleagues who answer together, with sessions, and their work
    compare ROUNDS  search against its bare queries; ruling and checks on a draft

Both print one JSON object.
"""

from __future__ import annotations

import json
import os
import random
import sys
from collections.abc import Callable

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "resonanz.config.settings")
django.setup()

from django.db import connection  # noqa: E402 (models need the setup above)
from django.test.utils import CaptureQueriesContext  # noqa: E402

from resonanz.accounts.models import Membership, Role, Team, User  # noqa: E402
from resonanz.core import clock  # noqa: E402
from resonanz.ops.bench import in_turns  # noqa: E402
from resonanz.ops.benches.pages_measuring import VOCABULARY, cookie_of  # noqa: E402
from resonanz.service.answers.judging import judge  # noqa: E402
from resonanz.service.lists import search  # noqa: E402
from resonanz.service.models import Case, CasePost  # noqa: E402

SEARCHES = 200
COMMON, RARE = 50, 400
"""Two words of a search stand between these ranks: neither in every post nor in hardly any."""
WORK = 4_000
_DRAFT = (
    "Guten Tag, danke für die Nachricht. Das klingt ärgerlich, und das tut uns leid. Wir haben nachgesehen: Die"
    " Lieferung steht noch in der Werkstatt, weil ein Teil fehlte. Schreiben Sie uns bitte hier, an welchem Tag es"
    " passt, dann rufen wir dort an und melden uns heute noch einmal. ^B"
)


def people(count: int) -> dict[str, object]:
    """`count` colleagues in one team that all open cases belong to; pairs of words; open cases with a waiting post."""
    team, _ = Team.objects.get_or_create(name="Bench")
    made = [
        User.objects.create_user(
            f"bench{number}@example.com", name=f"Bench {number}", initials=f"B{number}", role=Role.AGENT,
            created_at=clock.now(), language="de",
        )
        for number in range(count)
    ]  # fmt: skip
    Membership.objects.bulk_create(Membership(user=user, team=team) for user in made)
    Case.objects.filter(state="OPEN").update(team=team, assignee=None)
    with connection.cursor() as cursor:  # as the database would do by itself within a minute
        cursor.execute("ANALYZE service_case")
    open_places = CasePost.objects.filter(state="OPEN", case__state="OPEN").order_by("due_at", "id")
    return {
        "cookies": [cookie_of(user) for user in made],
        "searches": _pairs(),
        "work": list(open_places.values_list("case_id", "post_id")[:WORK]),
    }


def compare(rounds: int) -> dict[str, list[float]]:
    """Seconds of each: a search as the product does it and the queries alone; a ruling with all checks."""
    pairs = _pairs()[:rounds]
    bare: dict[str, list[str]] = {}
    for words in pairs:
        bare[words] = _statements(lambda words=words: _search(words))  # type: ignore[misc]
    # Whoever asks first has the disk to wait for, so both ask for what was asked just before.
    _first, searched, alone = in_turns(_search, _search, lambda words: _run(bare[words]), rounds=pairs)
    case = Case.objects.select_related("channel").filter(state="OPEN").order_by("answer_due_at", "id")[0]
    author = User.objects.filter(email="bench0@example.com").get()
    (judged,) = in_turns(
        lambda number: judge(case=case, text=f"{_DRAFT} {number}", author=author), rounds=range(rounds)
    )
    return {"search": searched, "bare": alone, "judge": judged}


def _pairs() -> list[str]:
    chance = random.Random(11)  # noqa: S311 - the same searches in every run
    return [" ".join(chance.sample(VOCABULARY[COMMON:RARE], 2)) for _ in range(SEARCHES)]


def _search(words: str) -> None:
    search.found(words=words)


def _statements(work: Callable[[], object]) -> list[str]:
    """The statements of a work as PostgreSQL gets them."""
    with CaptureQueriesContext(connection) as captured:
        work()
    return [query["sql"] for query in captured.captured_queries]


def _run(statements: list[str]) -> None:
    with connection.connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement.encode()).fetchall()


def main(arguments: list[str]) -> None:
    """Print what was asked for."""
    work, number = arguments[0], int(arguments[1])
    sys.stdout.write(json.dumps(people(number) if work == "people" else compare(number)))


if __name__ == "__main__":
    main(sys.argv[1:])
