"""The rendered forms show every object, keep the text as it is, and never let it become markup."""

from __future__ import annotations

import dataclasses
import io
from html.parser import HTMLParser

import pytest
from rich.console import Console
from tests.fixtures.projects import CHECKS

from aqwal.model import Document
from aqwal.store import load_corpus
from aqwal.viewer import page, terminal


class Text(HTMLParser):
    """The text of the elements of class `text`, and the names of all tags."""

    def __init__(self) -> None:
        super().__init__()
        self.inside, self.texts, self.tags = False, [], set()

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        if tag == "p" and ("class", "text") in attributes:
            self.inside = True
            self.texts.append("")

    def handle_endtag(self, tag):
        self.inside = self.inside and tag != "p"

    def handle_data(self, data):
        if self.inside:
            self.texts[-1] += data


@pytest.fixture
def corpus():
    return load_corpus(CHECKS / "base")


def test_the_page_shows_each_sentence_unchanged_and_right_to_left(corpus):
    document = corpus.document["900"]
    html = page.render(document, corpus.annotation["900"], document.paragraphs, {})
    parser = Text()
    parser.feed(html)
    assert parser.texts == [document.text[s.start : s.end] for s in document.sentences]
    assert 'dir="rtl"' in html and "script" not in parser.tags


def test_the_page_shows_chains_by_name(corpus):
    document = corpus.document["901"]
    names = {e.id: e.name_en for e in corpus.entities}
    html = page.render(document, corpus.annotation["901"], document.paragraphs, names)
    assert f"author → {names['al-ufuq']} → {names['901/source-1']}" in html


def test_markup_in_a_text_stays_text(corpus):
    document = corpus.document["900"]
    evil = "<img src=x onerror=alert(1)>[red]"
    text = evil + document.text[len(evil) :]
    hostile = Document(document.id, text, document.paragraphs)
    annotations = corpus.annotation["900"]
    claims = tuple(dataclasses.replace(c, gloss="<script>alert(1)</script>") for c in annotations.claims)
    annotations = dataclasses.replace(annotations, claims=claims)
    html = page.render(hostile, annotations, hostile.paragraphs, {"sami-nada": "<b>x</b>"})
    parser = Text()
    parser.feed(html)
    assert not {"img", "script", "b"} & parser.tags
    console = Console(file=io.StringIO(), width=200)
    console.print(terminal.render(hostile, annotations, hostile.paragraphs, {}))
    assert "[red]" in console.file.getvalue()


def test_the_terminal_shows_every_object(corpus):
    document, annotations = corpus.document["900"], corpus.annotation["900"]
    console = Console(file=io.StringIO(), width=300)
    console.print(terminal.render(document, annotations, document.paragraphs, {}))
    shown = console.file.getvalue()
    for item in (*annotations.mentions, *annotations.attributions, *annotations.claims):
        assert item.id in shown
    for claim in annotations.claims:
        assert claim.gloss in shown and claim.statement in shown
