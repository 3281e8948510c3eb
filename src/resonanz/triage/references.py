"""What others reached, as published: on the official test of each set, which nothing here learns from or measures on.

So a figure stands beside ours for orientation; it is compared with ours only where both were taken on the same texts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reference:
    """One published figure, between 0 and 1: what a system reached in a measure on a set, and where that is said."""

    label: str
    language: str
    set: str
    measure: str
    figure: float
    system: str
    source: str


_XLM_T = "Barbieri et al., LREC 2022"
_TWEETEVAL = "Barbieri et al., Findings of EMNLP 2020"
_BOARD = "leaderboard in cardiffnlp/tweeteval"
_GERMEVAL_2018 = "Wiegand et al., GermEval 2018"
_GELECTRA = "Chan et al., COLING 2020"
_GERMEVAL_2021 = "Risch et al., GermEval 2021"
_EMBEDDINGS = "Hildebrandt et al., GermEval 2021"
_COMPLAINTS = "Jin and Aletras, COLING 2020"
_FEATURES = "Preoţiuc-Pietro et al., ACL 2019"
_FLAUSCH = "Thelen et al., GermEval 2025"
_SUGGESTIONS = "Negi et al., SemEval 2019, task 9"
_GERMEVAL_2017 = "Wojatzki et al., GermEval 2017"
_ADAPTED = "Idrissi-Yaghir et al., SN Comput. Sci. 2023"

REFERENCES = (
    Reference("sentiment", "de", "xlmt_de", "macro-F1", 0.773, "XLM-T", _XLM_T),
    Reference("sentiment", "de", "xlmt_de", "macro-F1", 0.736, "XLM-R", _XLM_T),
    Reference("sentiment", "de", "xlmt_de", "macro-F1", 0.596, "fastText", _XLM_T),
    Reference("sentiment", "de", "germeval2017_de", "micro-F1", 0.851, "transformer, 20,941 texts", _ADAPTED),
    Reference("sentiment", "de", "germeval2017_de", "micro-F1", 0.749, "winner of 2017", _GERMEVAL_2017),
    Reference("sentiment", "en", "xlmt_en", "macro-F1", 0.706, "XLM-T", _XLM_T),
    Reference("sentiment", "en", "xlmt_en", "macro-F1", 0.682, "XLM-R", _XLM_T),
    Reference("sentiment", "en", "xlmt_en", "macro-F1", 0.509, "fastText", _XLM_T),
    Reference("sentiment", "en", "tweeteval_sentiment_en", "macro-recall", 0.734, "BERTweet", _BOARD),
    Reference("sentiment", "en", "tweeteval_sentiment_en", "macro-recall", 0.713, "RoBERTa-base", _TWEETEVAL),
    Reference("sentiment", "en", "tweeteval_sentiment_en", "macro-recall", 0.629, "SVM", _TWEETEVAL),
    Reference("complaint", "en", "complaints_en", "macro-F1, 10 folds", 0.87, "BERT family", _COMPLAINTS),
    Reference("complaint", "en", "complaints_en", "macro-F1, 10 folds", 0.79, "features, log. regression", _FEATURES),
    Reference("praise", "de", "flausch_de", "F1", 0.891, "XLM-R-large", _FLAUSCH),
    Reference("suggestion", "en", "suggestions_en", "F1", 0.78, "ensemble of BERT", _SUGGESTIONS),
    Reference("offensive", "de", "germeval2018_de", "macro-F1", 0.807, "GELECTRA-large", _GELECTRA),
    Reference("offensive", "de", "germeval2018_de", "macro-F1", 0.768, "winner of 2018", _GERMEVAL_2018),
    Reference("offensive", "de", "germeval2018_de", "macro-F1", 0.692, "median of 51 runs", _GERMEVAL_2018),
    Reference("offensive", "en", "tweeteval_offensive_en", "macro-F1", 0.822, "TimeLMs", _BOARD),
    Reference("offensive", "en", "tweeteval_offensive_en", "macro-F1", 0.795, "BERTweet", _BOARD),
    Reference("offensive", "en", "tweeteval_offensive_en", "macro-F1", 0.734, "fastText", _TWEETEVAL),
    Reference("toxic", "de", "germeval2021_de", "official F1", 0.718, "best of the task", _GERMEVAL_2021),
    Reference("toxic", "de", "germeval2021_de", "official F1", 0.668, "embeddings, log. regression", _EMBEDDINGS),
    Reference("constructive", "de", "germeval2021_de", "official F1", 0.699, "best of the task", _GERMEVAL_2021),
    Reference(
        "constructive", "de", "germeval2021_de", "official F1", 0.699, "embeddings, log. regression", _EMBEDDINGS
    ),
    Reference("claims_fact", "de", "germeval2021_de", "official F1", 0.763, "best of the task", _GERMEVAL_2021),
    Reference("claims_fact", "de", "germeval2021_de", "official F1", 0.725, "embeddings, log. regression", _EMBEDDINGS),
    Reference("about_us", "de", "germeval2017_de", "micro-F1", 0.961, "transformer, 20,941 texts", _ADAPTED),
    Reference("about_us", "de", "germeval2017_de", "micro-F1", 0.903, "winner of 2017", _GERMEVAL_2017),
)


def published(label: str, language: str, *, known: Iterable[Reference] = REFERENCES) -> list[Reference]:
    """What others reached in a task, set by set and best first."""
    return [one for one in known if (one.label, one.language) == (label, language)]
