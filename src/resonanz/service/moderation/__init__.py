"""What is done on networks besides answering: like, hide, delete, block, report; and our own answers put right.

Each act is a row of the ledger with its rule and its reason, is ruled on by the guideline, and leaves like an answer:
later than its author may take it back, judged anew at the door, never by somebody who may no longer.
"""
