"""The page in a real browser: what is painted, what a screen reader gets, keys, colours, and coming back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from importlib.resources import files
from typing import Any

import pytest
import pytest_asyncio
from PySide6.QtGui import QImage

from fishcaption.captions.display import Display
from tests.browser import BrowserPage, browser, needs_chromium
from tests.captions.outlets import cue
from tests.captions.page.serving import OPERATOR, Serving, serving

pytestmark = [pytest.mark.slow, needs_chromium]

VISIBLE = "[...document.querySelectorAll('#cue .line .text > span')].filter(word => getComputedStyle(word).visibility === 'visible' && word.offsetWidth > 0).map(word => word.textContent).join('')"  # noqa: E501  a script
THEMES = ("dark", "light", "contrast", "yellow")
ARABIC = "مساء الخير جميعا"


@pytest_asyncio.fixture
async def here() -> AsyncIterator[Serving]:
    async with serving() as one:
        yield one


@pytest_asyncio.fixture
async def page(here: Serving) -> AsyncIterator[BrowserPage]:
    """A page in a browser, which is left before the server ends."""
    async with browser() as one:
        await one.resize(1280, 720)
        yield one
        assert one.problems == []


async def seen(page: BrowserPage, text: str) -> None:
    """Wait until just this of the caption is visible."""
    await page.until(f"{VISIBLE} === {text!r}")


async def history(page: BrowserPage) -> list[str]:
    texts: list[str] = await page.evaluate(
        "[...document.querySelectorAll('#history p')].map(p => p.textContent)"
    )
    return texts


async def violations(page: BrowserPage) -> list[tuple[str, list[str]]]:
    """What axe-core finds against the page."""
    await page.evaluate(files("axe_core_python").joinpath("axe.min.js").read_text("utf-8") + ";0")
    found = await page.evaluate("axe.run().then(result => result.violations)")
    return [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]


async def test_words_are_painted_as_they_are_heard(page: BrowserPage, here: Serving) -> None:
    here.show(Display(cue(1, "one two three", "four", heard=1)))
    await page.open(here.address)
    await seen(page, "one ")
    first = "JSON.stringify(document.querySelector('#cue .line .text > span').getBoundingClientRect())"
    place, picture = await page.evaluate(first), await page.picture()
    here.show(Display(cue(1, "one two three", "four", heard=2)))
    await seen(page, "one two ")
    assert await page.evaluate(first) == place, "a word that is revealed moves the others"
    assert await page.picture() != picture
    here.show(Display(cue(1, "one two three", "four"), is_typing=True))
    await seen(page, "one two threefour")
    assert await page.evaluate("getComputedStyle(document.querySelector('#cue'), '::after').content") == '"…"'
    here.show(Display(is_black=True))
    await page.until("getComputedStyle(document.querySelector('#live')).visibility === 'hidden'")
    here.show(Display(is_rehearsal=True))
    await page.until("document.querySelector('#status').textContent.startsWith('Rehearsal.')")
    here.show(Display())
    await page.until("document.querySelector('#status').textContent === ''")
    await seen(page, "")


async def test_each_mode_reveals_in_its_way(page: BrowserPage, here: Serving) -> None:
    here.mode = "pop-on"
    here.show(Display(cue(1, "one two", "three", heard=1)))
    await page.open(here.address)
    await seen(page, "one twothree")
    here.mode = "roll-up"
    here.show(Display(cue(2, "four five", "six", heard=1)))
    await seen(page, "four ")
    assert await page.text("#before") == "one"
    assert (await page.text("#cue")).rstrip() == "four"
    await page.open(f"{here.address}?mode=pop-on")  # the reader's own choice
    await seen(page, "four fivesix")


async def test_what_was_missed_is_there_after_the_connection_is(page: BrowserPage, here: Serving) -> None:
    here.show(Display(cue(1, "first")))
    await page.open(here.address)
    await seen(page, "first")
    for reader in tuple(here.server._readers):
        reader.transport.abort()
    for number, word in enumerate(["second", "third", "fourth"], 2):
        here.show(Display(cue(number, word)))
    await seen(page, "fourth")
    await page.until("document.querySelectorAll('#history p').length === 3")
    here.show(Display())
    await page.until("document.querySelectorAll('#history p').length === 4")
    assert await history(page) == ["first", "second", "third", "fourth"]


async def test_a_phone_that_slept_connects_at_once(page: BrowserPage, here: Serving) -> None:
    """Its socket is dead, but does not know it yet."""
    here.show(Display(cue(1, "before")))
    await page.open(here.address)
    await seen(page, "before")
    wake = "document.dispatchEvent(new Event('visibilitychange'))"
    await page.evaluate(wake)
    await page.evaluate(f"const now = Date.now; Date.now = () => now() + 60000; {wake}; 0")
    here.show(Display(cue(2, "after")))
    await seen(page, "after")
    sockets = [request for request in page.requests if request.startswith("ws:")]
    assert len(sockets) == 2, "one for the first connection, none for the first waking, one for the second"


async def test_the_overlay_paints_captions_and_nothing_else(page: BrowserPage, here: Serving) -> None:
    here.show(Display(cue(1, "One line over a picture.")))
    await page.open(f"{here.address}?theme=overlay")
    await seen(page, "One line over a picture.")
    image = QImage.fromData(await page.picture(is_transparent=True))
    rows = [sum(image.pixelColor(x, y).alpha() > 0 for x in range(0, image.width(), 4)) for y in range(720)]
    assert sum(rows[:500]) == 0
    assert rows[719] == 0
    assert 100 < max(rows) < 1280 / 4
    for element in ("html", "body"):
        style = f"getComputedStyle(document.querySelector('{element}'))"
        assert await page.evaluate(f"{style}.backgroundColor") == "rgba(0, 0, 0, 0)"
        assert await page.evaluate(f"{style}.backgroundImage") == "none"


CONTRAST = """
(() => {
  const parts = color => color.match(/[\\d.]+/g).map(Number);
  const light = color => parts(color).slice(0, 3).map(part => part / 255)
    .map(part => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
  const behind = element => {
    for (; element; element = element.parentElement) {
      const color = getComputedStyle(element).backgroundColor;
      if (parts(color).length === 3 || parts(color)[3] > 0) return color;
    }
    return "rgb(255, 255, 255)";
  };
  return SELECTORS.map(selector => {
    const element = document.querySelector(selector);
    const [one, other] = [getComputedStyle(element).color, behind(element)].map(light).sort((a, b) => b - a);
    return (one + 0.05) / (other + 0.05);
  });
})()
"""


async def test_every_theme_can_be_read_and_axe_finds_nothing(page: BrowserPage, here: Serving) -> None:
    here.show(Display(cue(1, "Earlier.", speaker="ANNA")))
    here.show(Display(cue(2, "Now.", speaker="BOB")))
    for theme in THEMES:
        await page.open(f"{here.address}?theme={theme}&reader=1")
        await seen(page, "Now.")
        await page.until("document.querySelector('#history p')")
        await page.click("#open")
        selectors = (
            "['#cue .line .text', '#cue .speaker', '#history p', '#open', '#theme', '#reader', '#awake']"
        )
        found = await page.evaluate(CONTRAST.replace("SELECTORS", selectors))
        assert found[0] >= 7, theme
        assert min(found) >= (7 if theme in ("contrast", "yellow") else 4.5), (theme, found)
        assert await violations(page) == [], theme
    await page.open(f"{here.address}?theme=overlay")
    await seen(page, "Now.")
    assert await violations(page) == []


async def test_everything_can_be_done_by_keyboard_and_is_kept_in_the_address(
    page: BrowserPage, here: Serving
) -> None:
    here.show(Display(cue(1, "Now.")))
    await page.open(here.address)
    await seen(page, "Now.")
    focused = "document.activeElement.id"
    met = []
    for _ in range(2):
        await page.press("Tab")
        met.append(await page.evaluate(focused))
    assert met == ["history", "open"]
    await page.press("Enter")
    reached = []
    for _ in range(6):
        await page.press("Tab")
        reached.append(await page.evaluate(focused))
    assert reached == ["smaller", "larger", "theme", "mode", "earlier", "reader"]
    await page.press(" ")
    assert await page.evaluate("document.querySelector('#history').getAttribute('aria-live')") == "polite"
    await page.evaluate("document.querySelector('#larger').focus()")
    await page.press("Enter")
    await page.evaluate("document.querySelector('#theme').focus()")
    await page.press("ArrowDown")
    await page.until("location.search.includes('theme=light')")
    await page.press("Escape")
    assert await page.evaluate(f"[document.querySelector('#choices').hidden, {focused}]") == [True, "open"]
    assert await page.evaluate("location.search") == "?reader=1&size=1.2&theme=light"
    await page.call("Page.reload")
    await seen(page, "Now.")
    assert await page.evaluate(
        "[document.documentElement.dataset.theme,"
        " document.querySelector('#reader').getAttribute('aria-pressed'),"
        " document.cookie, localStorage.length + sessionStorage.length]"
    ) == ["light", "true", "", 0]


async def test_a_screen_reader_gets_each_finished_caption_once_and_never_single_words(
    page: BrowserPage, here: Serving
) -> None:
    here.show(Display(cue(1, "Before it was asked for.")))
    await page.open(f"{here.address}?theme=overlay&reader=1")  # also where nobody sees the log
    await seen(page, "Before it was asked for.")
    await page.evaluate(
        "window.changes = []; new MutationObserver(found => changes.push(...found.map(one =>"
        " [one.type, one.addedNodes.length, one.removedNodes.length])))"
        ".observe(document.querySelector('#history'), {subtree: true, childList: true,"
        " characterData: true, attributes: true}); 0"
    )
    here.show(Display(cue(2, "A longer", "caption.", heard=1, speaker="ANNA")))
    here.show(Display(cue(2, "A longer", "caption.", speaker="ANNA")))
    here.show(Display(cue(3, "Not finished.")))
    await seen(page, "Not finished.")
    await page.until("document.querySelectorAll('#history p').length === 2")
    assert await history(page) == ["Before it was asked for.", "ANNA: A longer caption."]
    assert await page.evaluate("changes") == [["childList", 1, 0]] * 2
    await page.call("Accessibility.enable")
    tree = (await page.call("Accessibility.getFullAXTree"))["nodes"]
    roles = {
        (node["role"]["value"], node.get("name", {}).get("value", "")) for node in tree if not node["ignored"]
    }
    assert ("log", "Earlier captions") in roles
    spoken = " ".join(name for _, name in roles)
    assert "A longer caption." in spoken
    assert "Not finished" not in spoken
    for number in range(4, 230):
        here.show(Display(cue(number, f"Caption {number}.")))
    await seen(page, "Caption 229.")
    await page.until("document.querySelector('#past').lastChild.textContent === 'Caption 228.'")
    assert len(await history(page)) == 200


async def test_the_history_stays_at_the_newest_unless_its_reader_has_scrolled(
    page: BrowserPage, here: Serving
) -> None:
    for number in range(1, 60):
        here.show(Display(cue(number, f"Caption {number}.")))
    await page.open(here.address)
    await page.until("document.querySelectorAll('#history p').length === 58")
    newest = "document.querySelector('#past').lastChild.getBoundingClientRect().bottom"
    edge = "document.querySelector('#history').getBoundingClientRect().bottom"
    assert await page.evaluate(f"Math.abs({newest} - {edge}) < 30")
    here.show(Display(cue(60, "Caption 60.")))
    await page.until("document.querySelectorAll('#history p').length === 59")
    assert await page.evaluate(f"Math.abs({newest} - {edge}) < 30")
    assert await page.evaluate("document.querySelector('#newest').hidden")
    await page.evaluate("document.querySelector('#history').scrollTop = -300; 0")
    await page.until("!document.querySelector('#newest').hidden")
    place = "document.querySelector('#past').children[40].getBoundingClientRect().top"
    before = await page.evaluate(place)
    here.show(Display(cue(61, "Caption 61.")))
    await page.until("document.querySelectorAll('#history p').length === 60")
    assert abs(await page.evaluate(place) - before) < 2, "what is being read moves"
    await page.click("#newest")
    await page.until(f"Math.abs({newest} - {edge}) < 30")


async def test_right_to_left_and_narrow_screens(page: BrowserPage, here: Serving) -> None:
    here.show(Display(cue(1, ARABIC, "Two words", language="ar")))
    await page.open(here.address)
    await page.until("document.querySelectorAll('#cue .line').length === 2")
    spans = "[...document.querySelectorAll('#cue .line .text > span')]"
    lefts = f"{spans}.map(word => word.getBoundingClientRect().left)"
    first, second, third, two, words = await page.evaluate(lefts)
    assert first > second > third
    assert two < words
    here.show(Display(cue(2, f"{ARABIC} {ARABIC}", f"{ARABIC} {ARABIC}", language="ar")))
    await page.resize(320, 568, scale=2, is_phone=True)
    await page.until("document.querySelector('#cue').classList.contains('flow')")
    boxes: list[dict[str, Any]] = await page.evaluate(
        f"{spans}.map(word => word.getBoundingClientRect().toJSON())"
    )
    order = sorted(range(12), key=lambda place: (round(boxes[place]["top"]), -boxes[place]["left"]))
    assert order == list(range(12)), "the words of both lines, read from the right"
    for size in (1, 4):
        await page.open(f"{here.address}?size={size}")
        await page.until("document.querySelectorAll('#cue .line').length === 2")
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_text_is_only_text_and_nothing_is_asked_from_elsewhere(
    page: BrowserPage, here: Serving
) -> None:
    evil = "<img src=http://evil.example/x onerror=alert(1)> <script>document.title='x'</script>"
    here.show(Display(cue(1, evil, speaker="<b>X</b>", language='"><i>')))
    await page.open(here.address)
    await seen(page, evil)
    here.show(Display())
    await page.until("document.querySelector('#history p')")
    assert await history(page) == [f"<b>X</b>: {evil}"]
    assert await page.evaluate("document.images.length") == 0
    assert await page.evaluate("document.title") == "Captions"
    assert {request.split("/")[2] for request in page.requests if request.startswith(("http", "ws"))} == {
        here.place
    }


async def test_the_operator_sees_the_show_and_commands_it(page: BrowserPage, here: Serving) -> None:
    view = {"is_open": True, "script": "Play", "current": "Now <b>.", "following": "Then.", "number": 3,
            "total": 80, "is_black": False, "is_frozen": False, "is_paused": False, "left_seconds": 125,
            "outlets": [{"name": "Zoom", "light": "trouble", "words": "The link has expired."}]}  # fmt: skip
    here.server.show_operator(view)
    await page.open(f"http://{here.place}/o/{OPERATOR}")
    await page.until("document.querySelector('#now').textContent === 'Now <b>.'")
    assert await page.text("#place") == "3 of 80, 2:05 left"
    assert await page.text("#outlets") == "Zoom The link has expired."
    assert await page.evaluate("document.querySelector('#code').naturalWidth > 0")
    await page.click("[data-command=next]")
    assert (await here.event("command"))["action"] == "next"
    await page.click("[data-command=black]")
    assert await here.event("command") == {"ev": "command", "action": "black", "value": "on"}
    here.server.show_operator({**view, "is_black": True})
    await page.until("document.querySelector('[data-command=black]').getAttribute('aria-pressed') === 'true'")
    await page.evaluate(
        "document.querySelector('#to').focus(); document.querySelector('#to').value = 'A 12'; 0"
    )
    await page.press("Enter")
    assert await here.event("command") == {"ev": "command", "action": "jump", "value": "A 12"}
    here.server.show_operator({**view, "is_open": False})
    await page.until("document.querySelector('#place').textContent === ''")
    assert await violations(page) == []
    await page.click("[data-command=next]")
    await page.until("document.querySelector('#told').textContent === 'No script is open.'")
    page.problems.remove("Failed to load resource: the server responded with a status of 409 (Conflict)")
