"""What `resonanz bench pages` runs in a process of its own for each world: fills a database, counts queries.

    fill CASES     makes the world, prints a session's cookie and the pages
    count PATH …   prints how many queries each page needs

Both print one JSON object.
"""

from __future__ import annotations

import json
import math
import os
import random
import sys
import uuid
from datetime import timedelta
from http.cookies import SimpleCookie
from itertools import accumulate

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "resonanz.config.settings")
django.setup()

from django.conf import settings  # noqa: E402 (models need the setup above)
from django.contrib.auth import login  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import HttpRequest  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from resonanz.accounts.company import finish_start  # noqa: E402
from resonanz.accounts.models import User  # noqa: E402
from resonanz.accounts.sign_in_links import first_administrator  # noqa: E402
from resonanz.core import clock  # noqa: E402
from resonanz.duties.responsibilities import set_responsibility  # noqa: E402
from resonanz.listening import topics  # noqa: E402
from resonanz.listening.models import Topic  # noqa: E402
from resonanz.networks.connections import channels  # noqa: E402
from resonanz.networks.contract import Author, Posted  # noqa: E402
from resonanz.networks.models import Channel  # noqa: E402
from resonanz.ops.benches.multiplying import multiply, tell  # noqa: E402
from resonanz.pipeline.take_in import take_in  # noqa: E402
from resonanz.service.models import Case, Outgoing, OutgoingState  # noqa: E402

BATCH = 1000
TAKEN_IN = 5000
TOPICS = 20
SPAN = timedelta(days=60)
OPEN_SHARE = 0.1
WORDS = (  # noqa: SIM905 (thirty quotation marks say nothing)
    "Akku Bremse Sattel Rahmen Kette Licht Korb Griff Reifen Pedal Schloss Werkstatt Rechnung Termin Lieferung Farbe"
    " warten fahren kaufen fragen helfen tauschen bestellen danke leider wieder schnell langsam heute gestern immer"
).split()
# Few words are said often and many hardly ever, as in every language: the n-th of them 1/n times as often as the first.
VOCABULARY = [*WORDS, *(first + second.lower() for first in WORDS for second in WORDS if first != second)]
_OFTEN = list(accumulate(1 / rank for rank in range(1, len(VOCABULARY) + 1)))


def fill(cases: int) -> dict[str, object]:
    """A world of `cases` cases in as many threads; one in ten is open.

    At most `TAKEN_IN` of them are taken in, and the first batch of these is evaluated; the others are copies.
    """
    times = math.ceil(cases / TAKEN_IN)
    _fill(round(cases / times))
    multiply(times=times)
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    administrator = User.objects.order_by("id")[0]
    case_id = Case.objects.filter(state="OPEN").order_by("answer_due_at", "id").values_list("id", flat=True)[10]
    topic_id = Topic.objects.order_by("id").values_list("id", flat=True)[0]
    pages = {"inbox": "/inbox/", "case": f"/inbox/{case_id}/", "topic": f"/topics/{topic_id}/", "start": "/"}
    return {"cookie": cookie_of(administrator), "pages": pages}


def _fill(cases: int) -> None:
    administrator = first_administrator()
    finish_start(actor=administrator)
    channel = _channel(administrator)
    for number in range(TOPICS):
        topics.create(name=f"Topic {number}", query=WORDS[number], opens_cases=False, actor=administrator)
    chance = random.Random(7)  # noqa: S311 - the same world in every run
    for start in range(0, cases, BATCH):
        said = [_post(number, cases, chance) for number in range(start, min(start + BATCH, cases))]
        take_in(channel=channel, events=said, evaluating=start == 0)
        tell(f"{start + len(said):,} posts taken in")
    _settle_most()
    _answer_settled(channel, administrator)


def count(paths: list[str]) -> dict[str, int]:
    """Queries of each page for a signed-in administrator, once everything that is read only once was read."""
    client = Client(SERVER_NAME="localhost")
    client.cookies = SimpleCookie({settings.SESSION_COOKIE_NAME: os.environ["BENCH_SESSION"]})
    found = {}
    for path in paths:
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(path)
        if answer.status_code != 200:
            raise SystemExit(f"{path} answers {answer.status_code}")
        found[path] = len(captured)
    return found


