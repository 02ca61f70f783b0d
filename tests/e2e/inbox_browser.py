#!/usr/bin/env python3
"""Two volunteers, two phones without JavaScript, one inbox: what they see, what they may do, what they are told when
they may not. Prints TAP; screenshots go to the folder --shots.

Arguments: MUSTERD MUSTER MUSTER_SIM SOURCE --shots FOLDER."""
import functools
import html
import re
import sys

from inbox_world import InboxWorld, token_of
from house import options, tell_sim, until
from webdriver import PHONE, tell

HOSTILE_NAME = "<img id=x src=x onerror=document.title='owned'>"
HOSTILE_TEXT = "<img src=x onerror=\"document.title='owned'\"> & <b>bold</b> {{secret}} ?"
NAMES = ["Zoë", "Siân", HOSTILE_NAME, "Bartholomew Featherstonehaugh-Cholmondeley", "Jo"]
PEOPLE = [(f"+4477009001{i:02}", NAMES[i % len(NAMES)]) for i in range(20)]
FIRST, HOSTILE, THIRD, FOURTH = (PEOPLE[i][0] for i in (0, 2, 3, 4))
LONG_QUESTION = ("Hello, is there parking near the hall? My mother would like to come too but cannot walk far, and "
                 "the last time we had to leave the car at https://example.org/car-parks/harbour-street/north")
ANSWER = "Yes! Two places are kept beside the door. Shall I keep one for you?"
TAP_PX = 44  # what a thumb hits: WCAG 2.5.5


