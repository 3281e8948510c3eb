"""This house's side of its connections: channels and their tokens, applications, webhooks, budgets, gaps."""
