"""Short texts that an XML file declares for itself, `<!ENTITY shop "A shop">`, put in their places.

Only plain texts count: nothing is fetched, nothing is nested, and the file hardly grows.
"""

import re

HEAD = 50_000  # bytes in which a document type is looked for
LONGEST = 500
MOST = 300
GROWTH = 200_000  # bytes

_SUBSET = re.compile(rb"<!DOCTYPE\s+[^\[\]<>]{1,500}\[([^\]]{0,45000})\]\s*>")
_DECLARED = re.compile(rb"""<!ENTITY\s+([A-Za-z][\w.-]{0,40})\s+(?:"([^"<%]*)"|'([^'<%]*)')\s*>""")
_CALLED = re.compile(rb"&([A-Za-z][\w.-]{0,40});")
_AMPERSAND = re.compile(rb"&(?!#\d{1,7};|#x[0-9A-Fa-f]{1,6};|(?:amp|lt|gt|quot|apos);)")
_PREDEFINED = (b"amp", b"lt", b"gt", b"quot", b"apos")


def with_own_names(data: bytes) -> bytes:
    """The file with these texts in the place of their names; as it was if that is too much."""
    subset = _SUBSET.search(data[:HEAD])
    if subset is None:
        return data
    texts = dict(_plain(subset[1]))
    if not texts or len(texts) > MOST:
        return data
    head, body = data[: subset.end()], data[subset.end() :]
    called = _CALLED.findall(body)
    if sum(len(texts.get(name, b"")) for name in called) > GROWTH:
        return data
    return head + _CALLED.sub(lambda match: texts.get(match[1], match[0]), body)


def _plain(subset: bytes) -> list[tuple[bytes, bytes]]:
    """Names and their texts; the first declaration of a name counts."""
    texts: dict[bytes, bytes] = {}
    for name, double, single in _DECLARED.findall(subset):
        text = double or single
        # A text that calls for another could grow without end.
        if len(text) <= LONGEST and not _calls_another(text) and name not in _PREDEFINED:
            texts.setdefault(name, _AMPERSAND.sub(b"&amp;", text.replace(b"&#38;", b"&")))
    return list(texts.items())


def _calls_another(text: bytes) -> bool:
    return any(name not in _PREDEFINED for name in _CALLED.findall(text))
