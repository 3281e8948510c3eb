"""Checks on the wording of a draft, while it is written. Plain Python: one file per check, `running.look` runs them.

What each of them finds, and what it leaves alone on purpose, stands in docs/checks.md.
"""
