"""What Facebook, Instagram and Threads have in common: Meta's Graph API, its errors, and the form of its webhooks."""
