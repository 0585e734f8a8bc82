"""Other ways to search the same phrasings, for measuring beside: each gives the phrasings best first."""

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Any

import bm25s
import numpy as np
import tantivy
from rapidfuzz import fuzz, process, utils

Found = Sequence[tuple[int, float]]
"""The numbers of phrasings, with their scores, the best first."""
Search = Callable[[str, int], Found]
"""A question and how many, to the best phrasings. Every search has a scale of its own."""


def grams(text: str) -> list[str]:
    """Characters and bigrams."""
    return [*text, *map("".join, pairwise(text))]


def by_rapidfuzz(phrasings: Sequence[str], scorer: Callable[..., float]) -> Search:
    """Stock fuzzy search with its own preprocessing."""
    prepared = [utils.default_process(phrasing) for phrasing in phrasings]

    def search(question: str, most: int) -> Found:
        question = utils.default_process(question)
        if most == 1:
            best = process.extractOne(question, prepared, scorer=scorer)
            return [(best[2], best[1])] if best else []
        found = process.extract(question, prepared, scorer=scorer, limit=most)
        return [(number, score) for _, score, number in found]

    return search


def by_bm25s(phrasings: Sequence[str]) -> Search:
    """BM25 over characters and bigrams."""
    vocabulary: dict[str, int] = {}
    ids = [[vocabulary.setdefault(gram, len(vocabulary)) for gram in grams(text)] for text in phrasings]
    retriever = bm25s.BM25()
    retriever.index((ids, vocabulary), show_progress=False)

    def search(question: str, most: int) -> Found:
        known = [vocabulary[gram] for gram in grams(question) if gram in vocabulary]
        if not known:
            return []
        found = retriever.retrieve([known], k=min(most, len(phrasings)), show_progress=False, sorted=True)
        return list(zip(map(int, found.documents[0]), map(float, found.scores[0]), strict=True))

    return search


def by_tantivy(phrasings: Sequence[str]) -> Search:
    """A full-text engine over bigrams."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("body", tokenizer_name="whitespace")
    builder.add_unsigned_field("number", stored=True)
    index = tantivy.Index(builder.build())
    writer = index.writer(num_threads=1)
    for number, text in enumerate(phrasings):
        writer.add_document(tantivy.Document(body=" ".join(grams(text)[len(text) :]) or text, number=number))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def search(question: str, most: int) -> Found:
        terms = dict.fromkeys(grams(question)[len(question) :])
        wanted = [(tantivy.Occur.Should, tantivy.Query.term_query(index.schema, "body", term)) for term in terms]
        if not wanted:
            return []
        hits = searcher.search(tantivy.Query.boolean_query(wanted), most).hits
        return [(int(searcher.doc(address)["number"][0]), score) for score, address in hits]

    return search


def by_tfidf(phrasings: Sequence[str]) -> Search:
    """Cosine of TF-IDF over characters and bigrams."""
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 - it costs a second

    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), sublinear_tf=True)
    matrix = vectorizer.fit_transform(phrasings)

    def search(question: str, most: int) -> Found:
        scores: Any = (matrix @ vectorizer.transform([question]).T).toarray().ravel()
        best = np.argpartition(-scores, min(most, len(scores) - 1))[:most]
        return [(int(number), float(scores[number])) for number in best[np.argsort(-scores[best])]]

    return search


SCORERS = (
    fuzz.ratio,
    fuzz.partial_ratio,
    fuzz.token_sort_ratio,
    fuzz.token_set_ratio,
    fuzz.token_ratio,
    fuzz.partial_token_ratio,
    fuzz.WRatio,
    fuzz.QRatio,
)
"""Every stock scorer of rapidfuzz that finds phrasings."""


def all_searches(phrasings: Sequence[str]) -> Iterable[tuple[str, Search]]:
    """Every baseline with its name."""
    yield "bm25s", by_bm25s(phrasings)
    yield "tantivy", by_tantivy(phrasings)
    yield "TF-IDF", by_tfidf(phrasings)
    for scorer in SCORERS:
        yield f"rapidfuzz {scorer.__name__}", by_rapidfuzz(phrasings, scorer)
