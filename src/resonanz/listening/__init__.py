"""Listening: what is said. Posts stored once, topics that say what concerns us, matching, earlier wordings.

Owns Topic, Post, PostChannel, PostTopic, EarlierWording. May use people and below. Query language and matching are
plain Python.
"""
