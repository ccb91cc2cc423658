"""The floor of claim matching."""
