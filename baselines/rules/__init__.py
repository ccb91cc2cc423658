"""The `rules` baseline: Arabic reporting cues, quotation marks, clause ends and name patterns; nothing is trained."""
