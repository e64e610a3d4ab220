# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report in a real browser: what is seen, what is asked for, and what must not run.

The browser is Debian's chromium. Without one these tests are skipped, except in continuous integration.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from ansible_collections.mailops.pdd.plugins.plugin_utils._report_page import write_report
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pytest_httpserver import HTTPServer

from .conftest import busy_domain, domain, mailbox

QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",  # it cannot be had as root, and the pages are our own
)
HOSTILE = (
    "<script>document.title = 'taken over'</script>",
    "<img src=x onerror=\"document.title = 'taken over'\">",
    "\"'><svg onload=\"document.title = 'taken over'\">",
    "</style></bdi><script>document.title = 'taken over'</script>",
)
SEEN_TEXTS = """() => {
  const opaque = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const color = getComputedStyle(each).backgroundColor;
      if (color !== 'rgba(0, 0, 0, 0)') return color;
    }
    return 'none';
  };
  return [...document.body.querySelectorAll('*')]
    .filter((element) => element.checkVisibility())
    .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
    .map((element) => [element.innerText, getComputedStyle(element).color, opaque(element)]);
}"""
"""Returns text, colour and background of all elements that show text of their own."""

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return a browser; it ends with the module, for it occupies the thread's event loop."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not program:
        assert not os.environ.get("CI"), "continuous integration needs Chromium"
        pytest.skip("no Chromium is installed")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield running
        running.close()


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Return a function that opens a page, with options of the browser's context.

    No page may complain on the console or ask for anything but itself.
    """
    said: list[str] = []
    asked: list[str] = []
    file = tmp_path / "report.html"
    opened = []

    def show(html: str, **options: Any) -> Page:
        file.write_text(html)
        page = browser.new_context(**options).new_page()
        opened.append(page)
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(file.as_uri())
        return page

    yield show
    for page in opened:
        page.context.close()
    assert said == []
    assert set(asked) == {file.as_uri()}


@pytest.fixture(scope="module")
def html() -> str:
    """Return a report with something in every place, long names, and lists that are folded up."""
    crowd = [f"user{number}@big.test" for number in range(60)]
    boxes = [mailbox(login, unread=number * 40, new=number % 4) for number, login in enumerate(crowd)]
    long = "unbroken" * 20
    lists = [{"maillist": f"{long}@big.test", "subscribers": crowd, "senders_on_behalf": crowd[::7]}]
    domains = [
        domain("example.test"),
        busy_domain(lambda: long),
        domain("big.test", maillists=lists, mailboxes=boxes, details={"status": "mx-activate"}),
        {"host": "silent.test", "errors": ["Cannot read silent.test: the service does not answer."]},
        domain("xn--e1afmkfd.test", drift={"differences": [], "unknown": ["The signature cannot be read."]}),
    ]
    return write_report(domains, title="Mail at Example", generated="2026-03-01 09:00 UTC")


def luminance(color: str) -> float:
    """Return the relative luminance of `rgb(…)` as the accessibility guidelines define it."""
    channels = [int(channel) / 255 for channel in color.removeprefix("rgb(").removesuffix(")").split(",")]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(color: str, background: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21."""
    darker, lighter = sorted((luminance(color), luminance(background)))
    return (lighter + 0.05) / (darker + 0.05)


def unfold(page: Page) -> None:
    """Open all that is folded up."""
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")


def background(page: Page) -> str:
    """Return the colour of the paper."""
    color: str = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return color


def test_content_is_seen(show: Open, html: str) -> None:
    page = show(html)
    expect(page).to_have_title("Mail at Example")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mail at Example")
    expect(page.get_by_role("heading", name="пример.test")).to_be_visible()
    expect(page.get_by_text("Cannot read silent.test: the service does not answer.")).to_be_visible()
    expect(page.get_by_role("row", name="example.test works")).to_be_visible()
    expect(page.get_by_role("progressbar", name="Progress of the imports").first).to_have_attribute("value", "62")


def test_bars_have_the_length_of_their_numbers(show: Open, html: str) -> None:
    """Their height is that of the whole bar: a browser that knows the element otherwise draws it its own way."""
    page = show(html)
    unfold(page)
    meter = page.get_by_role("row", name="user30@big.test").locator("meter")
    box = meter.bounding_box()
    assert box is not None
    assert 40 < box["width"] < 200
    drawn = page.evaluate(
        """async (bytes) => {
          const picture = await createImageBitmap(new Blob([new Uint8Array(bytes)]));
          const canvas = new OffscreenCanvas(picture.width, picture.height);
          const pen = canvas.getContext('2d', {willReadFrequently: true});
          pen.drawImage(picture, 0, 0);
          const at = (x, y) => pen.getImageData(x * picture.width, y * picture.height, 1, 1).data.join();
          return [at(.25, .25), at(.25, .75), at(.75, .5)];
        }""",
        list(meter.screenshot()),
    )
    assert drawn[0] == drawn[1] != drawn[2]


