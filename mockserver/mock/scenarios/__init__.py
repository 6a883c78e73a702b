"""Scenarios: what goes wrong, or looks different."""
