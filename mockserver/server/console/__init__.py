"""The console: pages for people, under ``/__mock__/``."""
