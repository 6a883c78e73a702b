"""Shows what a run found: on the console, and in files for machines and people."""