def _channel(administrator: User) -> Channel:
    channel = channels.connect(network="memory", name="Bench", handle="ours", native_id="ours", actor=administrator)
    channels.pause(channel_id=channel.pk, actor=administrator)
    set_responsibility(
        channel_id=channel.pk, topic_id=None, intent="", owner_id=administrator.pk, deputy_id=None, team_id=None,
        actor=administrator,
    )  # fmt: skip
    return channel


def _post(number: int, cases: int, chance: random.Random) -> Posted:
    person = number % max(cases // 3, 1)
    return Posted(
        network="memory",
        origin="bench.example",
        native_id=str(number),
        author=Author(native_id=str(person), handle=f"h{person}", name=f"Somebody {person}"),
        text=" ".join(chance.choices(VOCABULARY, cum_weights=_OFTEN, k=24)) + "?",
        posted_at=clock.now() - SPAN * chance.random(),
        addressed=True,
    )


def _settle_most() -> None:
    """What lies back is resolved, as in a company that answers; every post gets one of the evaluations there are."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE service_case SET state = 'RESOLVED', resolved_at = last_post_at + interval '3 hours',"
            " first_reply_at = last_post_at + interval '2 hours', answer_due_at = NULL WHERE id %% 100 >= %s",
            [round(OPEN_SHARE * 100)],
        )
        cursor.execute(
            "UPDATE service_casepost place SET state = 'ANSWERED' FROM service_case c"
            " WHERE c.id = place.case_id AND c.state = 'RESOLVED'"
        )
        cursor.execute("SELECT column_name FROM information_schema.columns WHERE table_name = 'triage_evaluation'")
        columns = [name for (name,) in cursor.fetchall() if name not in {"id", "post_id"}]
        into, out = ", ".join(columns), ", ".join(f"known.{name}" for name in columns)
        cursor.execute(
            f"INSERT INTO triage_evaluation (post_id, {into})"  # noqa: S608 - names of our own columns
            f" SELECT p.id, {out} FROM listening_post p JOIN (SELECT row_number() OVER () - 1 AS n, e.*,"
            " count(*) OVER () AS all_of_them FROM triage_evaluation e) known ON known.n = p.id %% known.all_of_them"
            " WHERE NOT EXISTS (SELECT FROM triage_evaluation mine WHERE mine.post_id = p.id)",
            [],
        )


_OF_ANSWER = {
    "key": "gen_random_uuid()", "case_id": "c.id", "in_reply_to_id": "place.post_id", "created_at": "c.last_post_at",
    "parent_native_id": "c.root_native_id", "root_native_id": "c.root_native_id", "sent_at": "c.first_reply_at",
    "native_id": "'answer-' || c.id", "delete_on": "c.last_post_at::date + 720",
}  # fmt: skip


def _answer_settled(channel: Channel, administrator: User) -> None:
    """Every resolved case got one answer, two hours after what was said: copies of one that stands for them all."""
    now = clock.now()
    pattern = Outgoing.objects.create(
        key=uuid.uuid4(), channel=channel, parent_native_id="", root_native_id="", visibility="PUBLIC", created_at=now,
        author=administrator, text="An answer as long as answers are. ^B", state=OutgoingState.SENT, sent_at=now,
        native_id="answer", delete_on=now.date(),
    )  # fmt: skip
    columns = [str(column.column) for column in Outgoing._meta.concrete_fields if not column.primary_key]
    values = [_OF_ANSWER.get(column, f"pattern.{column}") for column in columns]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO service_outgoing ({', '.join(columns)}) SELECT {', '.join(values)}"  # noqa: S608 - our names
            " FROM service_case c JOIN service_casepost place ON place.case_id = c.id, service_outgoing pattern"
            " WHERE c.state = 'RESOLVED' AND pattern.id = %s",
            [pattern.pk],
        )
    pattern.delete()


def cookie_of(user: User) -> str:
    request = HttpRequest()
    request.session = SessionStore()
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    request.session.save()
    return str(request.session.session_key)


def main(arguments: list[str]) -> None:
    """Print what was asked for."""
    found = fill(int(arguments[1])) if arguments[0] == "fill" else count(arguments[1:])
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1:])
