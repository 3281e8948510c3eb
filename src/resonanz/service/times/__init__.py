"""Due times of cases: set, set anew, and told to whoever can still keep them."""
