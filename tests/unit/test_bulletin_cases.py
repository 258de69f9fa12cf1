"""A case is printed in signs that the fonts of a bulletin can draw, whatever people wrote."""

from pipeline.bulletin.content.cases import one_line
from pipeline.document.font import FAMILY, SERIF, require_glyphs


def test_emoji_and_rare_characters_do_not_stop_a_bulletin():
    text = one_line("路灯不亮\U0001f44d,请\U00020bb7家巷\u200b尽快修,谢谢!𠮷")
    assert text == "路灯不亮〓,请〓家巷〓尽快修,谢谢!〓"
    require_glyphs([text], (FAMILY, SERIF))


def test_plain_text_stays_as_it_is():
    text = "“网约车”APP 3.5 元——第①条…《办法》±20℃,§4"
    assert one_line(text) == text
    require_glyphs([text], (FAMILY, SERIF))
