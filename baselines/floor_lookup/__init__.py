"""The `floor_lookup` baseline: training strings found again."""
