"""Requests become replies: one contract, and the running instance around it."""
