"""A first look: an account of ours on the practice network, a topic, and strangers who say something.

Everything here is made up; the company, the people and their addresses exist nowhere.
"""

from __future__ import annotations

from typing import Any

import httpx

from resonanz.accounts.models import User
from resonanz.accounts.sign_in_links import first_administrator
from resonanz.listening import topics
from resonanz.listening.models import Topic
from resonanz.networks.channels import connect
from resonanz.networks.models import Channel
from resonanz.service.responsibilities import set_responsibility

CHANNEL, TOPIC = "Practice network", "Bicycles"
OURS = "nordhain"
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


def prepare(memory_url: str) -> None:
    """Set the scene once; a second call changes nothing."""
    if Channel.objects.filter(name=CHANNEL).exists():
        return
    administrator = first_administrator()
    _connect(memory_url, administrator)
    if not Topic.objects.filter(name=TOPIC).exists():
        topics.create(name=TOPIC, query="Nordhain OR Fahrrad OR bike*", opens_cases=False, actor=administrator)
    for handle, name, text in SAID:
        stranger = _account(memory_url, handle, name)
        _call(memory_url, "/posts", {"text": text}, token=stranger["token"])


def _connect(memory_url: str, administrator: User) -> None:
    ours = _account(memory_url, OURS, "Nordhain")
    channel = connect(
        network="memory",
        name=CHANNEL,
        address=memory_url,
        handle=ours["handle"],
        native_id=ours["id"],
        secret=ours["token"],
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


def _account(memory_url: str, handle: str, name: str) -> dict[str, Any]:
    return _call(memory_url, "/accounts", {"handle": handle, "name": name})


def _call(memory_url: str, path: str, body: dict[str, str], *, token: str = "") -> dict[str, Any]:
    """One request to our own practice network, whose address the supervisor named."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = httpx.post(memory_url + path, json=body, headers=headers, timeout=10.0, trust_env=False)
    answer.raise_for_status()
    made: dict[str, Any] = answer.json()
    return made
