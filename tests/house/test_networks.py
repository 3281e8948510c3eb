"""Every connector does what it declares and nothing else, and docs/networks.md says the same."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import translation

import resonanz
from resonanz.networks import acts, authorising, contract, pictures, registry, streams
from resonanz.networks.contract import Capability, Entries, Limits, Network, Option
from resonanz.networks.forgetting import Forgets
from resonanz.networks.webhooks import Completes, Leases, SetsWebhooks, TakesForAll, TakesWebhooks
from resonanz.web.wording import connecting_words, entry_words, words

SOURCE = Path(resonanz.__file__).parent
DOCS = Path(__file__).parents[2] / "docs" / "networks.md"
PROMISED: dict[Capability, tuple[Callable[..., object], ...]] = {
    Capability.POLL: (contract.Reads.poll,),
    Capability.STREAM: (streams.Streams.stream,),
    Capability.WEBHOOK: (
        TakesWebhooks.is_genuine,
        TakesWebhooks.prove,
        TakesWebhooks.name_of,
        TakesWebhooks.read,
    ),
    Capability.CONNECT: (
        authorising.Connects.authorize_url,
        authorising.Connects.sign_in,
    ),
    Capability.REGISTER: (authorising.Registers.server_of, authorising.Registers.register),
    Capability.RENEW: (authorising.Renews.renew,),
    Capability.SET_WEBHOOK: (SetsWebhooks.set_webhook, SetsWebhooks.webhook_health),
    Capability.LEASE: (Leases.offer,),
    Capability.APP_WEBHOOK: (TakesForAll.addressees,),
    Capability.COMPLETE: (Completes.complete,),
    Capability.IDENTIFY: (contract.Identifies.identify,),
    Capability.REPLY: (contract.Replies.reply,),
    Capability.READ_BACK: (contract.ReadsBack.find_sent,),
    Capability.PICTURES: (pictures.TakesPictures.upload, pictures.TakesPictures.is_ready),
    Capability.LIKE: (acts.Likes.like,),
    Capability.HIDE: (acts.Hides.hide,),
    Capability.DELETE: (acts.Deletes.delete,),
    Capability.BLOCK: (acts.Blocks.block,),
    Capability.REPORT: (acts.TakesReports.report,),
    Capability.CORRECT: (acts.Corrects.correct,),
    Capability.WITHDRAW: (acts.Withdraws.withdraw,),
}
DECLARED = {"name", "title", "capabilities", "limits", "asks_for", "options", "webhook", "connecting", "app", "tariff"}
ATTRIBUTES = (
    ("options", Capability.LISTEN_WIDER),
    ("webhook", Capability.WEBHOOK),
    ("connecting", Capability.CONNECT),
    ("app", Capability.APP),
    ("tariff", Capability.COSTS),
)
METHODS = [(capability, promise) for capability, promises in PROMISED.items() for promise in promises]


def faults(network: Network) -> list[str]:
    """What a connector lacks, or has without declaring it."""
    found = []
    for capability, promise in METHODS:
        method = getattr(network, promise.__name__, None)
        if (method is not None) != contract.able(network, capability):
            found.append(f"{promise.__name__} and {capability} do not go together")
        elif method is not None and parameters(method) != parameters(promise)[1:]:
            found.append(f"{promise.__name__} takes other parameters than the contract")
    for attribute, capability in ATTRIBUTES:
        if hasattr(network, attribute) != contract.able(network, capability):
            found.append(f"{attribute} and {capability} do not go together")
    found += faults_of_connecting(network)
    public = {name for name, _ in inspect.getmembers(network) if not name.startswith("_")}
    undeclared = public - DECLARED - {promise.__name__ for _, promise in METHODS} - {Forgets.forget.__name__}
    if isinstance(network, Forgets) and parameters(network.forget) != parameters(Forgets.forget)[1:]:
        found.append("forget takes other parameters than the contract")
    if contract.able(network, Capability.STREAM) and not contract.able(network, Capability.POLL):
        found.append("a stream alone misses what happens while it is closed")
    if bool(network.limits.keep_days) != bool(network.limits.keep_source):
        found.append("days of keeping and their source do not go together")
    if not network.title.strip():
        found.append("nobody can read its name")
    return found + [f"{name} is in no contract" for name in sorted(undeclared)]


def faults_of_connecting(network: Network) -> list[str]:
    """What does not go together of letting us in."""
    connects, registers, needs_app, renews = (
        contract.able(network, one)
        for one in (Capability.CONNECT, Capability.REGISTER, Capability.APP, Capability.RENEW)
    )
    found = []
    if (registers and needs_app) or (connects and not (registers or needs_app)) or (registers and not connects):
        found.append("connect goes with one of register and app, and register with connect")
    if renews and not connects:
        found.append("what renews was let in")
    if contract.able(network, Capability.APP_WEBHOOK) and not (
        needs_app and contract.able(network, Capability.WEBHOOK)
    ):
        found.append("app_webhook goes with webhook and app")
    terms: authorising.ConnectTerms | None = getattr(network, "connecting", None)
    if terms is not None and bool(terms.server) == registers:
        found.append("one server of the network's own, or each account's")
    app: authorising.AppTerms | None = getattr(network, "app", None)
    if app is not None and app.signs_with not in {entry.key for entry in app.entries}:
        found.append("nobody types what signs webhooks")
    return found


def parameters(function: object) -> list[tuple[str, object]]:
    assert callable(function)
    return [(parameter.name, parameter.kind) for parameter in inspect.signature(function).parameters.values()]


def documented() -> dict[str, dict[str, str]]:
    """The table in the docs: network → column → word."""
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in DOCS.read_text("utf-8").split("\n## ")[0].splitlines()
        if line.startswith("|") and not line.startswith("|--")
    ]
    return {row[0]: dict(zip(rows[0][1:], row[1:], strict=True)) for row in rows[1:]}


def declared(network: Network) -> dict[str, str]:
    """The line that the table should have."""
    limits = {name: word(value) for name, value in dataclasses.asdict(network.limits).items()}
    return {str(capability): word(contract.able(network, capability)) for capability in Capability} | limits


def word(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(value)
    if value is None:
        return "all"
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


@pytest.mark.parametrize("name", registry.names())
def test_connector_has_exactly_what_it_declares(name: str) -> None:
    network = registry.connector(name)
    assert network.name == name
    assert isinstance(network.capabilities, frozenset)
    assert faults(network) == []


def test_planted_faults_are_seen() -> None:
    class Boastful:
        name = "boastful"
        title = " "
        capabilities = frozenset({Capability.REPLY, Capability.STREAM, Capability.REGISTER, Capability.APP})
        limits = Limits(keep_days=30)
        asks_for = Entries()
        app = authorising.AppTerms(console="", steps=(), entries=())

        def poll(self, account: object, cursor: str) -> None: ...

        def stream(self, account: object, listening: object) -> None: ...

        def applaud(self) -> None: ...

    assert faults(Boastful()) == [
        "poll and poll do not go together",
        "server_of and register do not go together",
        "register and register do not go together",
        "reply and reply do not go together",
        "connect goes with one of register and app, and register with connect",
        "nobody types what signs webhooks",
        "a stream alone misses what happens while it is closed",
        "days of keeping and their source do not go together",
        "nobody can read its name",
        "applaud is in no contract",
    ]


@pytest.mark.parametrize("name", registry.names())
def test_network_is_read_by_its_title(name: str) -> None:
    with translation.override("en"):
        assert words.word("networks", name) == registry.connector(name).title


def test_titles_tell_networks_apart() -> None:
    titles = [registry.connector(name).title for name in registry.names()]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("name", registry.names())
def test_every_option_has_words(name: str) -> None:
    network = registry.connector(name)
    options: tuple[Option, ...] = getattr(network, "options", ()) + network.asks_for.options
    assert {option.key for option in options} <= entry_words.OPTIONS.keys()
    assert {f"{option.key}.{one}" for option in options for one in option.choices} <= entry_words.OPTION_CHOICES.keys()


@pytest.mark.parametrize("name", registry.names())
def test_every_entry_that_is_called_otherwise_has_words(name: str) -> None:
    asked = registry.connector(name).asks_for
    called = {entry.called for entry in (asked.address, asked.handle, asked.secret) if entry and entry.called}
    assert called <= entry_words.ENTRIES.keys()
    assert called <= entry_words.ENTRIES_EXPLAINED.keys()


@pytest.mark.parametrize("name", registry.names())
def test_all_that_is_told_about_connecting_has_words(name: str) -> None:
    network = registry.connector(name)
    terms: authorising.ConnectTerms = getattr(network, "connecting", authorising.ConnectTerms())
    app: authorising.AppTerms | None = getattr(network, "app", None)
    assert set(terms.needs) <= connecting_words.CONNECT_NEEDS.keys()
    assert set(terms.sees) <= connecting_words.CONNECT_SEES.keys()
    assert set(terms.sees_not) <= connecting_words.CONNECT_SEES_NOT.keys()
    assert set(terms.costs) <= connecting_words.CONNECT_COSTS.keys()
    assert {f"{name}.{right}" for right in terms.rights} <= connecting_words.RIGHTS.keys()
    assert {step.code for step in app.steps} <= connecting_words.APP_STEPS.keys() if app else True


def test_table_in_the_docs_is_true() -> None:
    assert documented() == {name: declared(registry.connector(name)) for name in registry.names()}


def names_of_networks_in(source: str, named: set[str]) -> list[str]:
    """Where code says the name or the title of a network.

    One letter is also the axis of a chart; it is a name where it is compared with a network, or given as one.
    """
    nodes = list(ast.walk(ast.parse(source)))
    constants = [node for node in nodes if isinstance(node, ast.Constant) and len(str(node.value)) > 1]
    for node in nodes:
        if isinstance(node, ast.Compare) and "network" in ast.unparse(node):
            constants += [
                part for part in ast.walk(node) if isinstance(part, ast.Constant) and len(str(part.value)) == 1
            ]
        elif isinstance(node, ast.keyword) and node.arg == "network" and isinstance(node.value, ast.Constant):
            constants += [node.value] if len(str(node.value.value)) == 1 else []
    return [f"{one.lineno}: {one.value}" for one in constants if isinstance(one.value, str) and one.value in named]


def names_of_networks_on(page: str, named: set[str]) -> list[str]:
    """Which of them a page says; one letter only where it is compared with a network."""
    return [
        name for name in named
        if re.search(rf"\b{re.escape(name)}\b" if len(name) > 1 else rf"network[^%]*[\"']{name}[\"']", page)
    ]  # fmt: skip


def test_no_file_outside_of_networks_names_one() -> None:
    """But for those that every installation has: feeds, files and practice have pages and commands of their own."""
    own = [registry.connector(name) for name in registry.names() if name not in words.HOUSE_NETWORKS]
    named = {network.name for network in own} | {network.title for network in own}
    assert "Mastodon" in named
    files = [file for file in SOURCE.rglob("*.py") if SOURCE / "networks" not in file.parents]
    assert {file.name: found for file in files if (found := names_of_networks_in(file.read_text("utf-8"), named))} == {}
    pages = [page.read_text("utf-8") for page in SOURCE.rglob("templates/**/*.html")]
    assert [name for page in pages for name in names_of_networks_on(page, named)] == []


def test_name_of_a_network_outside_is_seen() -> None:
    planted = 'if network == "mastodon":\n    title = _("Mastodon")\n'
    assert names_of_networks_in(planted, {"mastodon", "Mastodon"}) == ["1: mastodon", "2: Mastodon"]


def test_name_of_one_letter_is_seen_where_it_is_a_network() -> None:
    planted = 'if case.channel.network == "x" or Account(network="x"):\n    axis = {"x": 1}\n'
    assert names_of_networks_in(planted, {"x", "X"}) == ["1: x", "1: x"]
    assert names_of_networks_on('{% if channel.network == "x" %}<rect x="1">', {"x", "Mastodon"}) == ["x"]
    assert names_of_networks_on('<rect x="1">', {"x"}) == []


def test_every_network_has_a_section_in_the_docs() -> None:
    sections = {line.removeprefix("## ") for line in DOCS.read_text("utf-8").splitlines() if line.startswith("## ")}
    assert set(registry.names()) <= sections


def test_unknown_network_is_refused() -> None:
    with pytest.raises(registry.UnknownNetwork) as unknown:
        registry.connector("myspace")
    assert unknown.value.params == {"name": "myspace"}