class Inbox:
    def __init__(self, world, driver, shots):
        self.world = world
        self.shots = shots
        self.ada, self.ben = driver.browser(), driver.browser()
        self.driver = driver

    def page(self, path):
        return self.world.url + path

    def shot(self, browser, name):
        browser.screenshot(self.shots / (name + ".png"))

    def login(self, browser, name):
        browser.open(self.page("/login?token=" + token_of(name)))
        browser.press("Log in")

    def from_more(self, browser, label):
        browser.tap("//a[.='More']")
        browser.press(label)

    def claimed_by_ada(self, name):
        """Ada takes the conversation of a person."""
        self.ada.open(self.page("/inbox"))
        self.ada.follow(f"//li//a[contains(., '{name}')]")
        self.ada.press("Take it and answer")
        return self.ada.address()

    def check_layout(self, browser):
        """Nothing is wider than the phone, nothing to tap too small for a thumb."""
        for box in browser.boxes("body *:not(.chips *)"):
            assert box["x"] + box["width"] <= PHONE["width"] + 1, f"wider than the phone: {box}"
        for box in browser.boxes("button, a, input:not([type=hidden], [hidden]), textarea"):
            if box["width"] == 0:
                continue  # not shown
            assert min(box["height"], box["width"]) >= TAP_PX - .5, f"too small to tap: {box}"

    def check_no_numbers(self, browser):
        shown = html.unescape(browser.source())
        for number, _ in PEOPLE:
            assert number[3:] not in shown, f"{number} is shown to a volunteer"
        assert not re.search(r"\+?44\d{10}", shown), "a whole number is shown to a volunteer"

    # ---- the cases, in the order in which they happen ----

    def scripts_are_off(self):
        """these browsers run no scripts"""
        for browser in (self.ada, self.ben):
            browser.open("data:text/html,<p>off</p><script>document.querySelector('p').textContent='on'</script>")
            assert browser.text("p") == "off"

    def campaign(self):
        """a campaign reaches everyone, and three people write"""
        self.world.campaign(PEOPLE)
        self.world.person_writes(FIRST, LONG_QUESTION)
        self.world.person_writes(HOSTILE, HOSTILE_TEXT)
        self.world.person_writes(THIRD, "Yes")
        assert "Zoë" in self.world.texts_to(FIRST)[0]

    def wrong_token(self):
        """a token that is not known is refused in plain words"""
        self.ada.open(self.page("/inbox"))
        assert self.ada.address().endswith("/login")
        self.ada.tap("summary")
        self.ada.type("#token", "not-a-token-of-anybody")
        self.ada.press("Log in")
        assert "token is not known" in self.ada.text(".notice")
        self.shot(self.ada, "01-login-refused")
        self.check_layout(self.ada)

    def invitation(self):
        """the link of an invitation fills the form, and logs nobody in by itself"""
        self.ben.open(self.page("/login?token=" + token_of("Ben")))
        assert self.ben.values("#token") == [token_of("Ben")]
        self.ben.open(self.page("/inbox"))
        assert self.ben.address().endswith("/login")

    def the_list(self):
        """the list shows who waits longest first, and a hostile name as text"""
        self.login(self.ada, "Ada")
        names = self.ada.texts(".list strong")
        assert names == ["Zoë", HOSTILE_NAME, NAMES[3]], names
        self.shot(self.ada, "02-list")
        self.check_layout(self.ada)
        self.check_no_numbers(self.ada)

    def hostile_text(self):
        """a hostile text shows as text"""
        self.ada.follow("//li[2]//a")
        assert HOSTILE_TEXT in self.ada.texts(".bubble"), self.ada.texts(".bubble")
        assert not self.ada.find("main img, main script:not([src]), main b")
        assert self.ada.text("title") != "owned"
        self.shot(self.ada, "03-hostile")
        self.check_no_numbers(self.ada)

    def reads(self):
        """the thread of the first person can be read before it is taken"""
        self.ada.open(self.page("/inbox"))
        self.ada.follow("//li[1]//a")
        assert LONG_QUESTION in self.ada.texts(".bubble")
        assert not self.ada.find("#text")
        self.shot(self.ada, "04-thread")
        self.check_layout(self.ada)
        self.check_no_numbers(self.ada)

    def answers(self):
        """she takes it, counts the length, answers"""
        self.ada.press("Take it and answer")
        self.ada.type("#text", ANSWER)
        self.shot(self.ada, "05-claimed")
        self.check_layout(self.ada)
        self.ada.press("Count")
        assert self.ada.values("#text") == [ANSWER]
        assert f"Counts as {len(ANSWER)} characters: 1 part" in self.ada.text("form.composer")
        self.shot(self.ada, "06-counted")
        self.ada.press("Send")
        assert ANSWER in self.ada.texts(".out .bubble")

    def delivered(self):
        """the answer leaves once, and the thread shows that it arrived"""
        def shown():
            self.ada.reload()
            return self.ada.texts(".out")[-1].endswith("· arrived")
        until(shown, "the answer's receipt")
        assert self.world.texts_to(FIRST).count(ANSWER) == 1
        self.shot(self.ada, "07-delivered")
        self.check_no_numbers(self.ada)

    def second_volunteer(self):
        """the second volunteer sees who is answering, and cannot"""
        self.login(self.ben, "Ben")
        assert "Zoë" not in self.ben.texts(".list strong"), "a claimed conversation is waiting for nobody"
        self.ben.open(self.ada.address())
        assert "Ada is answering: claimed for" in self.ben.text(".notice")
        assert not self.ben.find("#text, form[action$=claim]")
        self.shot(self.ben, "08-claimed-by")
        self.check_layout(self.ben)
        self.check_no_numbers(self.ben)
        self.ben.open(self.page("/inbox?show=all"))
        assert self.ben.text(".held") == "Ada is answering"
        self.shot(self.ben, "09-list-all")
        self.check_layout(self.ben)

    def both_at_once(self):
        """of two who take the same person, the later one is told who was first"""
        thread = self.page("/inbox/2")
        self.ben.open(thread)
        self.ada.open(thread)
        self.ada.press("Take it and answer")
        self.ben.press("Take it and answer")
        assert self.ben.text(".notice").startswith("claimed by Ada"), self.ben.text()
        self.shot(self.ben, "10-too-late")
        assert not self.ben.find("#text")
        self.from_more(self.ada, "Give it back")

    def stale_form(self):
        """an answer under an old claim is refused in plain words, keeps its text, and does not leave"""
        thread = self.claimed_by_ada(NAMES[3][:11])
        left = self.ada.windows()[0]
        self.ada.type("#text", "An answer that comes too late")
        self.ada.new_window()
        self.ada.open(thread)
        self.from_more(self.ada, "Give it back")
        self.ben.open(thread)
        self.ben.press("Take it and answer")
        self.ada.to_window(left)
        self.ada.press("Send")
        notice = self.ada.text(".notice")
        assert notice.startswith("not sent: your claim is over; the conversation is claimed by Ben"), notice
        assert "An answer that comes too late" in self.ada.text()
        self.shot(self.ada, "11-stale")
        self.check_layout(self.ada)
        assert "An answer that comes too late" not in self.world.texts_to(THIRD)

    def draft_kept(self):
        """what was written under a claim that was over goes on under the next one"""
        thread = self.page("/inbox/2")
        self.ada.open(thread)
        self.ada.press("Take it and answer")
        self.ada.type("#text", "Bold, but welcome")
        self.ada.new_window()
        self.ada.open(thread)
        self.from_more(self.ada, "Give it back")
        self.ada.to_window(self.ada.windows()[0])
        self.ada.press("Send")
        assert self.ada.text(".notice").startswith("not sent: your claim is over; take"), self.ada.text(".notice")
        self.ada.press("Take it and answer")
        assert self.ada.values("#text") == ["Bold, but welcome"]
        self.ada.press("Send")
        assert "Bold, but welcome" in self.ada.texts(".out .bubble")

    def sent_twice(self):
        """a form that an impatient thumb sends twice answers once"""
        text = "See you on Thursday!"
        self.ben.type("#text", text)
        self.ben.tap("//button[.='Send']", times=2)

        until(lambda: text in self.ben.texts(".out .bubble"), "the thread with the answer")
        until(lambda: text in self.world.texts_to(THIRD), "the answer at the provider")
        self.ben.reload()
        assert self.ben.texts(".out .bubble").count(text) == 1
        assert self.world.texts_to(THIRD).count(text) == 1

    def lost_answer(self):
        """an answer that nobody knows about says so; two presses send it again once"""
        text = "Bring a friend"
        tell_sim(self.world.sim, errors="lost:1")
        self.ben.type("#text", text)
        self.ben.press("Send")

        def shown():
            self.ben.reload()
            return "we do not know whether it arrived" in self.ben.texts(".out")[-1]
        until(shown, "the doubt")
        assert "its answer was lost" in self.ben.text(".doubt-box")
        self.shot(self.ben, "18-doubt")
        self.check_layout(self.ben)
        self.ada.open(self.ben.address())
        assert not self.ada.find("button[value=resend]"), "only who holds the conversation decides"
        self.ben.open(self.page("/inbox?show=mine"))
        assert "whether the last answer arrived" in self.ben.text(".list .alert")
        self.shot(self.ben, "19-doubt-list")
        self.ben.follow(f"//li//a[contains(., '{NAMES[3][:11]}')]")
        tell_sim(self.world.sim, errors="")
        self.ben.tap("//button[.='Send it again']", times=2)
        until(lambda: text in self.world.texts_to(THIRD), "the answer at the provider")

        def settled():
            self.ben.reload()
            return self.ben.texts(".out")[-1].endswith("· arrived")
        until(settled, "its receipt")
        assert self.world.texts_to(THIRD).count(text) == 1
        assert not self.ben.find(".doubt-box")

    def stopped(self):
        """somebody who said STOP cannot be answered"""
        self.world.person_writes(FOURTH, "STOP")
        self.ben.open(self.page("/inbox?show=closed"))
        self.ben.follow("//li//a[contains(., 'Jo')]")
        assert "does not want to be texted" in self.ben.text(".notice")
        assert not self.ben.find("#text, form[action$=claim]")
        self.shot(self.ben, "12-stop")

    def tags(self):
        """a tag is added and removed, in one tap each, and the thread says by whom"""
        self.ada.open(self.page("/inbox/1"))
        self.ada.tap("//a[.='More']")
        self.ada.follow("//section//button[.='Moved']")
        assert self.ada.find("button.tag.on[value=moved]")
        assert any("Ada tagged" in line for line in self.ada.texts(".remark"))
        self.shot(self.ada, "13-tagged")
        self.ada.tap("//a[.='More']")
        self.ada.follow("//section//button[.='Moved']")
        assert not self.ada.find("button.tag.on[value=moved]")

    def closes(self):
        """a conversation that is closed leaves the list, and opens again when the person writes"""
        self.from_more(self.ada, "Close")
        assert self.ada.address().endswith("/inbox?closed=1")
        self.ada.follow("//nav//a[contains(., 'Closed')]")
        assert "Zoë" in self.ada.texts(".list strong")
        self.shot(self.ada, "14-closed")
        self.world.person_writes(FIRST, "Wonderful, thank you")
        self.ada.follow("//nav//a[contains(., 'All')]")
        assert "Zoë" in self.ada.texts(".list strong")

    def other_group(self):
        """a volunteer of another group sees nothing of this one"""
        eve = self.driver.browser()
        self.login(eve, "Eve")
        assert not eve.find(".list li a")
        self.shot(eve, "15-nobody-waits")
        eve.open(self.page("/inbox/1"))
        assert "Zoë" not in eve.source() and LONG_QUESTION not in eve.source()
        self.shot(eve, "16-not-there")
        self.check_layout(eve)

    def dark(self):
        """the pages can be read at night"""
        self.ada.chromium_command("Emulation.setEmulatedMedia",
                                  features=[{"name": "prefers-color-scheme", "value": "dark"}])
        self.ada.open(self.page("/inbox/1"))
        self.shot(self.ada, "17-dark")

    def logout(self):
        """who logs out is out"""
        self.ada.open(self.page("/inbox"))
        self.ada.press("Log out")
        self.ada.open(self.page("/inbox"))
        assert self.ada.address().endswith("/login")

    def quiet_console(self):
        """the browsers had nothing to complain about"""
        complaints = [c for browser in self.driver.browsers for c in browser.complaints() if "/inbox" in c]
        refused = re.compile(r"status of (401|404|409) ")  # the pages that said no
        assert all(refused.search(c) for c in complaints), complaints


CASES = [Inbox.scripts_are_off, Inbox.campaign, Inbox.wrong_token, Inbox.invitation, Inbox.the_list,
         Inbox.hostile_text, Inbox.reads, Inbox.answers, Inbox.delivered, Inbox.second_volunteer, Inbox.both_at_once,
         Inbox.stale_form, Inbox.draft_kept, Inbox.sent_twice, Inbox.lost_answer, Inbox.stopped, Inbox.tags, Inbox.closes, Inbox.other_group, Inbox.dark,
         Inbox.logout, Inbox.quiet_console]


def begin(world, driver, shots):
    inbox = Inbox(world, driver, shots)
    steps = [(case.__doc__, functools.partial(case, inbox)) for case in CASES]
    return steps, lambda: [inbox.shot(browser, f"failed-{name}") for name, browser in (("ada", inbox.ada), ("ben", inbox.ben))]


if __name__ == "__main__":
    sys.exit(tell(options(shots="."), InboxWorld, begin))
