"""Duties: who answers what, when people work, and by when an answer is due; known before the first incident.

Owns Responsibility, BusinessCalendar, ResponseTarget. May use listening and below; knows nothing of cases.
"""
