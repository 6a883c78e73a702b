"""HTTP: the Flask app, the fast path before it, and what runs it."""
