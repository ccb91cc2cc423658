"""The `matching` baseline: which claims, of any document, assert the same event or state."""
