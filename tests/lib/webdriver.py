"""A real Chromium by WebDriver, spoken with the standard library: the few commands that a page without scripts
needs, and those that run one. One Driver runs chromedriver; each Browser is a window of its own, with its own cookies;
unless it is said otherwise, it has the size of a phone and JavaScript switched off."""
import base64
import contextlib
import json
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import traceback
import urllib.error
import urllib.request

from house import Failed, NotYet, until

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # the key of a reference, fixed by the W3C's recommendation
PHONE = {"width": 390, "height": 844, "pixelRatio": 2}
SMALL_PHONE, DESK = (360, 640), (1280, 800)
CONTENT_BLOCKED = 2  # Chromium's CONTENT_SETTING_BLOCK
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync"]


class WebDriverError(NotYet):
    """Between two pages nothing is there: whoever may ask then asks within `until`."""


def programs():
    """chromium and chromedriver, or None when this machine lacks one of them."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    driver = shutil.which("chromedriver")
    return (chromium, driver) if chromium and driver else None


def call(method, url, body=None, timeout_s=240):  # a browser that begins on a busy machine takes more than a minute
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=timeout_s) as answer:
            return json.load(answer)["value"]
    except urllib.error.HTTPError as error:
        value = json.load(error)["value"]
        raise WebDriverError(f"{value['error']}: {value['message'].splitlines()[0]}") from None


class Driver:
    STARTS = 5  # it takes a free port of IPv4 and the same of IPv6, which somebody else may have by then

    def __init__(self, log):
        self.chromium, self.driver = programs()
        self.browsers = []
        self.log = open(log, "wb")
        if not any(self.start() for _ in range(self.STARTS)):
            raise WebDriverError("chromedriver ended at once: " + pathlib.Path(log).read_text(errors="replace")[-500:])

    def start(self):
        self.process = subprocess.Popen([self.driver, "--port=0"], stdout=subprocess.PIPE, stderr=self.log)
        for line in self.process.stdout:
            found = re.search(rb"on port (\d+)\.", line)
            if found:
                self.base = f"http://127.0.0.1:{int(found.group(1))}"
                return True
        self.process.wait()
        self.process.stdout.close()
        return False

    def browser(self, size=None, scripts=False):
        browser = Browser(self.base, self.chromium, size, scripts)
        self.browsers.append(browser)
        return browser

    def stop(self):
        for browser in self.browsers:
            browser.stop()
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()
        self.log.close()


class Browser:
    def __init__(self, base, chromium, size=None, scripts=False):
        self.profile = tempfile.mkdtemp(prefix="muster-chromium-")
        width, height = size or (PHONE["width"], PHONE["height"])
        options = {"binary": chromium, "args": FLAGS + [f"--user-data-dir={self.profile}", f"--window-size={width},{height}"]}
        if width < 600:
            options["mobileEmulation"] = {"deviceMetrics": {"width": width, "height": height, "pixelRatio": 2}}
        if not scripts:
            options["prefs"] = {"profile.default_content_setting_values.javascript": CONTENT_BLOCKED}
        wanted = {"browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
        session = call("POST", base + "/session", {"capabilities": {"alwaysMatch": wanted}})
        self.url = f"{base}/session/{session['sessionId']}"

    def stop(self):
        call("DELETE", self.url)
        shutil.rmtree(self.profile, ignore_errors=True)

    def resize(self, size):
        width, height = size
        self.chromium_command("Emulation.setDeviceMetricsOverride", width=width, height=height, mobile=width < 600,
                              deviceScaleFactor=2 if width < 600 else 1)

    def run(self, script, *args):
        """The value that a script of the page returns; a promise is waited for."""
        return call("POST", self.url + "/execute/sync", {"script": script, "args": args})

    def open(self, url):
        call("POST", self.url + "/url", {"url": url})

    def forget_cookies(self):
        call("DELETE", self.url + "/cookie")

    def reload(self):
        call("POST", self.url + "/refresh", {})

    def address(self):
        return call("GET", self.url + "/url")

    def source(self):
        return call("GET", self.url + "/source")

    def text(self, css="body"):
        return self._first(css, self.texts(css))

    def texts(self, css):
        return self._of_each(css, "text")

    def value(self, css):
        return self._first(css, self.values(css))

    def values(self, css):
        return self._of_each(css, "property/value")

    def links(self, css):
        """Where they lead, in full."""
        return self._of_each(css, "property/href")

    def boxes(self, css):
        return self._of_each(css, "rect")

    def _first(self, css, found):
        if not found:
            raise WebDriverError(f"the page at {self.address()} has no {css}")
        return found[0]

    def _of_each(self, css, what):
        """A page that goes on by itself meanwhile is asked again."""
        for _ in range(5):
            try:
                return [call("GET", f"{self.url}/element/{e}/{what}") for e in self.find(css)]
            except WebDriverError as e:
                if "stale element" not in str(e):
                    raise
        raise WebDriverError("the page never stood still")

    def find(self, css):
        return [e[ELEMENT] for e in call("POST", self.url + "/elements", {"using": "css selector", "value": css})]

    # WebDriver's own click and send keys run a script in the page and wait for it: for ever, where scripts are off.
    # These press where the element is, as a finger does, by Chromium's own protocol.

    def chromium_command(self, name, **parameters):
        return call("POST", self.url + "/goog/cdp/execute", {"cmd": name, "params": parameters})

    def node(self, query):
        """The first node of a CSS selector or an XPath."""
        self.chromium_command("DOM.getDocument")
        search = self.chromium_command("DOM.performSearch", query=query)
        if search["resultCount"] == 0:
            raise WebDriverError(f"the page at {self.address()} has no {query}")
        found = self.chromium_command("DOM.getSearchResults", searchId=search["searchId"], fromIndex=0, toIndex=1)
        return found["nodeIds"][0]

    def middle(self, query):
        """Where a finger would press, once it is in sight."""
        node = self.node(query)
        self.chromium_command("DOM.scrollIntoViewIfNeeded", nodeId=node)
        corners = self.chromium_command("DOM.getContentQuads", nodeId=node)["quads"][0]
        return sum(corners[0::2]) / 4, sum(corners[1::2]) / 4

    def tap(self, query, times=1):
        """As a person does, who waits until it is there and moves no more: a page that has just got another width is drawn anew."""
        places = []

        def stands():
            places.append(self.middle(query))
            return len(places) > 1 and places[-1] == places[-2]
        until(stands, f"a place for the finger on {query}")
        x, y = self.tapped = places[-1]
        for event, buttons in (("mousePressed", 1), ("mouseReleased", 0)) * times:
            self.chromium_command("Input.dispatchMouseEvent", type=event, x=x, y=y, button="left", buttons=buttons,
                                  clickCount=1)

    def document(self):
        """Another one after each page that was loaded, even from the same address."""
        return self.chromium_command("Page.getFrameTree")["frameTree"]["frame"]["loaderId"]

    def follow(self, query):
        """Taps what leads to another page, and waits for that page. As a person does, once more where the page moved it away from the finger:
        what goes on by itself grows between the look and the tap, on a busy machine."""
        before = self.document()
        self.tap(query)
        if self.has_moved(query):
            with contextlib.suppress(Failed):
                until(lambda: self.document() != before, "a page all the same", 20)
                return
            self.tap(query)
        until(lambda: self.document() != before, f"a page after {query}")

    def has_moved(self, query):
        """Since it was tapped; what is gone led on."""
        try:
            return self.middle(query) != self.tapped
        except (WebDriverError, IndexError):
            return False

    def press(self, label):
        self.follow(f"//button[normalize-space(.)='{label}']")

    def type(self, css, text):
        self.tap(css)
        self.chromium_command("Input.insertText", text=text)

    def focus(self, css):
        def focused():
            self.chromium_command("DOM.focus", nodeId=self.node(css))
            return True
        until(focused, f"{css} with the keys")

    def retype(self, css, text):
        """In the place of all that stands there."""
        self.focus(css)
        self.chromium_command("Input.dispatchKeyEvent", type="keyDown", key="a", commands=["selectAll"])
        self.chromium_command("Input.insertText", text=text)

    def choose(self, css, label):
        """What begins so, by keys, as one may; a list that opens is drawn by the system, not by the page."""
        self.focus(css)
        for letter in label:
            self.chromium_command("Input.dispatchKeyEvent", type="char", text=letter)

    def windows(self):
        return call("GET", self.url + "/window/handles")

    def new_window(self):
        self.to_window(call("POST", self.url + "/window/new", {"type": "tab"})["handle"])

    def to_window(self, handle):
        call("POST", self.url + "/window", {"handle": handle})

    def complaints(self):
        """What the console says: blocked by the content security policy, not found, … Not that whoever was faster than the
        page has the cursor somewhere already: that is how it should be."""
        messages = [entry["message"] for entry in call("POST", self.url + "/se/log", {"type": "browser"})]
        return [text for text in messages if "Autofocus processing was blocked" not in text]

    def window_shot(self, path):
        """What the window shows, as WebP: a fourth of what PNG takes."""
        image = self.chromium_command("Page.captureScreenshot", format="webp", quality=85)
        pathlib.Path(path).write_bytes(base64.b64decode(image["data"]))

    def screenshot(self, path):
        """The whole page, not only what the window shows of it."""
        size = self.chromium_command("Page.getLayoutMetrics")["cssContentSize"]
        image = self.chromium_command("Page.captureScreenshot", captureBeyondViewport=True,
                                      clip={"x": 0, "y": 0, "width": size["width"], "scale": 1,
                                            "height": max(size["height"], PHONE["height"])})
        pathlib.Path(path).write_bytes(base64.b64decode(image["data"]))


def tell(args, world, begin):
    """One story in a real browser, as TAP; returns the exit code. begin(world, driver, shots) returns its steps, each a name and a function,
    and what takes pictures when one fails. Each step goes on where the one before ended: the first that fails ends them all."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # a time limit ends what was started, too
    if not programs():
        print("1..0 # SKIP chromium and chromedriver (Debian: chromium, chromium-driver) are not installed")
        return 0
    shots = pathlib.Path(args.shots)
    shots.mkdir(parents=True, exist_ok=True)
    house = world(args)
    try:
        driver = Driver(shots / "chromedriver.log")
        try:
            return 0 if _walk(house, *begin(house, driver, shots)) else 1
        finally:
            driver.stop()
    finally:
        house.end()


def _walk(house, steps, shoot):
    print(f"1..{len(steps)}", flush=True)
    for number, (name, step) in enumerate(steps, 1):
        try:
            step()
        except Exception:
            print(f"not ok {number} - {name}")
            print("".join(f"# {line}\n" for line in traceback.format_exc().splitlines() + house.logs()))
            shoot()
            return False
        print(f"ok {number} - {name}", flush=True)
    return True
