"""Reading a request: its operation, key, values and preferences."""
