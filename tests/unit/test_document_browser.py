"""The page in a real browser without a screen: sorting, search, a clicked figure, phone and print.

Skipped where Debian's chromium and its driver are absent; `.ci/run` installs them where it can.
"""

import base64
import io
import json
import re
import shutil

import pypdf
import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from pipeline.document import write
from pipeline.document.model import Column, Section, Table
from tests.support.documents import count, document, name

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (CHROMIUM and DRIVER), reason="chromium or chromedriver is not installed"
    ),
]
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    write(document(), folder, formats=["html"])
    return (folder / "report.html").as_uri()


@pytest.fixture
def page(browser, address):
    """Return the browser on a fresh page; whatever a test does must raise no error or request."""
    resize(browser, 1300, 900)
    browser.get_log("performance")
    browser.get(address)
    yield browser
    assert browser.get_log("browser") == []
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = {
        event["params"]["request"]["url"]
        for event in events
        if event["method"] == "Network.requestWillBeSent"
    }
    assert {url for url in asked if not url.startswith(("data:", address))} == set()


def resize(browser, width: int, height: int, mobile: bool = False) -> None:
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile},
    )


def column(page, table: int, place: int) -> list[str]:
    return page.execute_script(
        "return [...document.querySelectorAll('main table')[arguments[0]].tBodies[0].rows]"
        ".map((row) => row.cells[arguments[1]].textContent)", table, place,
    )  # fmt: skip


def shown(page, selector: str) -> list[str]:
    return page.execute_script(
        "return [...document.querySelectorAll(arguments[0])].filter((e) => e.checkVisibility())"
        ".map((e) => e.innerText)", selector,
    )  # fmt: skip


def search(page, words: str) -> None:
    box = page.find_element(By.ID, "query")
    box.clear()
    box.send_keys(words)
    WebDriverWait(page, 10).until(lambda _: page.find_element(By.ID, "found").text != "")


def test_a_column_sorts_by_value_and_says_so(page):
    heads = page.find_elements(By.CSS_SELECTOR, "main table:first-of-type thead th")[:5]
    before = column(page, 0, 1)
    assert before == ["48,211", "9,007", "*", "*"]
    button = heads[1].find_element(By.TAG_NAME, "button")
    states, orders = [], []
    for _ in range(3):
        button.click()
        states.append(heads[1].get_attribute("aria-sort"))
        orders.append(column(page, 0, 1))
    assert states == ["descending", "ascending", "none"]
    # By value, not by letter: 9,007 < 48,211; what is hidden comes last either way.
    assert orders == [before, ["9,007", "48,211", "*", "*"], before]
    heads[3].find_element(By.TAG_NAME, "button").click()
    assert column(page, 0, 3) == ["1,234.05", "-3.10", "-12.50", "—"]
    assert [head.get_attribute("aria-sort") for head in heads] == [
        "none", "none", "none", "descending", "none",
    ]  # fmt: skip


def test_names_sort_in_chinese_order_from_the_keyboard(page):
    button = page.find_elements(By.CSS_SELECTOR, "main thead button")[0]
    button.send_keys(Keys.ENTER)
    names = column(page, 0, 0)
    assert names[0].startswith("<b>")
    assert [one[:2] for one in names[1:]] == ["供水", "市容", "噪声"]  # gong, shi, zao
    assert "升序" in page.find_element(By.ID, "said").text


def test_search_hides_what_does_not_hold_the_words(page):
    everything = len(shown(page, "main .block"))
    search(page, "北岭第4街道")
    assert shown(page, "main section > :is(h2, h3, h4)") == ["1.分月与街道"]
    assert [row.split()[0] for row in shown(page, "main tbody tr")] == ["北岭第4街道"]
    search(page, "没有这个词")
    WebDriverWait(page, 10).until(lambda _: "没有找到" in page.find_element(By.ID, "found").text)
    assert shown(page, "main .block") == []
    page.find_element(By.ID, "query").send_keys(Keys.CONTROL, "a", Keys.DELETE)
    WebDriverWait(page, 10).until(lambda _: page.find_element(By.ID, "found").text == "")
    assert len(shown(page, "main .block")) == everything


def test_search_finds_figures_and_opens_them(page):
    search(page, "解决率")
    WebDriverWait(page, 10).until(lambda _: shown(page, "#hits button"))
    hits = page.find_elements(By.CSS_SELECTOR, "#hits button")
    assert [hit.text for hit in hits] == ["解决率 · 一级分类=噪声扰民\uff1a87.50%"]
    hits[0].click()
    assert page.find_element(By.ID, "panel-title").text == "解决率"


