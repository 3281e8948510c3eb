"""What else than answering can be done there: favourites, blocks, reports, and our own answers edited or deleted.

Nobody can hide or delete what others said below a status there: the server's moderators decide, so it is reported.
"""

from __future__ import annotations

from resonanz.networks.contract import Account, Correction, Report
from resonanz.networks.mastodon import client
from resonanz.networks.mastodon.writing import mentions_before

_MOST_IN_REPORT = 1_000  # characters that Mastodon takes as the comment of a report


def like(account: Account, native_id: str, *, on: bool) -> None:
    """A favourite, or none any more; either twice changes nothing."""
    _post(account, f"/api/v1/statuses/{client.path_id(native_id)}/{'favourite' if on else 'unfavourite'}")


def block(account: Account, author_id: str, *, on: bool) -> None:
    """Neither sees the other any more, or both do again."""
    _post(account, f"/api/v1/accounts/{client.path_id(author_id)}/{'block' if on else 'unblock'}")


def report(account: Account, report: Report) -> None:
    """To the moderators of our own server. It is not forwarded: that would tell the other server who reports."""
    body = {
        "account_id": report.author_id,
        "status_ids": [report.native_id],
        "comment": report.words[:_MOST_IN_REPORT],
        "forward": False,
        "category": "other",
    }
    _post(account, "/api/v1/reports", body)


def correct(account: Account, correction: Correction) -> None:
    """Other words, after the mentions that the status began with. Language and pictures stay."""
    path = f"/api/v1/statuses/{client.path_id(correction.native_id)}"
    source = client.get_object(account, f"{path}/source")
    standing = client.get_object(account, path)
    said = source.get("text")
    body = {
        "status": mentions_before(said if isinstance(said, str) else "", correction.text),
        "spoiler_text": source.get("spoiler_text") or "",
        "media_ids": [one["id"] for one in standing.get("media_attachments") or [] if isinstance(one, dict)],
        "content_type": "text/plain",
    }
    if isinstance(standing.get("language"), str) and standing["language"]:
        body["language"] = standing["language"]
    client.accepted(client.ask("PUT", client.base(account) + path, token=account.secret, body=body))


def withdraw(account: Account, native_id: str) -> None:
    """Deleted; one that is gone already is no error."""
    url = f"{client.base(account)}/api/v1/statuses/{client.path_id(native_id)}"
    answer = client.ask("DELETE", url, token=account.secret)
    if not client.is_gone(answer):
        client.accepted(answer)


def _post(account: Account, path: str, body: object = None) -> None:
    client.accepted(client.ask("POST", client.base(account) + path, token=account.secret, body=body or {}))
