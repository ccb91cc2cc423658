"""Segmentation of a new document."""

from __future__ import annotations

from aqwal.segment.segmenter import segment_text

__all__ = ["segment_text"]
