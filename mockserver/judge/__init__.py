"""Walks any server, applies the laws, and drives Schemathesis."""
