"""People: who speaks to us. Persons and their identities on networks, each with purpose, source and days.

Owns Person and Identity. May use networks and below. Sales sees people only through `people.purposes`.
"""
