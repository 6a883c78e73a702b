"""All that is mutable: in memory, SQLite, Redis or mapped files."""
