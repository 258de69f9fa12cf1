"""The look of the Word file, after GB/T 9704: page, type by name with fallbacks, page numbers."""

from dataclasses import dataclass
from typing import Any

from docx.document import Document as Word
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from pipeline.document.docx.xml import field

FANGSONG, HEI, KAI, SONG = "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体"
TITLE_SONG = "方正小标宋简体"
LATIN = "Times New Roman"
# What a computer without the first font takes instead, in Word's own list of fonts.
FALLBACKS = {
    FANGSONG: ("仿宋,FangSong,Noto Serif CJK SC,宋体", "modern"),
    KAI: ("楷体,KaiTi,Noto Serif CJK SC,宋体", "modern"),
    HEI: ("SimHei,Noto Sans CJK SC,微软雅黑", "modern"),
    TITLE_SONG: ("方正小标宋_GBK,华文中宋,Noto Serif CJK SC,宋体", "roman"),
    SONG: ("SimSun,Noto Serif CJK SC", "roman"),
    LATIN: ("Liberation Serif", "roman"),
}
WIDE = 225 / 25.4 * 72
RED = RGBColor(0xB5, 0x12, 0x2B)


@dataclass(frozen=True)
class Form:
    """A kind of page: margins in millimetres, sizes of type and distances of lines in points."""

    top: float
    bottom: float
    left: float
    right: float
    footer: float
    body: float
    pitch: float
    title: float
    heading: float
    caption: float
    remark: float
    air: float  # between the lines of captions; remarks have half

    @property
    def width(self) -> float:
        """Return the width of the text in points."""
        return (210 - self.left - self.right) / 25.4 * 72


# After GB/T 9704; a bulletin keeps its order and signs on two to four pages.
REPORT = Form(37, 35, 28, 26, 25, 16, 28, 22, 16, 12, 9, 10)
BULLETIN = Form(20, 19, 20, 20, 11, 10.5, 16, 17, 12, 8.5, 7.5, 4)


def prepare(word: Word, warning: str, form: Form = REPORT) -> None:
    """Set page, styles, list of fonts and page numbers; `warning` heads every page."""
    section = word.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(form.top), Mm(form.bottom)
    section.left_margin, section.right_margin = Mm(form.left), Mm(form.right)
    section.header_distance = Mm(min(12.7, form.top / 2))
    section.footer_distance = Mm(form.footer)
    word.settings.odd_and_even_pages_header_footer = True
    _page_number(section.footer, WD_ALIGN_PARAGRAPH.RIGHT)
    _page_number(section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT)
    _styles(word, form)
    _font_table(word)
    for header in (section.header, section.even_page_header) if warning else ():
        header.paragraphs[0].text = warning
        header.paragraphs[0].style = word.styles["Mark"]
    for language in word.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")


def turn(word: Word, *, wide: bool) -> None:
    """Begin a new section, lying or standing; the margins turn with the page."""
    section = word.add_section(WD_SECTION.NEW_PAGE)
    if wide:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Mm(297), Mm(210)
        section.left_margin, section.right_margin = Mm(37), Mm(35)
        section.top_margin, section.bottom_margin = Mm(28), Mm(26)
        section.footer_distance = Mm(14)
    else:
        section.orientation = WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin, section.right_margin = Mm(28), Mm(26)
        section.top_margin, section.bottom_margin = Mm(37), Mm(35)
        section.footer_distance = Mm(25)


def _styles(word: Word, form: Form) -> None:
    body_type, pitch = Pt(form.body), Pt(form.pitch)
    normal = word.styles["Normal"]
    _type(normal, FANGSONG, body_type)
    _spacing(normal, pitch)
    for level, (east, bold) in enumerate(((HEI, False), (KAI, False), (FANGSONG, True)), start=1):
        style = word.styles[f"Heading {level}"]
        _type(style, east, Pt(form.heading if level == 1 else form.body), bold=bold)
        _spacing(style, pitch, indent=True)
        style.paragraph_format.keep_with_next = True
    title = word.styles["Title"]
    _type(title, TITLE_SONG, Pt(form.title))
    _spacing(title, Pt(form.title * 36 / 22), WD_ALIGN_PARAGRAPH.CENTER)
    for border in title.element.pPr.findall(qn("w:pBdr")):
        title.element.pPr.remove(border)
    subtitle = word.styles["Subtitle"]
    _type(subtitle, KAI, body_type)
    _spacing(subtitle, pitch, WD_ALIGN_PARAGRAPH.CENTER)
    center = WD_ALIGN_PARAGRAPH.CENTER
    body = _new(word, "Body Indent", "BodyIndent", FANGSONG, body_type)
    _spacing(body, pitch, WD_ALIGN_PARAGRAPH.JUSTIFY, indent=True)
    _spacing(_new(word, "Table Text", "TableText", SONG, Pt(10.5)), None)
    _spacing(_new(word, "Remark", "Remark", SONG, Pt(form.remark)), Pt(form.remark + form.air / 2))
    _spacing(_new(word, "Mark", "Mark", HEI, Pt(min(12, form.body - 2))), Pt(form.body + 4), center)
    caption = word.styles["Caption"]
    _type(caption, HEI, Pt(form.caption))
    _spacing(caption, Pt(form.caption + form.air), center)
    caption.paragraph_format.space_before = Pt(form.caption / 2)
    _spacing(_new(word, "Picture", "Picture", SONG, Pt(10.5)), None, center)
    _masthead_styles(word)
    _spacing(_new(word, "Gap", "Gap", SONG, Pt(4)), Pt(5))
    head = _new(word, "TOC Heading", "TOCHeading", HEI, body_type)
    _spacing(head, Pt(36), center)
    for level in (1, 2, 3):
        style = _new(word, f"toc {level}", f"TOC{level}", FANGSONG, Pt(14))
        _spacing(style, Pt(24))
        style.paragraph_format.left_indent = Pt(14 * (level - 1))
        style.paragraph_format.tab_stops.add_tab_stop(Pt(form.width), 2, 1)  # right, dotted


