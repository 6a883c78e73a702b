"""What it costs, beside others: nothing here is a test, nothing is imported by the package."""
