"""The `floor_majority` baseline: every sentence is what most training sentences are."""
