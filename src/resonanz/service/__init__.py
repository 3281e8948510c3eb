"""Service: every question and complaint reaches the person responsible and is answered well and fast.

Owns Case, CasePost, CaseEvent, CaseNote, Outgoing, Responsibility, ResponseTarget, BusinessCalendar. May use triage,
guidelines and below.
"""
