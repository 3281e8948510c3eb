"""Service: every question and complaint reaches the person responsible and is answered well and fast.

Owns cases with their posts, events, notes, tags and links; what leaves (Outgoing) with its approvals; macros,
enquiries, saved views, warnings. May use triage, guidelines, duties and below.
Folders: work (acts on cases), lists, answers (the way out), times (due times); what they stand on is at the top.
"""
