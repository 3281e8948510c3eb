"""Insights: what happened, in numbers: the days of a reader, what became of what was said, and its chart.

Owns no table; counts what the rooms below store. May use service and below.
"""
