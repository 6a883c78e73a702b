"""JSON values and JSON Schema: generate, parse, check and encode. Deterministic, and no HTTP."""
