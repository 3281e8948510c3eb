"""Readers of files: one a format, each from bytes to events, or to the reason why there is none."""
