"""What there is to be seen on the pages: a campaign that ran, people who wrote, one who is on hold, one who said STOP."""
import pathlib

from house import Skipped
from inbox_world import InboxWorld, token_of
from pinned import npm_modules
from webdriver import SMALL_PHONE, Driver, programs

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

    def log_in(self, browser, name):
        browser.open(self.url + "/login?token=" + token_of(name))
        browser.press("Log in")

    def end(self):
        if self.driver:
            self.driver.stop()
        super().end()