def test_a_clicked_figure_shows_what_is_behind_it(page):
    numbers = page.find_elements(By.CSS_SELECTOR, "main p a.f")
    assert [number.text for number in numbers[:2]] == ["12.35万件", "-3.07%"]
    numbers[1].click()
    panel = page.find_element(By.ID, "panel")
    assert panel.is_displayed()
    fields = {e.get_attribute("data-field"): e.text for e in panel.find_elements(By.TAG_NAME, "dd")}
    assert fields == {
        "definition": "一行为一件记录\uff1b改派的记录只计最后一次。", "numerator": "-3,911",
        "denominator": "127,367", "value": "-0.03070654", "scope": "分项口径 (tier1)",
        "period": "2031 年", "dims": "一级分类=噪声扰民", "verdict": "不符", "claims": "y031-1.3",
    }  # fmt: skip
    assert page.find_element(By.ID, "panel-printed").text == "-3.07%"
    assert "period < '2032'" in page.find_element(By.ID, "panel-sql").text
    page.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert not panel.is_displayed()
    assert page.switch_to.active_element == numbers[1]


def test_a_figure_opens_from_the_keyboard_too(page):
    for key in (Keys.ENTER, Keys.SPACE):
        page.find_elements(By.CSS_SELECTOR, "main td a.f")[0].send_keys(key)
        assert page.find_element(By.ID, "panel-printed").text == "4.82万件"
        page.find_element(By.ID, "close").click()
        assert not page.find_element(By.ID, "panel").is_displayed()


def test_no_line_begins_with_a_stop(page):
    """Every stop is on the line of what precedes it, at whatever width."""
    broken = []
    for width in range(320, 760, 40):
        resize(page, width, 800)
        broken += page.execute_script(
            """
            const out = [];
            for (const p of document.querySelectorAll('main p.block')) {
              const walk = document.createTreeWalker(p, NodeFilter.SHOW_TEXT);
              let last = null;
              for (let node = walk.nextNode(); node; node = walk.nextNode())
                for (let i = 0; i < node.length; i++) {
                  const range = document.createRange();
                  range.setStart(node, i); range.setEnd(node, i + 1);
                  const box = range.getBoundingClientRect();
                  if (last !== null && '\uff0c\u3002\uff1b'.includes(node.data[i])
                      && box.top > last + 8) out.push(p.textContent.slice(0, 20));
                  last = box.top;
                }
            }
            return out;
            """
        )
    assert broken == []


def test_a_hostile_name_is_shown_and_not_run(page):
    page.find_elements(By.CSS_SELECTOR, "main p a.f")[-1].click()
    assert '街道=<b>中街</b> & "后街"' in page.find_element(By.ID, "panel-fields").text
    assert page.find_elements(By.CSS_SELECTOR, "#panel b") == []


def test_the_policy_stops_a_script_from_elsewhere(page):
    ran = page.execute_script(
        "const s = document.createElement('script'); s.textContent = 'window.ran = 1';"
        "document.body.append(s); return window.ran"
    )
    assert ran is None
    log = page.get_log("browser")
    assert len(log) == 1 and "Content Security Policy" in log[0]["message"]


def test_a_phone_scrolls_tables_and_pictures_but_not_the_page(page):
    resize(page, 360, 740, mobile=True)
    page.refresh()
    width = page.execute_script("return [document.documentElement.scrollWidth, innerWidth]")
    assert width == [360, 360]
    wider = page.execute_script(
        "return [...document.querySelectorAll('.scroll')]"
        ".filter((e) => e.scrollWidth > e.clientWidth).length"
    )
    assert wider >= 7
    page.find_element(By.CSS_SELECTOR, "main p a.f").click()
    box = page.find_element(By.ID, "panel").rect
    assert (box["x"], box["width"]) == (0, 360)


def test_paper_gets_all_rows_and_headings_on_each_page(browser, tmp_path):
    # Latin headings: a machine without Chinese type prints Chinese that cannot be read back.
    columns = (
        Column("a", "NAME", "text"),
        *(Column(f"c{k}", f"COL{k}", "count") for k in range(9)),
    )
    rows = tuple((name(f"row{k}"), *(count(10**9 + k) for _ in range(9))) for k in range(120))
    wide = Table("t1", "1", "甲", "件", "", columns, rows, True, 20)
    tall = Table("t2", "2", "乙", "件", "", columns[:3], tuple(row[:3] for row in rows))
    write(
        document(sections=(Section("s", "一", 1, "表", (wide, tall)),)), tmp_path, formats=["html"]
    )
    browser.get((tmp_path / "report.html").as_uri())
    made = browser.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
    sheets = pypdf.PdfReader(io.BytesIO(base64.b64decode(made["data"]))).pages
    texts = [sheet.extract_text() for sheet in sheets]
    lying = [sheet.mediabox.width > sheet.mediabox.height for sheet in sheets]
    assert lying.count(True) >= 3 and lying.count(False) >= 2
    with_rows = [text for text in texts if "row" in text]
    assert len(with_rows) >= 5 and all("NAME" in text for text in with_rows)
    assert all(
        "COL8" in text for text, is_landscape in zip(texts, lying, strict=True) if is_landscape
    )
    printed = "\n".join(texts)
    assert all(len(re.findall(rf"\brow{k}\b", printed)) == 2 for k in range(120))