def test_what_is_long_opens_by_a_click(show: Open, html: str) -> None:
    page = show(html)
    someone = page.get_by_role("listitem").filter(has_text="user59@big.test")
    expect(someone).to_be_hidden()
    page.get_by_text("60 members, 9 senders on its behalf").click()
    expect(someone).to_be_visible()


def test_links_of_the_overview_lead_to_the_domains(show: Open, html: str) -> None:
    page = show(html, viewport={"width": 1000, "height": 400})
    names = page.locator("table.overview a").all_inner_texts()
    assert names == ["example.test", "busy.test", "big.test", "silent.test", "пример.test"]
    for name in names:
        page.get_by_role("table").first.get_by_role("link", name=name, exact=True).click()
        expect(page.get_by_role("heading", name=name, exact=True)).to_be_in_viewport()
        assert page.evaluate("document.querySelectorAll(location.hash).length") == 1


@pytest.mark.parametrize("bypass_csp", [False, True])
def test_hostile_names_stay_texts_and_run_nothing(show: Open, bypass_csp: bool) -> None:
    """With the page's policy and without it."""
    lists = [{"maillist": name, "subscribers": [name], "senders_on_behalf": []} for name in HOSTILE]
    page = show(write_report([domain(maillists=lists)], title="Safe"), bypass_csp=bypass_csp)
    for name in HOSTILE:
        expect(page.get_by_role("listitem").get_by_text(name, exact=True)).to_be_visible()
    expect(page).to_have_title("Safe")
    assert page.locator("script, img, svg, iframe, link, [onload], [onerror]").count() == 0


def test_policy_of_the_page_stops_what_would_get_into_it(
    browser: Browser, httpserver: HTTPServer, tmp_path: Path, html: str
) -> None:
    """A second fence: nothing is fetched or run even where the markup says so."""
    url = httpserver.url_for("/taken")
    markup = f"<img src='{url}'><link rel='stylesheet' href='{url}'><script>document.title = 'taken over'</script>"
    file = tmp_path / "report.html"
    file.write_text(html.replace("<h1>", f"{markup}<h1>"))
    page = browser.new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    page.goto(file.as_uri())
    expect(page).to_have_title("Mail at Example")
    page.context.close()
    assert len([text for text in refused if "Content Security Policy" in text]) == 3
    assert httpserver.log == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read(show: Open, html: str, scheme: str) -> None:
    """The contrast of all texts is at least that of level AA."""
    page = show(html, color_scheme=scheme)
    unfold(page)
    texts = page.evaluate(SEEN_TEXTS)
    assert len(texts) > 300
    assert [each for each in texts if contrast(*each[1:]) < 4.5] == []


def test_dark_is_dark_and_light_is_light(show: Open, html: str) -> None:
    assert luminance(background(show(html, color_scheme="light"))) > 0.9
    assert luminance(background(show(html, color_scheme="dark"))) < 0.05


@pytest.mark.parametrize(("media", "width"), [("screen", 320), ("screen", 375), ("screen", 961), ("print", 680)])
def test_nothing_stands_out_of_the_page(show: Open, html: str, media: Literal["print", "screen"], width: int) -> None:
    """On phones, on the narrowest screen where tables are shown as such, and on paper (A4)."""
    page = show(html, viewport={"width": width, "height": 700})
    page.emulate_media(media=media)
    unfold(page)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert (
        page.evaluate(
            """(width) => [...document.querySelectorAll('main *:not(thead, thead *)')]
              .filter((element) => Math.round(element.getBoundingClientRect().right) > width)
              .map((element) => element.outerHTML)""",
            width,
        )
        == []
    )


def test_tables_stay_tables_on_a_phone(show: Open, html: str) -> None:
    """Their rows are shown as blocks there; who listens to them still hears of columns and rows."""
    page = show(html, viewport={"width": 375, "height": 700})
    unfold(page)
    heard = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    roles = Counter(node["role"]["value"] for node in heard if not node["ignored"])
    elements = {"table": "table", "row": "tr", "columnheader": "thead th", "rowheader": "tbody th", "cell": "td"}
    assert {role: roles[role] for role in elements} == {
        role: page.locator(selector).count() for role, selector in elements.items()
    }


def test_print_shows_everything_in_dark_on_white(show: Open, html: str) -> None:
    """Also what is folded up, and also for a reader who likes it dark."""
    page = show(html, color_scheme="dark")
    hidden = "[...document.querySelectorAll('main *')].filter((element) => !element.checkVisibility()).length"
    assert page.evaluate(hidden) > 60
    page.emulate_media(media="print")
    assert page.evaluate(hidden.replace("main *", "main *:not(.back)")) == 0
    expect(page.get_by_role("listitem").filter(has_text="user59@big.test")).to_be_visible()
    assert luminance(background(page)) > 0.9
    assert [each for each in page.evaluate(SEEN_TEXTS) if contrast(*each[1:]) < 4.5] == []
