"""Asking servers of reviews on the loopback as a channel does: polls and orders."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol

from tests.networks.batches import events
from tests.networks.review_server import ReviewServer

from resonanz.networks import contract
from resonanz.networks.contract import Batch, Deleted, Edited, Posted, ReplyOrder, Visibility

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class ReviewNetwork(contract.Reads, contract.Replies, contract.ReadsBack, Protocol):
    """What all networks of reviews can do."""


def poll(network: ReviewNetwork, server: ReviewServer, cursor: str = "") -> list[Batch]:
    """All that one poll brings."""
    return list(network.poll(server.account(), cursor))


def told(batches: list[Batch]) -> list[tuple[str, str]]:
    """What happened to which post, in short."""
    kinds = {Posted: "posted", Edited: "edited", Deleted: "deleted"}
    return [(kinds[type(event)], event.native_id) for event in events(batches)]


def order(review_id: str, text: str = "Danke, das freut uns.", *, private: bool = False) -> ReplyOrder:
    """An answer to a review."""
    visibility = Visibility.PRIVATE if private else Visibility.PUBLIC
    return ReplyOrder(key="k", text=text, parent_id=review_id, root_id=review_id, visibility=visibility)
