"""Everything that is mutable: in memory, SQLite, Redis or memory-mapped files."""
