"""Guidelines: who may say what, where, to whom. Versions of the guideline, and the ruling on a draft.

Owns Guideline. May use listening and below. `ruling.py` and `starter.py` are plain Python without Django.
"""
