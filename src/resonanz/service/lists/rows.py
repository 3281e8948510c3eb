"""What a list says of each case, in one statement for a whole page of them.

Composed by the ORM it would be three times as long, and composing it would take longer than its answer.
"""

from __future__ import annotations

from collections.abc import Sequence

from resonanz.service.models import Case, OutgoingState

MOST_SHOWN = 300
"""So much of a text a row of a list shows at most; a post may have a hundred thousand characters."""
MOST_ALIKE = 100
"""How many others that say nearly the same are counted; beyond, it is enough to know that they are many."""

_OF_CASE = ", ".join(f"c.{field.column}" for field in Case._meta.concrete_fields)
_ROWS = f"""
SELECT {_OF_CASE}, channel.name AS channel_name, channel.network AS network, coalesce(topic.name, '') AS topic_name,
    coalesce(nullif(holder.name, ''), holder.email, '') AS holder_name,
    coalesce(nullif(owner.name, ''), owner.email, '') AS owner_name,
    coalesce(latest.begins, '') AS latest_text, coalesce(latest.author, '') AS latest_author,
    ARRAY(
        SELECT ARRAY[tag.name, tag.colour] FROM service_casetag bears JOIN service_tag tag ON tag.id = bears.tag_id
        WHERE bears.case_id = c.id ORDER BY tag.name
    ) AS tags,
    EXISTS (
        SELECT FROM service_outgoing o WHERE o.case_id = c.id AND o.state = '{OutgoingState.ASSISTED}'
    ) AS by_hand,
    EXISTS (
        SELECT FROM service_declaration d WHERE d.case_id = c.id AND d.state IN ('FOUND', 'RUNNING')
    ) AS declared,
    (SELECT count(*) FROM (
        SELECT FROM triage_likeness mine
        JOIN triage_likeness other ON other.alike = mine.alike AND other.post_id <> mine.post_id
        WHERE mine.post_id = latest.post_id LIMIT {MOST_ALIKE}
    ) alike) AS others_alike
FROM unnest(%s::bigint[]) WITH ORDINALITY AS shown (id, place)
JOIN service_case c ON c.id = shown.id
JOIN networks_channel channel ON channel.id = c.channel_id
LEFT JOIN listening_topic topic ON topic.id = c.topic_id
LEFT JOIN accounts_user holder ON holder.id = c.claimed_by_id
LEFT JOIN accounts_user owner ON owner.id = c.assignee_id
LEFT JOIN LATERAL (
    SELECT post.id AS post_id,
        -- Of a review without words, its stars.
        coalesce(
            nullif(left(post.text, {MOST_SHOWN}), ''), repeat('★', post.rating) || repeat('☆', 5 - post.rating)
        ) AS begins,
        coalesce(nullif(post.author_name, ''), post.author_handle) AS author
    FROM service_casepost place JOIN listening_post post ON post.id = place.post_id
    WHERE place.case_id = c.id AND post.speaker = 'OUTSIDER' ORDER BY post.posted_at DESC, place.id DESC LIMIT 1
) latest ON true
ORDER BY shown.place
"""  # noqa: S608 # of constants


def rows(*, case_ids: Sequence[int]) -> list[Case]:
    """These cases in this order, each with what its row says of others; those that are gone are left out.

    `latest_text` and `latest_author` are of the newest post in it by somebody else, `tags` are pairs of name and
    colour, by name; `others_alike` counts what says nearly the same as the newest, up to MOST_ALIKE; `holder_name` is
    whoever has it in hand or had, `owner_name` whom it is assigned to.
    """
    return list(Case.objects.raw(_ROWS, [list(case_ids)])) if case_ids else []
