"""Finishing an answer: examples, warnings and effects."""
