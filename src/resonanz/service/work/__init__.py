"""A colleague works a case: takes it, hands it on, puts it off, closes it, and takes that back."""
