"""A canvas as SVG that reads alike in a browser, in typst and inside a page that bans styles."""

import io
import re

import matplotlib
from lxml import etree

from pipeline.document.charts.canvas import Canvas

SVG = "http://www.w3.org/2000/svg"
XLINK = "{http://www.w3.org/1999/xlink}href"
# Said once at the root instead of in a style sheet.
_ROOT = {"stroke-linejoin": "round", "stroke-linecap": "butt"}
_NO_METADATA = dict.fromkeys(("Creator", "Date", "Format", "Type"))


def to_svg(canvas: Canvas, name: str, title: str, alt: str) -> str:
    """Return the picture as text; ids begin with `name`, so that many fit on one page.

    Text is drawn as paths: no reader needs the font. Styles become plain attributes, which a
    strict content security policy allows.
    """
    out = io.BytesIO()
    with matplotlib.rc_context({"svg.fonttype": "path", "svg.hashsalt": name}):
        canvas.figure.savefig(out, format="svg", metadata=_NO_METADATA)
    root = etree.fromstring(out.getvalue())
    etree.strip_elements(root, f"{{{SVG}}}style", f"{{{SVG}}}metadata", with_tail=False)
    etree.strip_tags(root, etree.Comment)
    prefix = re.sub(r"[^A-Za-z0-9_-]", "_", name)
    for element in root.iter(f"{{{SVG}}}*"):
        _plain(element, prefix)
    for key, value in _ROOT.items():
        root.set(key, value)
    root.attrib.pop("version", None)
    root.set("role", "img")
    root.set("aria-labelledby", f"{prefix}-title {prefix}-desc")
    for place, (tag, text) in enumerate((("title", title), ("desc", alt))):
        element = etree.Element(f"{{{SVG}}}{tag}", id=f"{prefix}-{tag}")
        element.text = text
        root.insert(place, element)
    etree.cleanup_namespaces(root)
    return str(etree.tostring(root, encoding="unicode"))


def to_png(canvas: Canvas, dpi: int = 220) -> bytes:
    """Return the picture as PNG, without the version of the program that drew it."""
    out = io.BytesIO()
    # Unhinted, so that text is as wide as it was measured.
    with matplotlib.rc_context({"text.hinting": "none"}):
        canvas.figure.savefig(out, format="png", dpi=dpi, metadata={"Software": None})
    return out.getvalue()


def _plain(element: etree._Element, prefix: str) -> None:
    for part in element.attrib.pop("style", "").split(";"):
        key, _, value = part.partition(":")
        if value:
            element.set(key.strip(), value.strip())
    if name := element.get("id"):
        if element.tag == f"{{{SVG}}}g":
            del element.attrib["id"]  # names of matplotlib's parts; nothing refers to them
        else:
            element.set("id", f"{prefix}-{name}")
    if link := element.attrib.pop(XLINK, ""):
        element.set("href", link.replace("#", f"#{prefix}-", 1))
    for key, value in element.attrib.items():
        if "url(#" in value:
            element.set(key, value.replace("url(#", f"url(#{prefix}-"))
