"""Privacy: audit, the register of personal data, retention, erasure, suppression, tombstones.

Owns AuditRecord and Tombstone. May use core. Upper rooms register here what they hold, how long, and how it is erased.
"""
