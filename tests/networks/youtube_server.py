"""YouTube's Data API on the loopback, as its reference says that it answers.

Threads with their newest first in pages, few of their answers beside them, films that only their owner sees,
moderation, texts as HTML unless they are asked for plain, units that are used up, searches rationed apart, Google's
shapes of errors, tokens that end, and no word at all where something was deleted. What is wrong with it is said by
`faulty`, which answers first.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.networks.loopback_server import Answer, LoopbackServer

from resonanz.core import clock

TOKEN = "ya29.token"
US = "UCnordhain0000000000000A"
RIGHT = "https://www.googleapis.com/auth/youtube.force-ssl"
PATH = "/youtube/v3/"
Comment = dict[str, Any]


def as_json(found: object, status: int = 200) -> Answer:
    """An answer of Google."""
    return status, {"Content-Type": "application/json; charset=UTF-8"}, json.dumps(found).encode()


def fault(status: int, reason: str, words: str = "Something is wrong.", domain: str = "youtube.api") -> Answer:
    """A no, with its reason where Google puts it."""
    errors = [{"message": words, "domain": domain, "reason": reason}]
    return as_json({"error": {"code": status, "message": words, "errors": errors}}, status)


QUOTA = fault(
    403, "quotaExceeded", "The request cannot be completed because you have exceeded your quota.", "youtube.quota"
)


@dataclass
class YouTubeServer(LoopbackServer):
    """`channels`: their ids by handle. `comments`, `films`: by id. `units`, `searches`: what is left of the day.

    `tells_held`: whether a question by id tells what is held for review; `refuses_missing`: it is refused as a whole
    where one of them is not there. The reference leaves both open.
    """

    channels: dict[str, str] = field(
        default_factory=lambda: {"nordhain": US, "ada": "UCada00000000000000000AA", "bob": "UCbob00000000000000000AA"}
    )
    comments: dict[str, Comment] = field(default_factory=dict)
    films: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    page: int = 100
    beside: int = 5
    units: int = 10_000
    searches: int = 100
    tells_held: bool = True
    refuses_missing: bool = False
    renewals: set[str] = field(default_factory=lambda: {"1//renewal"})
    granted: str = RIGHT
    faulty: Callable[[str, str], Answer | None] = lambda _method, _path: None

    # What people do there.

    def show(
        self, title: str, *, who: str = "nordhain", ago: timedelta = timedelta(hours=2), privacy: str = "public"
    ) -> str:
        """A new film; its id."""
        film = f"film{len(self.films):07d}"
        self.films[film] = {
            "kind": "youtube#video", "id": film,
            "snippet": {"publishedAt": _written(ago), "channelId": self.channels[who], "title": title,
                        "channelTitle": who.title(), "description": f"Über {title}", "defaultLanguage": "de",
                        "thumbnails": {"high": {"url": f"https://i.ytimg.com/vi/{film}/hq.jpg", "width": 480}}},
            "statistics": {"viewCount": "120", "likeCount": "7", "commentCount": "2"},
            "status": {"privacyStatus": privacy},
        }  # fmt: skip
        return film

    def say(
        self, who: str, words: str, *, on: str = "", below: Comment | None = None,
        ago: timedelta = timedelta(minutes=10), status: str = "published",
    ) -> Comment:  # fmt: skip
        """A comment below a film, or an answer below another one."""
        own = f"Ug{len(self.comments):06d}AaABAg"
        root = below["id"].partition(".")[0] if below else ""
        made: Comment = {
            "id": f"{root}.{own}" if root else own,
            "film": below["film"] if below else on,
            "snippet": {
                "authorDisplayName": f"@{who}", "authorChannelId": {"value": self.channels[who]},
                "authorChannelUrl": f"http://www.youtube.com/@{who}", "canRate": True, "viewerRating": "none",
                "channelId": US, "likeCount": 0, "textDisplay": words, "publishedAt": _written(ago),
                "updatedAt": _written(ago), "moderationStatus": status, **({"parentId": root} if root else {}),
            },
        }  # fmt: skip
        self.comments[made["id"]] = made
        return made

    def edit(self, comment: Comment, words: str) -> None:
        """Its author says it otherwise."""
        comment["snippet"] |= {"textDisplay": words, "updatedAt": _written(timedelta())}

    def delete(self, comment: Comment) -> None:
        """With all that stands below it."""
        root = f"{comment['id']}."
        self.comments = {key: one for key, one in self.comments.items() if key != comment["id"] and root not in key}

    # What it answers.

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer | None:
        """The answer to one request."""
        self.asked.append(f"{method} {path}")
        if found := self.faulty(method, path):
            return found
        address = urlsplit(path)
        asked = {name: values[0] for name, values in parse_qs(address.query).items()}
        if address.path == "/token":
            return self._token({name: values[0] for name, values in parse_qs(body.decode()).items()})
        if headers.get("Authorization") != f"Bearer {TOKEN}":
            return fault(401, "authError", "Invalid Credentials", "global")
        resource = address.path.removeprefix(PATH)
        if self._is_used_up(method, resource):
            return QUOTA
        return self._route(method, resource, asked, json.loads(body) if body else {})

    def _is_used_up(self, method: str, resource: str) -> bool:
        if resource == "search":
            self.searches -= 1
            return self.searches < 0
        self.units -= 1 if method == "GET" else 50
        return self.units < 0

    def _route(self, method: str, resource: str, asked: dict[str, str], sent: dict[str, Any]) -> Answer:
        routes: dict[tuple[str, str], Callable[[dict[str, str], dict[str, Any]], Answer]] = {
            ("GET", "channels"): self._channels,
            ("GET", "playlistItems"): self._uploads,
            ("GET", "videos"): self._videos,
            ("GET", "search"): self._search,
            ("GET", "commentThreads"): self._threads,
            ("GET", "comments"): self._comments,
            ("POST", "comments"): self._answer_below,
            ("POST", "commentThreads"): self._begin,
            ("PUT", "comments"): self._update,
            ("DELETE", "comments"): self._delete,
            ("POST", "comments/setModerationStatus"): self._moderate,
        }
        act = routes.get((method, resource))
        return act(asked, sent) if act else fault(404, "notFound")

    def _channels(self, asked: dict[str, str], _sent: dict[str, Any]) -> Answer:
        snippet = {"title": "Nordhain Räder", "customUrl": "@nordhain", "publishedAt": "2020-01-01T00:00:00Z"}
        lists = {"relatedPlaylists": {"likes": "", "uploads": "UU" + US[2:]}}
        mine = "nordhain" in self.channels and (asked.get("mine") == "true" or asked.get("id") == US)
        item = {"kind": "youtube#channel", "id": US, "snippet": snippet, "contentDetails": lists}
        return _listed("channel", [item] if mine else [])

    def _uploads(self, asked: dict[str, str], _sent: dict[str, Any]) -> Answer:
        ours = [film for film in self.films.values() if film["snippet"]["channelId"] == US]
        if asked["playlistId"] != "UU" + US[2:] or not ours:
            return fault(404, "playlistNotFound", "The playlist cannot be found.")
        return _listed("playlistItem", [{"contentDetails": {"videoId": film["id"]}} for film in reversed(ours)])

    def _videos(self, asked: dict[str, str], _sent: dict[str, Any]) -> Answer:
        ids = asked["id"].split(",")
        if len(ids) > 50:
            return fault(400, "invalidFilters", "Too many ids.")
        return _listed("video", [self.films[one] for one in ids if one in self.films])

    def _search(self, asked: dict[str, str], _sent: dict[str, Any]) -> Answer:
        wanted = [word.casefold() for word in asked["q"].split("|")]
        found = [
            {"kind": "youtube#searchResult", "id": {"kind": "youtube#video", "videoId": film["id"]}}
            for film in self.films.values()
            if film["status"]["privacyStatus"] == "public"
            and any(word in film["snippet"]["title"].casefold() for word in wanted)
            and film["snippet"]["publishedAt"] >= asked["publishedAfter"]
        ]
        return _listed("searchList", found)

    def _threads(self, asked: dict[str, str], _sent: dict[str, Any]) -> Answer:
        tops = [one for one in self.comments.values() if "." not in one["id"]]
        if "id" in asked:
            ids = asked["id"].split(",")
            if len(ids) > 50 or "maxResults" in asked or "order" in asked:
                return fault(400, "invalidFilters", "Not with these ids.")
            found = self._by_id(ids)
            if self.refuses_missing and len(found) < len(ids):
                return fault(404, "commentThreadNotFound", "One or more threads cannot be found.")
            return _listed("commentThread", [self._thread(one, asked) for one in found])
        tops = [one for one in tops if self._is_listed(one, asked.get("moderationStatus", "published"))]
        if film := asked.get("videoId"):
            tops = [one for one in tops if one["film"] == film]
        elif asked.get("allThreadsRelatedToChannelId") != US:
            return fault(403, "forbidden", "The comment threads could not be retrieved.", "youtube.commentThread")
        return self._paged("commentThread", [self._thread(one, asked) for one in _newest_first(tops)], asked)

    def _thread(self, top: Comment, asked: dict[str, str]) -> dict[str, Any]:
        below = self._below(top["id"])
        snippet = {
            "channelId": US, "topLevelComment": _comment(top, asked), "canReply": True, "isPublic": True,
            "totalReplyCount": len(below), **({"videoId": top["film"]} if top["film"] else {}),
        }  # fmt: skip
        shown = [_comment(one, asked) for one in below[: self.beside]]
        replies = {"replies": {"comments": shown}} if shown and "replies" in asked["part"] else {}
        return {"kind": "youtube#commentThread", "id": top["id"], "snippet": snippet, **replies}

    def _comments(self, asked: dict[str, str], _sent: dict[str, Any]) -> Answer:
        if "id" in asked:
            ids = asked["id"].split(",")
            found = self._by_id(ids)
            if self.refuses_missing and len(found) < len(ids):
                return fault(404, "commentNotFound", "One or more comments cannot be found.", "youtube.comment")
            return _listed("commentList", [_comment(one, asked) for one in found])
        if asked["parentId"] not in self.comments:
            return fault(404, "commentNotFound", "The specified comments cannot be found.", "youtube.comment")
        return self._paged("commentList", [_comment(one, asked) for one in self._below(asked["parentId"])], asked)

    def _paged(self, kind: str, found: list[Any], asked: dict[str, str]) -> Answer:
        begin, size = int(asked.get("pageToken", "0")), min(int(asked.get("maxResults", "20")), self.page)
        rest = {"nextPageToken": str(begin + size)} if len(found) > begin + size else {}
        return _listed(kind, found[begin : begin + size], **rest)

    def _answer_below(self, _asked: dict[str, str], sent: dict[str, Any]) -> Answer:
        self.sent.append(sent)
        parent = self.comments.get(sent["snippet"]["parentId"])
        if parent is None or "." in parent["id"]:
            return fault(404, "parentCommentNotFound", "The specified parent comment could not be found.")
        if not sent["snippet"]["textOriginal"].strip():
            return fault(400, "commentTextRequired", "The comment must include text.")
        made = self.say("nordhain", sent["snippet"]["textOriginal"], below=parent, ago=timedelta())
        return as_json(_comment(made, {"textFormat": "html"}))

    def _begin(self, _asked: dict[str, str], sent: dict[str, Any]) -> Answer:
        self.sent.append(sent)
        film = sent["snippet"]["videoId"]
        if film not in self.films:
            return fault(404, "videoNotFound", "The video cannot be found.")
        words = sent["snippet"]["topLevelComment"]["snippet"]["textOriginal"]
        return as_json(self._thread(self.say("nordhain", words, on=film, ago=timedelta()), {"part": "snippet"}))

    def _update(self, _asked: dict[str, str], sent: dict[str, Any]) -> Answer:
        if not (ours := self._ours(sent["id"])):
            return fault(403, "forbidden", "The comment cannot be updated.", "youtube.comment")
        self.edit(ours, sent["snippet"]["textOriginal"])
        return as_json(_comment(ours, {}))

    def _delete(self, asked: dict[str, str], _sent: dict[str, Any]) -> Answer:
        if asked["id"] not in self.comments:
            return fault(404, "commentNotFound", "The specified comment could not be found.", "youtube.comment")
        if not (ours := self._ours(asked["id"])):
            return fault(403, "forbidden", "The comment cannot be deleted.", "youtube.comment")
        self.delete(ours)
        return 204, {}, b""

    def _moderate(self, asked: dict[str, str], _sent: dict[str, Any]) -> Answer:
        if asked["id"] not in self.comments:
            return fault(404, "commentNotFound", "One or more comments could not be found.", "youtube.comment")
        comment = self.comments[asked["id"]]
        if comment["snippet"]["channelId"] != US or comment["snippet"]["moderationStatus"] == "rejected":
            return fault(403, "forbidden", "The comment cannot be moderated.", "youtube.comment")
        comment["snippet"]["moderationStatus"] = asked["moderationStatus"]
        return 204, {}, b""

    def _token(self, form: dict[str, str]) -> Answer:
        if (form.get("client_id"), form.get("client_secret")) != ("client", "client-secret"):
            return as_json({"error": "invalid_client", "error_description": "Unauthorized"}, 401)
        given = {"access_token": TOKEN, "expires_in": 3599, "scope": self.granted, "token_type": "Bearer"}
        if form.get("grant_type") == "authorization_code" and form.get("code") == "good-code":
            return as_json(given | {"refresh_token": "1//renewal"})
        if form.get("grant_type") == "refresh_token" and form.get("refresh_token") in self.renewals:
            return as_json(given)
        return as_json({"error": "invalid_grant", "error_description": "Token has been expired or revoked."}, 400)

    def _below(self, root: str) -> list[Comment]:
        below = [one for key, one in self.comments.items() if key.startswith(f"{root}.")]
        return [one for one in below if one["snippet"]["moderationStatus"] == "published"]

    def _by_id(self, ids: list[str]) -> list[Comment]:
        found = [self.comments[one] for one in ids if one in self.comments]
        return [one for one in found if self.tells_held or one["snippet"]["moderationStatus"] == "published"]

    def _is_listed(self, top: Comment, status: str) -> bool:
        """Also where only an answer of the thread waits."""
        below = [one for key, one in self.comments.items() if key.startswith(f"{top['id']}.")]
        waiting = [one for one in below if status != "published"]
        return any(one["snippet"]["moderationStatus"] == status for one in [top, *waiting])

    def _ours(self, native_id: str) -> Comment | None:
        found = self.comments.get(native_id)
        return found if found and found["snippet"]["authorChannelId"]["value"] == US else None


def _comment(said: Comment, asked: dict[str, str]) -> dict[str, Any]:
    """HTML, unless it is asked for plain; the words as they were typed only for their author."""
    snippet = dict(said["snippet"])
    if asked.get("textFormat") != "plainText":
        snippet["textDisplay"] = re.sub(r"\n", "<br>", html.escape(snippet["textDisplay"]))
    if snippet.get("authorChannelId") == {"value": US}:
        snippet["textOriginal"] = said["snippet"]["textDisplay"]
    return {"kind": "youtube#comment", "id": said["id"], "snippet": snippet}


def _newest_first(found: list[Comment]) -> list[Comment]:
    return sorted(found, key=lambda one: str(one["snippet"]["publishedAt"]), reverse=True)


def _listed(kind: str, items: list[Any], **more: str) -> Answer:
    return as_json(
        {"kind": f"youtube#{kind}Response", "pageInfo": {"totalResults": len(items)}, "items": items, **more}
    )


def _written(ago: timedelta) -> str:
    return (clock.now() - ago).strftime("%Y-%m-%dT%H:%M:%SZ")
