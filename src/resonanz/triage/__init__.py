"""Triage: what a post seems to be, before a person looks, each label with its probability and its reason.

Owns Evaluation and Feedback. May use listening and below. Judges, models and training are plain Python without Django.
"""
