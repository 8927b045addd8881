"""The XHTML inside items of QTI 2 and 3 as Markdown, with its pictures."""

import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote

from lxml import etree

from ..formulas import html_with_formulas, tex_of_picture
from ..found import Picture, Unreadable
from ..markup import parse_xml
from ..mathml import tex_of
from ..pictures import MAX_PICTURE, decoded
from .words import attribute, text_of, word

MAX_NODES = 50_000  # more do not fit into the longest text that is taken
# Said elsewhere (options, feedback) or not to the candidate at all.
APART = {"simpleChoice", "feedbackInline", "feedbackBlock", "stylesheet", "catalogInfo"}
BLOCKS = {"itemBody", "choiceInteraction", "prompt", "simpleChoice", "rubricBlock", "contentBody"}
BLOCKS |= {"feedbackBlock", "modalFeedback", "templateBlock", "stimulusBody", "infoControl"}
MEDIA = {"audio", "video", "object", "iframe", "embed"}
KEPT = {"src", "alt", "href", "colspan", "rowspan", "start"}
SIGNATURES = (
    (b"\x89PNG\r\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
)

PICTURE_AWAY = "a picture stays on another server"
PICTURE_LOST = "a picture is missing from the file"
MEDIA_LEFT = "sound, film or a page inside it was left out"
FILLED_IN = "a template fills in a part of its text"


@dataclass(frozen=True)
class Shelf:
    """The files of a package and how items find them: relative to their own folder."""

    files: Mapping[str, bytes]

    @cached_property
    def _lowered(self) -> dict[str, str]:
        return {name.lower(): name for name in self.files}

    @cached_property
    def _shared(self) -> dict[str, Any]:
        return {}

    def parsed(self, path: str) -> Any:
        """The root of a file that many items refer to, parsed once. Raises Unreadable."""
        if path not in self._shared:
            self._shared[path] = parse_xml(self.files[path])
        return self._shared[path]

    def find(self, folder: str, href: str) -> str | None:
        """The name of the file that is meant, or None."""
        path = unquote(re.split("[?#]", href, maxsplit=1)[0]).replace("\\", "/")
        for start in (folder, ""):
            name = self._lowered.get(joined(start, path).lower())
            if name is not None:
                return name
        return None


def joined(folder: str, path: str) -> str:
    """A path relative to a folder; it cannot lead above the package."""
    parts: list[str] = []
    for part in f"{folder}/{path}".split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


@dataclass
class Writer:
    """Turns the texts of one item into Markdown, collecting its pictures and notes."""

    shelf: Shelf
    folder: str
    pictures: dict[str, Picture] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def markdown(self, element: Any) -> str:
        """Without what stands apart. Raises Unreadable if it is too long or too deep."""
        if next(islice(element.iter(), MAX_NODES, None), None) is not None:
            raise Unreadable("A text in the file is too long.")
        copy = deepcopy(element)
        for node in [node for node in copy.iter() if node is not copy and _is_apart(node)]:
            _replace(node, "")
        for node in list(copy.iter()):
            self._to_html(node)
        etree.cleanup_namespaces(copy)
        return html_with_formulas(
            etree.tostring(copy, encoding="unicode", method="html", with_tail=False)
        )

    def _to_html(self, node: Any) -> None:
        name = word(node)
        if not name or node.tag == "span":
            return
        if name == "math":
            self._formula(node)
        elif name == "img" or (name == "object" and "image" in node.get("type", "")):
            self._picture(node)
        elif name in MEDIA:
            self._note(MEDIA_LEFT)
            node.tag = "span"
        else:
            if name == "printedVariable":
                self._note(FILLED_IN)
            node.tag = _html_tag(name)
        _strip(node)

    def _formula(self, node: Any) -> None:
        tex = tex_of(node)
        _replace(node, f"\\({tex}\\)" if tex else "")

    def _picture(self, node: Any) -> None:
        href = (node.get("src") or node.get("data") or "").strip()
        alt = node.get("alt") or text_of(node)
        if tex := tex_of_picture(node.get("data-equation-content") or "", alt, href):
            _replace(node, f"\\({tex}\\)")
            return
        if href.lower().startswith(("http:", "https:", "//")):
            self._note(PICTURE_AWAY)
            name: str | None = href
        else:
            name = self._kept(href)
        if name is None:
            self._note(PICTURE_LOST)
            _replace(node, alt)
            return
        _replace(node, "")
        node.tag = "img"
        node.set("src", name)
        node.set("alt", alt)

    def _kept(self, href: str) -> str | None:
        """The name under which the picture comes along."""
        inside = href.startswith("data:")
        path = href if inside else self.shelf.find(self.folder, href)
        if path is None:
            return None
        if path not in self.pictures:
            data = _embedded(href) if inside else self.shelf.files[path]
            media_type = _media_type(data)
            if not media_type or len(data) > MAX_PICTURE:
                return None
            shown = f"picture.{media_type[6:9]}" if inside else PurePosixPath(path).name
            self.pictures[path] = Picture(self._free(shown), media_type, data)
        return self.pictures[path].name

    def _free(self, name: str) -> str:
        name = re.sub(r"[^\w.-]", "-", name)[-100:]
        taken = {picture.name for picture in self.pictures.values()}
        tries = (f"{count}-{name}" if count else name for count in range(len(taken) + 1))
        return next(attempt for attempt in tries if attempt not in taken)

    def _note(self, note: str) -> None:
        if note not in self.notes:
            self.notes.append(note)


def _is_apart(node: Any) -> bool:
    if word(node) == "rubricBlock":
        return not for_candidates(node)
    return word(node) in APART


def for_candidates(rubric: Any) -> bool:
    """Whether candidates see this note; the others are for scorers and tutors."""
    return "candidate" in (attribute(rubric, "view") or "candidate").split()


def _replace(node: Any, text: str) -> None:
    node.clear(keep_tail=True)
    node.tag = "span"
    node.text = text


def _html_tag(name: str) -> str:
    if name in BLOCKS:
        return "div"
    return name if name.isalnum() and name == name.lower() else "span"


def _strip(node: Any) -> None:
    for name in list(node.attrib):
        is_language = name == "class" and node.tag == "code"  # "language-python"
        is_dead_link = name == "href" and not _leads_out(node.get(name))
        if is_dead_link or (name not in KEPT and not is_language):
            del node.attrib[name]


def _leads_out(href: str) -> bool:
    return href.strip().lower().startswith(("http:", "https:", "mailto:"))


def _embedded(href: str) -> bytes:
    head, _, body = href.partition(",")
    return decoded(unquote(body)) or b"" if head.endswith(";base64") else b""


def _media_type(data: bytes) -> str:
    """By content: what a file calls itself is not to be trusted."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if b"<svg" in data[:2_000]:
        return "image/svg+xml"
    return next((media for start, media in SIGNATURES if data.startswith(start)), "")
