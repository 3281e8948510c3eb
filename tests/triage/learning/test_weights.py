"""A head as bytes."""

from __future__ import annotations

import numpy as np
import pytest

from resonanz.triage.company_head import learn
from resonanz.triage.learning.weights import DamagedHead, pack, unpack, version_of

TEXTS = ["Das Paket fehlt", "Wo bleibt das Paket?", "Schönes Wetter heute", "Ich mag Kuchen", ""]


def test_a_head_is_the_same_after_it_was_stored_and_any_damage_is_refused() -> None:
    head = learn(label="own-1", texts=TEXTS[:4] * 2, values=[True, True, False, False] * 2)
    packed = pack(head)

    found = unpack(packed)

    assert np.abs(found.probabilities(TEXTS) - head.probabilities(TEXTS)).max() < 1e-6
    assert (found.label, found.classes) == ("own-1", (False, True))
    assert version_of(packed) == version_of(pack(head))
    assert len(packed) < 100_000
    for place in (0, 40, len(packed) // 2, len(packed) - 1):
        with pytest.raises(DamagedHead):
            unpack(packed[:place] + bytes([packed[place] ^ 1]) + packed[place + 1 :])
    for cut in (b"", packed[:20], packed[:-5]):
        with pytest.raises(DamagedHead):
            unpack(cut)
