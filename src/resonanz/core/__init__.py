"""Foundations that know nothing of the trade: time, errors, environment, HTTP, secrets, text, jobs.

Owns no tables. May use nothing above it. Everything here but `jobs` is plain Python without Django.
"""
