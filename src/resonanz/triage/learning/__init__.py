"""Learning: what colleagues say of labels becomes heads of the company's own, taken where they are measured better.

A checked post is drawn once, by a keyed hash, for the clean sample or for learning. A refit makes a challenger; a
person takes it. Everything is read afresh from posts that still exist, so that what was erased teaches nobody.
"""
