"""What there is to be seen on the pages: a campaign that ran, people who wrote, one who is on hold, one who said STOP."""
import contextlib
import pathlib

from house import Skipped, equal
from inbox_world import InboxWorld, token_of
from pinned import npm_modules
from webdriver import DESK, SMALL_PHONE, Driver, programs

AXE = """
return axe.run(document).then(found => found.violations.flatMap(v =>
    v.nodes.map(n => `${v.id}: ${v.help}: ${n.html.slice(0, 120)}`)));"""
AXE_COLOURS = AXE.replace("document)", "document, {runOnly: ['color-contrast', 'link-in-text-block']})")
OPEN_ALL = "document.querySelectorAll('details').forEach(d => d.open = true)"
TEXT_SIZE = "document.documentElement.style.fontSize = arguments[0]"
NIGHT = [{"name": "prefers-color-scheme", "value": "dark"}]
ZOOMED = (320, 256)  # a desk at 400 %
PAGE_BYTES_MAX = 100 * 1000
HERE = pathlib.Path(__file__).parent
MEMBERS = {"Ada": ("volunteer", "main"), "Ben": ("volunteer", "main"), "Omar": ("organiser", "main"), "Olive": ("owner", None)}
PEOPLE = [(f"+4477009002{i:02}", name) for i, name in enumerate(["Zoë", "Siân", "Mo", "Jo", "Kim", "Lee", "Ines", "Tariq"])]
TEXTS = ["Hello, is there parking near the hall?", "Yes", "please take me off this list", "STOP", "ok see you there",
         "Maybe, if somebody can give my mother a lift?"]


class PagesWorld(InboxWorld):
    def __init__(self, args, **more):
        self.driver = None
        super().__init__(args, MEMBERS, **more)

    def fill(self):
        self.campaign(PEOPLE)
        for (number, _), text in zip(PEOPLE, TEXTS):
            self.person_writes(number, text)
        fence = self.api("Ada", "POST", "/conversations/1/claim", {})["fence"]
        self.api("Ada", "POST", "/conversations/1/tag", {"add": ["question", "moved"]})
        self.api("Ada", "POST", "/conversations/1/reply", {"text": "Yes, beside the hall.", "fence": fence})
        stops = {"scope": "main", "numbers": ["+447700900290", "+447700900291"], "evidence": "stops.csv"}
        batch = self.api("Omar", "POST", "/suppression-batches", stops)["batch"]
        self.api("Omar", "POST", f"/suppression-batches/{batch}/set", {})

    def browser(self, size=SMALL_PHONE, scripts=True):
        if not programs():
            raise Skipped("chromium and chromedriver (Debian: chromium, chromium-driver) are not installed")
        self.driver = self.driver or Driver(self.folder / "chromedriver.log")
        return self.driver.browser(size, scripts)

    def axe(self):
        """The source of axe-core."""
        if not npm_modules(HERE, self.args.modules, "axe-core"):
            raise Skipped("axe-core (npm ci in tests/pages) cannot be had")
        return (pathlib.Path(self.args.modules) / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")

    def problems(self, browser, bytes_max=PAGE_BYTES_MAX):
        """What is wrong with the page that is open, and with all that it opens: as axe sees it by day and by night, and what is cut, too wide, or
        too small for a thumb on a phone, at a desk, at 400 %, and on the phone with letters of twice the size."""
        look = (HERE / "look.js").read_text(encoding="utf-8")
        browser.run(self.axe())
        browser.run(OPEN_ALL)
        for size, text, axe in ((DESK, "", AXE), (ZOOMED, "", ""), (SMALL_PHONE, "200%", ""), (SMALL_PHONE, "", AXE)):
            browser.resize(size)
            browser.run(TEXT_SIZE, text)
            for problem in (browser.run(axe) if axe else []) + browser.run(look, bytes_max):
                yield f"at {size[0]} px{' with large text' if text else ''}: {problem}"
        browser.chromium_command("Emulation.setEmulatedMedia", features=NIGHT)
        yield from (f"at night: {problem}" for problem in browser.run(AXE_COLOURS))
        browser.chromium_command("Emulation.setEmulatedMedia", features=[])

    def look(self, browser, state):
        """A page in a state to which only a story leads: axe finds nothing on it, where it can be had."""
        if self.args.shots:
            browser.screenshot(pathlib.Path(self.args.shots) / f"{state}.png")
        with contextlib.suppress(Skipped):
            browser.run(self.axe())
            equal(browser.run(AXE), [], f"what axe says of {state}")

    def log_in(self, browser, name):
        browser.open(self.url + "/login?token=" + token_of(name))
        browser.press("Log in")

    def end(self):
        if self.driver:
            self.driver.stop()
        super().end()
