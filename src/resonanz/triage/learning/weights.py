"""A company head as bytes for its row, and back: named arrays and a description as JSON, nothing executable.

Only the n-grams that the head has learnt of are kept, so some hundred texts make some hundred kilobytes.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resonanz.core.errors import ResonanzError
from resonanz.triage import ngrams
from resonanz.triage.company_head import CompanyHead
from resonanz.triage.contract import AddedEncoder
from resonanz.triage.encoding.encoder import DIMENSIONS
from resonanz.triage.heads import Head, LanguageModel

COMPANY = "company-"
_DIGEST = 32


class DamagedHead(ResonanzError):
    """The stored weights of a company head are damaged, or stand on other features."""

    code = "triage.damaged_head"


def pack(head: CompanyHead) -> bytes:
    """The head as bytes that begin with their own checksum."""
    model, own = head.model, head.model.heads[0]
    used = np.flatnonzero(model.idf > 0)
    about = {
        "label": head.label, "classes": list(head.classes), "columns": list(own.columns), "slope": own.slope.tolist(),
        "intercept": own.intercept.tolist(), "threshold": own.threshold, "unsure_below": own.unsure_below,
    }  # fmt: skip
    body = io.BytesIO()
    np.savez_compressed(
        body,
        about=np.frombuffer(json.dumps(about).encode(), dtype=np.uint8),
        used=used.astype(np.int32),
        idf=model.idf[used].astype(np.float16),
        weights=model.weights[used],
        scales=model.scales,
        vector_weights=model.vector_weights,
        biases=model.biases,
    )
    return hashlib.sha256(body.getvalue()).digest() + body.getvalue()


def version_of(packed: bytes) -> str:
    """A version that changes whenever the head could judge otherwise."""
    return f"{COMPANY}{packed[:_DIGEST].hex()[:12]}"


def unpack(packed: bytes, *, encoder: AddedEncoder | None = None) -> CompanyHead:
    """The head, which stands on `encoder`, without one on the one that ships; raises DamagedHead.

    No array can hold objects, so nothing is ever unpickled.
    """
    digest, body = packed[:_DIGEST], packed[_DIGEST:]
    if hashlib.sha256(body).digest() != digest:
        raise DamagedHead(reason="checksum")
    try:
        with np.load(io.BytesIO(body), allow_pickle=False) as arrays:
            return _read({name: arrays[name] for name in arrays.files}, encoder)
    except (ValueError, KeyError, TypeError, IndexError, OSError, zipfile.BadZipFile) as error:
        raise DamagedHead(reason="malformed") from error


def _read(arrays: dict[str, NDArray[Any]], encoder: AddedEncoder | None) -> CompanyHead:
    about = json.loads(arrays["about"].tobytes())
    used, columns = arrays["used"], arrays["weights"].shape[1]
    dimensions = encoder.dimensions if encoder else DIMENSIONS
    if arrays["vector_weights"].shape != (dimensions, columns) or arrays["biases"].shape != (columns,):
        raise ValueError("head that does not fit the encoder")
    idf = np.zeros(ngrams.TABLE, dtype=np.float32)
    idf[used] = arrays["idf"]
    weights = np.zeros((ngrams.TABLE, columns), dtype=np.int8)
    weights[used] = arrays["weights"]
    head = Head(
        about["label"], tuple(about["classes"]), tuple(about["columns"]), np.array(about["slope"], dtype=np.float64),
        np.array(about["intercept"], dtype=np.float64), float(about["threshold"]), float(about["unsure_below"]),
    )  # fmt: skip
    scales, vectors, biases = arrays["scales"], arrays["vector_weights"], arrays["biases"]
    model = LanguageModel("", idf, weights, scales, vectors, biases, (head,), encoder)
    return CompanyHead(model, head.label, head.classes)
