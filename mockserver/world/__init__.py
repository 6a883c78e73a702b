"""The world of a seed: datasets, selections, fixtures and export."""
