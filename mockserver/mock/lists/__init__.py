"""Answering a list: query, page, envelope and bytes."""
