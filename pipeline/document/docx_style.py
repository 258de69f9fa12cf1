"""The look of the Word file, after GB/T 9704: page, type by name with fallbacks, page numbers."""

from typing import Any

from docx.document import Document as Word
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from pipeline.document.docx_xml import field

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
PITCH = Pt(28)
BODY = Pt(16)
WIDTH, WIDE = 156 / 25.4 * 72, 225 / 25.4 * 72


def prepare(word: Word, warning: str) -> None:
    """Set page, styles, list of fonts and page numbers; `warning` heads every page."""
    section = word.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(25)
    word.settings.odd_and_even_pages_header_footer = True
    _page_number(section.footer, WD_ALIGN_PARAGRAPH.RIGHT)
    _page_number(section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT)
    _styles(word)
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


def _styles(word: Word) -> None:
    normal = word.styles["Normal"]
    _type(normal, FANGSONG, BODY)
    _spacing(normal, PITCH)
    for level, (east, bold) in enumerate(((HEI, False), (KAI, False), (FANGSONG, True)), start=1):
        style = word.styles[f"Heading {level}"]
        _type(style, east, BODY, bold=bold)
        _spacing(style, PITCH, indent=True)
        style.paragraph_format.keep_with_next = True
    title = word.styles["Title"]
    _type(title, TITLE_SONG, Pt(22))
    _spacing(title, Pt(36), WD_ALIGN_PARAGRAPH.CENTER)
    for border in title.element.pPr.findall(qn("w:pBdr")):
        title.element.pPr.remove(border)
    subtitle = word.styles["Subtitle"]
    _type(subtitle, KAI, BODY)
    _spacing(subtitle, PITCH, WD_ALIGN_PARAGRAPH.CENTER)
    center = WD_ALIGN_PARAGRAPH.CENTER
    body = _new(word, "Body Indent", "BodyIndent", FANGSONG, BODY)
    _spacing(body, PITCH, WD_ALIGN_PARAGRAPH.JUSTIFY, indent=True)
    _spacing(_new(word, "Table Text", "TableText", SONG, Pt(10.5)), None)
    _spacing(_new(word, "Remark", "Remark", SONG, Pt(9)), Pt(14))
    _spacing(_new(word, "Mark", "Mark", HEI, Pt(12)), Pt(20), center)
    caption = word.styles["Caption"]
    _type(caption, HEI, Pt(12))
    _spacing(caption, Pt(22), center)
    caption.paragraph_format.space_before = Pt(6)
    _spacing(_new(word, "Picture", "Picture", SONG, Pt(10.5)), None, center)
    head = _new(word, "TOC Heading", "TOCHeading", HEI, BODY)
    _spacing(head, Pt(36), center)
    for level in (1, 2, 3):
        style = _new(word, f"toc {level}", f"TOC{level}", FANGSONG, Pt(14))
        _spacing(style, Pt(24))
        style.paragraph_format.left_indent = Pt(14 * (level - 1))
        style.paragraph_format.tab_stops.add_tab_stop(Pt(WIDTH), 2, 1)  # right, dotted


def _new(word: Word, name: str, key: str, east: str, size: Pt) -> Any:
    known = {style.name for style in word.styles}
    if name in known:
        style = word.styles[name]
    else:  # Word knows the names of a contents' lines as its own
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
    """Name for each font what may stand in for it."""
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
