"""Measures what an answer costs, compared with other mock servers. The package imports nothing from here."""
