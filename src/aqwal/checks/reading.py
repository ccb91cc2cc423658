"""What reading the files already finds: the parser's problems, given their level and explanation here."""

from aqwal.checks.registry import register_loading

register_loading(
    [
        ("encoding", 0, "Every file is UTF-8 without byte-order mark, NUL or lone surrogate"),
        ("unreadable", 0, "Every file can be opened"),
        ("sources", 0, "seeds/sources.toml is TOML and gives every document a file and a sha256"),
        ("seed-hash", 0, "A seed's bytes are those that were registered"),
        ("no-segmentation", 1, "Every document has a corpus/<doc>.conllu"),
        ("conllu", 1, "A segmentation file is canonical CoNLL-U over the exact text of its seed"),
        ("tsv-header", 1, "The first line names document, layer and guidelines"),
        ("tsv-comment", 1, "Lines that begin with # are headers of sentence blocks"),
        ("tsv-block", 1, "Every row stands in a block, each block is one sentence of the document"),
        ("tsv-columns", 1, "Every row has five columns: id, label, span, fields, text"),
        ("tsv-id", 1, "An id is the letter of its layer and three of 0-9 a-z"),
        ("tsv-span", 1, "A span is START-END, several of them, or - where the row has none"),
        ("tsv-fields", 1, "Fields are key=value pairs, each key once"),
        ("tsv-pending", 1, "No row waits for aqwal fmt (a + or ? in it)"),
        ("register-columns", 1, "A register has its header and columns"),
        ("register-id", 1, "A register id is lower-case English words with hyphens"),
        ("register-wikidata", 1, "A Wikidata id is Q and digits, or empty"),
        ("account-columns", 1, "A row of non_cues, non_quotes or no_claims has its five columns filled"),
        ("anchor-range", 2, "No span ends past its sentence"),
        ("anchor-quote", 2, "The text of every span is what the row quotes"),
        ("account-anchor", 3, "A row of non_cues, non_quotes or no_claims quotes the text at its span"),
        ("id-duplicate", 3, "Ids are unique in their file, and each role of an object has one row"),
        ("row-missing", 3, "Every object has the rows and spans that it needs"),
        ("unknown-label", 4, "Labels and values are of the closed vocabularies"),
        ("unknown-field", 4, "A row has only the fields of its kind"),
        ("missing-field", 4, "A row has all the fields that its kind needs"),
    ]
)
