"""The demonstration: a made-up company with its history, or, for tests, a small scene of eight posts.

Everything here is made up; the company, the people and their addresses exist nowhere.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx

from resonanz.accounts.sign_in_links import first_administrator
from resonanz.core import clock
from resonanz.duties.responsibilities import set_responsibility
from resonanz.listening import topics
from resonanz.listening.models import Topic
from resonanz.networks.connections.channels import connect
from resonanz.networks.models import Channel
from resonanz.ops.data_folder import open_data_folder
from resonanz.ops.demo_world import captured, company, history, progress
from resonanz.ops.demo_world.lines import OURS, lines
from resonanz.ops.demo_world.moments import FURTHEST_PAST
from resonanz.ops.demo_world.practice import Practice

CHANNEL, TOPIC = "Practice network", "Bicycles"
SAID = [
    ("jonas_b", "Jonas B.", "@nordhain Zum dritten Mal schaltet der Akku mitten auf der Strecke ab. Was soll ich tun?"),
    ("selin_oe", "Selin Ö.", "@nordhain Passt der neue Gepäckträger auch an das Trekking 5 aus dem letzten Jahr?"),
    ("r_thal", "Regine T.", "@nordhain Seit vier Wochen warte ich auf meine Bestellung, und am Telefon legt man auf."),
    ("lars_h", "Lars H.", "Service in Freiburg: zehn Minuten, Schaltung läuft wieder. Danke, @nordhain!"),
    ("tom2w", "Tom on two wheels", "Does anyone know whether Nordhain ships the cargo bike to Denmark?"),
    ("kurbel", "Kurbelwelle", "Neues Fahrrad, neues Glück. Die Nordhain-Werkstatt war flott."),
    ("anke_p", "Anke P.", "Heute nur Regen. Wer hat eigentlich die Sonne abbestellt?"),
    ("mika", "Mika", "@nordhain my bike computer shows Klingon since the update, is that a feature?"),
]


def prepare(*, memory_url: str, network_file: Path) -> None:
    """Set the scene and play the past fourteen days, once; what was interrupted goes on where it stopped."""
    folder = open_data_folder(None).path
    so_far = progress.load(folder)
    if so_far.prepared:
        return
    progress.keep(folder, so_far)  # from now on this folder holds a demonstration
    practice = Practice.at(url=memory_url, file=network_file)
    start = clock.now()
    practice.move_clock(None)
    with clock.moved_to(start - FURTHEST_PAST):
        company.set_up(practice=practice, start=start)
    history.play(practice=practice, start=start, said=lines())
    captured.bring(start=start)
    so_far.seen = _last_answer(practice)
    so_far.prepared = True
    progress.keep(folder, so_far)


def _last_answer(practice: Practice) -> int:
    """The newest of our answers in the past: nobody reacts to these any more."""
    last = 0
    while answers := practice.answers(after=last):
        last = int(answers[-1]["id"])
    return last


def prepare_small(*, memory_url: str) -> None:
    """An account of ours, a topic, and eight posts that nobody has read; a second call changes nothing."""
    if Channel.objects.filter(name=CHANNEL).exists():
        return
    administrator = first_administrator()
    ours = _call(memory_url, "/accounts", {"handle": OURS, "name": company.NAME})
    channel = connect(
        network="memory",
        name=CHANNEL,
        address=memory_url,
        handle=ours["handle"],
        native_id=ours["id"],
        secret=ours["token"],
        is_live=True,  # nobody outside of this machine ever waits here
        actor=administrator,
    )
    set_responsibility(
        channel_id=channel.pk,
        topic_id=None,
        intent="",
        owner_id=administrator.pk,
        deputy_id=None,
        team_id=None,
        actor=administrator,
    )
    if not Topic.objects.filter(name=TOPIC).exists():
        topics.create(name=TOPIC, query="Nordhain OR Fahrrad OR bike*", opens_cases=False, actor=administrator)
    for handle, name, text in SAID:
        stranger = _call(memory_url, "/accounts", {"handle": handle, "name": name})
        _call(memory_url, "/posts", {"text": text}, token=stranger["token"])


def _call(memory_url: str, path: str, body: dict[str, str], *, token: str = "") -> dict[str, Any]:
    """One request to our own practice network, whose address the supervisor named."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = httpx.post(memory_url + path, json=body, headers=headers, timeout=10.0, trust_env=False)
    answer.raise_for_status()
    made: dict[str, Any] = answer.json()
    return made
