"""Answering a review: there is one answer to each, so what stands there is looked at before anything is said."""

from __future__ import annotations

import contextlib

from resonanz.networks.contract import Correction, Receipt, ReplyOrder, Visibility
from resonanz.networks.errors import Refused
from resonanz.networks.reviews.review import NotThere, Review, Source, Takes, id_of_answer, id_of_answered


class AlreadyAnswered(Refused):
    """There is an answer that is younger than the review; another one would take its place unseen."""

    code = "reviews.already_answered"


def reply(source: Source, order: ReplyOrder) -> Receipt:
    """Say it, unless it stands there; in place of an answer to what the review said before it was changed."""
    if order.visibility is Visibility.PRIVATE:
        raise Refused("private")
    review = source.one(order.parent_id)
    if _says(review, order.text):
        return _receipt(review)
    if review.answer and review.answer.at >= (review.changed_at or review.said_at):
        raise AlreadyAnswered(review.answer.text[:100])
    source.answer(review, order.text)
    return _receipt(review)


def find_sent(source: Source, order: ReplyOrder) -> Receipt | None:
    """Whether the words stand there, whoever said them when: then they are not said again."""
    try:
        review = source.one(order.parent_id)
    except NotThere:
        return None
    return _receipt(review) if _says(review, order.text) else None


def correct(source: Source, correction: Correction) -> None:
    """Other words for the answer that stands there. Raises Refused where there is none any more."""
    review = source.one(id_of_answered(correction.native_id))
    if review.answer is None:
        raise Refused("NotFound")
    if not _says(review, correction.text):
        source.answer(review, correction.text)


def withdraw(source: Takes, native_id: str) -> None:
    """Take the answer back; one that is gone is no error."""
    with contextlib.suppress(NotThere):
        review = source.one(id_of_answered(native_id))
        if review.answer is not None:
            source.take_back(review)


def _says(review: Review, words: str) -> bool:
    """Networks tidy blanks and line breaks."""
    return review.answer is not None and review.answer.text.split() == words.split()


def _receipt(review: Review) -> Receipt:
    return Receipt(native_id=id_of_answer(review.native_id), url=review.url)