def _masthead_styles(word: Word) -> None:
    """Add the styles of a bulletin's head: its name in red, and the line under it."""
    name = _new(word, "Masthead", "Masthead", TITLE_SONG, Pt(30))
    _spacing(name, Pt(42), WD_ALIGN_PARAGRAPH.CENTER)
    name.font.color.rgb = RED
    line = _new(word, "Issue", "Issue", FANGSONG, Pt(11))
    _spacing(line, Pt(18))
    line.paragraph_format.space_after = Pt(8)
    line.paragraph_format.tab_stops.add_tab_stop(Pt(BULLETIN.width), 2)
    border = OxmlElement("w:pBdr")
    bottom = OxmlElement("w:bottom")
    for key, value in (("val", "single"), ("sz", "12"), ("space", "2"), ("color", str(RED))):
        bottom.set(qn(f"w:{key}"), value)
    border.append(bottom)
    line.element.get_or_add_pPr().insert_element_before(
        border, "w:shd", "w:tabs", "w:snapToGrid", "w:spacing", "w:ind", "w:jc", "w:outlineLvl"
    )


def _new(word: Word, name: str, key: str, east: str, size: Pt) -> Any:
    known = {style.name for style in word.styles}
    if name in known:
        style = word.styles[name]
    else:  # Word has built-in names for the lines of a table of contents
        style = word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH, name.startswith("toc"))
    style.element.set(qn("w:styleId"), key)
    style.base_style = word.styles["Normal"]
    _type(style, east, size)
    return style


def _type(style: Any, east: str, size: Pt, *, bold: bool = False) -> None:
    style.font.size, style.font.bold, style.font.italic = size, bold, False
    style.font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for key in list(fonts.attrib):  # names of a theme would win over ours
        del fonts.attrib[key]
    for key, name in (("ascii", LATIN), ("hAnsi", LATIN), ("cs", LATIN), ("eastAsia", east)):
        fonts.set(qn(f"w:{key}"), name)
    fonts.set(qn("w:hint"), "eastAsia")


def _spacing(style: Any, pitch: Pt | None, side: Any = None, *, indent: bool = False) -> None:
    shape = style.paragraph_format
    shape.space_before = shape.space_after = Pt(0)
    shape.alignment = side
    if pitch:
        shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, pitch
    else:
        shape.line_spacing_rule = WD_LINE_SPACING.SINGLE
        grid = OxmlElement("w:snapToGrid")
        grid.set(qn("w:val"), "0")
        style.element.get_or_add_pPr().insert_element_before(
            grid, "w:spacing", "w:ind", "w:jc", "w:outlineLvl"
        )
    if indent:  # two characters of whatever size
        shape.first_line_indent = Pt(32)
        style.element.pPr.find(qn("w:ind")).set(qn("w:firstLineChars"), "200")


def _page_number(footer: Any, side: Any) -> None:
    """Write — n —, one character in from the outer edge."""
    paragraph = footer.paragraphs[0]
    paragraph.alignment = side
    shape = paragraph.paragraph_format
    shape.left_indent = shape.right_indent = Pt(14)
    fonts = f'<w:rFonts w:ascii="{SONG}" w:hAnsi="{SONG}" w:eastAsia="{SONG}"/><w:sz w:val="28"/>'
    for run in (paragraph.add_run("— "), None, paragraph.add_run(" —")):
        if run is not None:
            run.font.size, run.font.name = Pt(14), SONG
            run._element.rPr.rFonts.set(qn("w:eastAsia"), SONG)
    last = paragraph._p[-1]
    for part in field("PAGE", "1", fonts):
        last.addprevious(part)


def _font_table(word: Word) -> None:
    """Name for each font what may replace it."""
    names = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{others}"/><w:family w:val="{family}"/>'
        '<w:pitch w:val="variable"/></w:font>'
        for name, (others, family) in FALLBACKS.items()
    )
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    xml = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:fonts xmlns:w="{space}">'
    for part in word.part.package.iter_parts():
        if part.partname.endswith("fontTable.xml"):
            part._blob = f"{xml}{names}</w:fonts>".encode()
