"""The `floor_random` baseline: spans and labels drawn from the training distribution."""
