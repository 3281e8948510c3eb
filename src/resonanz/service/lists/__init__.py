"""Lists of cases: the inbox, its filters as typed, saved views, search over the whole history."""
