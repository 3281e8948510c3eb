"""A lexicon's sentiments, run by the Python of the peers' environment; it imports the standard library alone.

    python lexicon_peer_process.py NAME

reads a JSON string a line from standard input, and writes one JSON object: the `values`, the `seconds` that judging
alone took, the `processor_seconds` of it, and the most memory that was held, in bytes (`memory`).
"""

from __future__ import annotations

import importlib
import json
import resource
import sys
import time
from collections.abc import Callable

Judge = Callable[[str], float]


def vader() -> Judge:
    """Its compound score, -1 to 1."""
    analyzer = importlib.import_module("vaderSentiment.vaderSentiment").SentimentIntensityAnalyzer()
    return lambda text: float(analyzer.polarity_scores(text)["compound"])


def textblob_de() -> Judge:
    """The mean polarity of the sentences, -1 to 1.

    The tokeniser is the package's own over patterns. The one it takes unless told otherwise needs data of NLTK, which
    no registry has, in a format which NLTK no longer reads.
    """
    blobs = importlib.import_module("textblob_de")
    tokenizer = importlib.import_module("textblob_de.tokenizers").PatternTokenizer()
    analyzer = importlib.import_module("textblob_de.sentiments").PatternAnalyzer(tokenizer=tokenizer)
    return lambda text: float(blobs.TextBlobDE(text, tokenizer=tokenizer, analyzer=analyzer).sentiment.polarity)


# From this polarity on a text is positive, and negative from its opposite on. VADER's authors publish 0.05. Of
# TextBlob-DE none is published, so its sign decides: 0 is what it says where it knows no word of a text.
PEERS = {"vader": (vader, 0.05), "textblob-de": (textblob_de, 1e-9)}


def main(name: str) -> None:
    """See above; the first text is judged once before the clock starts, so that no table is loaded meanwhile."""
    make, least = PEERS[name]
    judge = make()
    texts = [json.loads(line) for line in sys.stdin]
    for text in texts[:1]:
        judge(text)
    started, worked = time.perf_counter(), time.process_time()
    polarities = [judge(text) for text in texts]
    took = {"seconds": time.perf_counter() - started, "processor_seconds": time.process_time() - worked}
    values = ["positive" if one >= least else "negative" if one <= -least else "neutral" for one in polarities]
    sys.stdout.write(json.dumps({"values": values, **took, "memory": most_memory()}))


def most_memory() -> int:
    """The most memory that this process has held, in bytes.

    Where the kernel tells it, from /proc: `ru_maxrss` of a child begins with what its parent held.
    """
    try:
        with open("/proc/self/status", encoding="ascii", errors="replace") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:"))
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    main(sys.argv[1])
