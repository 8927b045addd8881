"""Questions found by what somebody typed: a code, words, "several words", begin*, -without."""

import json
import re
from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import connection
from django.db.models import Q, QuerySet

from questions.models import Bank, Question

_PARTS = re.compile(r'(?P<no>-?)(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
_WORD = re.compile(r"\w+")
_PART_OF_CODE = re.compile(r"\d[-.]\d")  # "3.2-016": nobody types "mls-" before it
SHORTEST_BEGINNING = 3  # letters: fewer are the beginning of too many words


@dataclass(frozen=True, slots=True)
class Words:
    """What was typed, taken apart."""

    wanted: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    beginnings: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()

    @classmethod
    def of(cls, typed: str) -> "Words":
        """Each word once; signs alone are left out."""
        found: dict[str, list[str]] = {name: [] for name in cls.__slots__}
        for part in _PARTS.finditer(typed):
            text = part["phrase"] if part["phrase"] is not None else part["word"]
            if _WORD.search(text):
                found[_sort(part)].append(" ".join(text.rstrip("*").split()))
        return cls(**{name: tuple(dict.fromkeys(texts)) for name, texts in found.items()})

    @property
    def says_nothing(self) -> bool:
        """Whether there is no word that has to be found."""
        return not (self.wanted or self.phrases or self.beginnings)


def _sort(part: re.Match[str]) -> str:
    if part["no"]:
        return "unwanted"
    if part["phrase"] is not None:
        return "phrases"
    is_beginning = part["word"].endswith("*") and len(part["word"]) > SHORTEST_BEGINNING
    return "beginnings" if is_beginning else "wanted"


def found_by(questions: QuerySet[Question], bank: Bank, typed: str) -> QuerySet[Question]:
    """Those whose code begins so, or goes on so, if there are any; else those with the words.

    At most two statements besides its own.
    """
    if any(letter.isdigit() for letter in typed) and " " not in typed:
        codes = Q(code__startswith=typed)
        codes |= Q(code__startswith=typed.lower()) | Q(code__startswith=typed.upper())
        if Question.objects.filter(codes, bank=bank).exists():
            return questions.filter(codes)
        inside = Q(code__contains=f"-{typed.lower()}")
        if _PART_OF_CODE.search(typed) and Question.objects.filter(inside, bank=bank).exists():
            return questions.filter(inside)
    words = Words.of(typed)
    if words.says_nothing:
        return questions.none()
    return _indexed(questions, words) if _is_postgresql() else _scanned(questions, words)


def estimated(questions: QuerySet[Question]) -> int:
    """About how many the database expects, without looking; 0 where it cannot say."""
    if not _is_postgresql():
        return 0
    return int(json.loads(questions.explain(format="json"))[0]["Plan"]["Plan Rows"])


def _indexed(questions: QuerySet[Question], words: Words) -> QuerySet[Question]:
    vector = SearchVector("search_text", config="english")
    query = _query(words)
    # The index knows no order of words: the text itself is compared, which is far cheaper here
    # than taking it apart again for every question that has the words somewhere.
    for phrase in words.phrases:
        questions = questions.filter(search_text__icontains=phrase)
    return questions.alias(vector=vector).filter(vector=query)


def _query(words: Words) -> SearchQuery:
    texts = (*words.wanted, *words.phrases)
    parts = [_plain(text) for text in texts]
    parts += [_beginning(text) for text in words.beginnings]
    parts += [~_plain(text) for text in words.unwanted]
    whole = parts[0]
    for part in parts[1:]:
        whole = whole & part
    return whole


def _plain(text: str) -> SearchQuery:
    return SearchQuery(text, config="english")


def _beginning(text: str) -> SearchQuery:
    *whole, last = _WORD.findall(text)
    raw = " & ".join([*(f"'{word}'" for word in whole), f"'{last}':*"])
    return SearchQuery(raw, config="english", search_type="raw")


def _scanned(questions: QuerySet[Question], words: Words) -> QuerySet[Question]:
    for text in (*words.wanted, *words.phrases, *words.beginnings):
        questions = questions.filter(search_text__icontains=text)
    for text in words.unwanted:
        questions = questions.exclude(search_text__icontains=text)
    return questions


def _is_postgresql() -> bool:
    return connection.vendor == "postgresql"
