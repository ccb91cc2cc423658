"""The only reader and writer of the files on disk: seeds, CoNLL-U segmentation, TSV annotations, registers."""

from aqwal.store.corpus import (
    Source,
    find_root,
    layer_names,
    load_corpus,
    load_document,
    load_documents,
    read_seed,
    read_sources,
    sha256_of,
)
from aqwal.store.files import read_text, replace_text
from aqwal.store.fmt import Formatted, format_document, initial_texts
from aqwal.store.layers import (
    LoadedLayer,
    format_annotations,
    layer_texts,
    read_annotations,
    read_layer,
    write_annotations,
)
from aqwal.store.problems import Problem, StoreError

__all__ = [
    "Formatted", "LoadedLayer", "Problem", "Source", "StoreError", "find_root", "format_annotations",
    "format_document", "initial_texts", "layer_names", "layer_texts", "load_corpus", "load_document", "load_documents",
    "read_annotations", "read_layer", "read_seed", "read_sources", "read_text", "replace_text", "sha256_of",
    "write_annotations",
]  # fmt: skip
