"""Against real servers that others wrote, with `./resonanz test --peers` alone: they want installing, once."""
