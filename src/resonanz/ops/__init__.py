"""Running the house: command line, supervisor, embedded database, schedule, health, backup, demo, bench.

Owns no tables; owns the data folder on disk. May use every room but config, and is used by config alone.
"""
