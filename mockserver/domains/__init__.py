"""Domains: better data for contracts that they recognise."""
