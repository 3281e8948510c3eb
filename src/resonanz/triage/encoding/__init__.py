"""Encoders: what a text means, as numbers; the one that ships, and a larger one that an operator adds."""
