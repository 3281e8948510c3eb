"""What people read for the codes of the rooms below: names, and sentences with parameters."""
