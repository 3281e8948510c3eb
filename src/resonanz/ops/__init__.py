"""Operations: command line, supervisor, embedded database, schedule, health, backup, demo, bench.

Owns no tables. May use everything but config, which it names only as text.
"""
