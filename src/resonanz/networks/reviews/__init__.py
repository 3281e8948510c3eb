"""What networks of reviews have in common: a list of reviews, each with at most one answer, which an edit replaces."""
