"""Accounts: colleagues, teams, roles, who may do what, one-time sign-in links.

Owns User, Team, Membership, SignInLink. May use core and privacy.
"""
