"""Annotations as a person reads them: in a terminal, or as one small HTML file."""
