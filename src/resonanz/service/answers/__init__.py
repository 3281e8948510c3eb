"""The way of an answer: what is typed, what the guideline says to it, who signs it, and the one door out."""
