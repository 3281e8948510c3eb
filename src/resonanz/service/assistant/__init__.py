"""A machine that drafts, where the operator named one: what it is told, what it may cost, what is made of its words."""
