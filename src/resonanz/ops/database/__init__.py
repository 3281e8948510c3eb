"""The embedded PostgreSQL: its programs and folder, its roles, its memory, and one for the time of a block."""
