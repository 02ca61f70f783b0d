#!/usr/bin/env python3
"""An organiser with a phone, without JavaScript, and one at a desk, with it: from the form to the report, by clicking alone.
Prints TAP; screenshots go to the folder --shots.

Arguments: MUSTERD MUSTER MUSTER_SIM SOURCE --shots FOLDER."""
import csv
import datetime
import functools
import io
import json
import sys
import urllib.request
import zoneinfo

from house import House, equal, options, until
from inbox_world import token_of
from webdriver import tell

PHONE, DESK = (360, 800), (1280, 900)
TAP_PX = 44
PEOPLE = 300
CROWD = 12000  # a quarter of an hour of work
TEXT = "Hi {{first_name}}, it’s on Thursday at 7pm. Reply STOP to end."
MENDED = TEXT.replace("7pm", "8pm")
MEMBERS = [{"name": "Nat", "role": "organiser", "token": token_of("Nat")},
           {"name": "Lee", "role": "organiser", "group": "leeds", "token": token_of("Lee")},
           {"name": "Ada", "role": "volunteer", "group": "main", "token": token_of("Ada")}]


class World(House):
    def __init__(self, args):
        super().__init__(args)
        self.wrote = set()
        try:
            self.sim = self.start_sim("--receipts", "delivered:1", "--receipt-delay-ms", "50", "--receipt-jitter-ms", "0")
            self.start_musterd(port=self.sim, gateway={"rate_per_s": 12}, people=MEMBERS, cap={"day": 20, "week": 20},
                               organisation={"name": "Harbour Street Neighbours", "country": "GB"})
            self.import_people(PEOPLE)
            self.import_people(CROWD, "crowd", first=PEOPLE)
        except BaseException:
            self.end()
            raise


class Story:
    """One organiser, one kind of browser."""

    def __init__(self, world, driver, shots, name, size, scripts):
        self.world, self.shots, self.name, self.size, self.scripts = world, shots, name, size, scripts
        self.browser = driver.browser(size, scripts)
        self.campaign = f"Thursday {name}"
        self.id = None

    def page(self, path):
        return self.world.daemon.url + path

    def look(self, what):
        """A picture; and nothing is wider than the window, nothing to tap too small for a thumb."""
        self.browser.screenshot(self.shots / f"{self.name}-{what}.png")
        for box in self.browser.boxes("main *"):
            assert box["x"] + box["width"] <= self.size[0] + 1, f"wider than the window: {what} {box}"
        for box in self.browser.boxes("button, .button, input:not([type=hidden], [type=checkbox], [type=radio]), textarea, select, summary"):
            assert box["width"] == 0 or box["height"] >= TAP_PX - .5, f"too small to tap: {what} {box}"

    def bar_sum(self):
        return sum(int(text.split()[0].replace(",", "")) for text in self.browser.texts(".bar .legend li"))

    # ---- the cases, in the order in which they happen ----

    def log_in(self):
        """the way in leads to the campaigns"""
        self.browser.open(self.page("/login?token=" + token_of("Nat")))
        self.browser.press("Log in")
        assert self.browser.address().endswith("/campaigns"), self.browser.address()
        self.look("campaigns")

    def preview(self):
        """the preview shows real people, parts, price, and the character that costs"""
        self.browser.follow("//a[.='New campaign']")
        self.browser.type("#name", self.campaign)
        self.browser.choose("#audience", "members")
        self.browser.type("#text", TEXT)
        if self.scripts:
            until(lambda: self.browser.texts("#preview .bubble"), "the preview follows what is typed")
        else:
            self.browser.press("Show what they read")
        preview = self.browser.text("#preview")
        assert "300 people." in preview and "“’”" in preview and "Use “'”" in preview, preview
        equal(len(self.browser.texts("#preview .bubble")), 5, "people of the preview")
        first = self.name == "phone"
        assert ("Nobody of them was" if first else " of them were") + " texted by a campaign" in self.browser.text("#texted")
        equal(self.browser.values("#name"), [self.campaign], "what was typed")
        self.look("new")

    def missing(self):
        """what is missing is said at its place, and nothing typed is lost"""
        self.browser.open(self.page("/campaigns/new"))
        self.browser.type("#text", "Only a text")
        self.browser.press("Check it")
        assert "Give it a name" in self.browser.text(), self.browser.text()
        equal(self.browser.values("#text"), ["Only a text"], "the text")
        self.look("missing")
        self.browser.open(self.page("/campaigns/new"))
        self.browser.type("#name", self.campaign)
        self.browser.choose("#audience", "members")
        self.browser.type("#text", TEXT)

    def check(self):
        """the check says in words what would happen"""
        self.browser.press("Check it")
        text = self.browser.text("main")
        self.recipients = int(self.browser.text("dd strong"))  # one opts out in the story of the phone
        assert "What would happen" in text and self.recipients in (PEOPLE, PEOPLE - 1), text
        self.look("check")

    def test_text(self):
        """a test comes to one's own phone"""
        self.browser.type("#to", "07700 900999")
        self.browser.press("Send me a test")
        assert "On its way to 07700 900999" in self.browser.text(".notice.good"), self.browser.text("main")

    def launch(self):
        """the wrong number launches nothing, the right one launches"""
        self.browser.type("#people", "29")
        self.browser.press("Launch")
        assert "Nothing was sent" in self.browser.text(".notice.bad"), self.browser.text("main")
        self.look("refused")
        self.browser.type("#people", str(self.recipients))
        self.browser.press("Launch")
        self.id = int(self.browser.address().rsplit("/", 1)[1])
        equal(self.browser.text("h1"), self.campaign, "the page of the campaign")

    def live(self):
        """the bar adds up while it runs, and goes on by itself where scripts run"""
        self.world.wait_status(self.id, "running")
        before = self.browser.source()
        if not self.scripts:
            self.browser.reload()
        equal(self.bar_sum(), PEOPLE, "the bar's sum")
        if self.scripts:
            until(lambda: self.browser.source() != before, "the page goes on by itself")
            equal(self.bar_sum(), PEOPLE, "the bar's sum")
        until(lambda: self.again("a second"), "how fast it goes")
        assert "left" in self.browser.text("#fresh") and "main: works" in self.browser.text("#fresh"), self.browser.text("#fresh")
        self.look("live")

    def again(self, words):
        """Whether the page says so; without scripts one looks again."""
        if not self.scripts:
            self.browser.follow("//a[.='Look again']")
        return words in self.browser.text("#fresh")

    def pause(self):
        """Pause stops it, asks why afterwards, and Go on goes on"""
        self.browser.press("Pause")
        equal(self.world.status(self.id), "paused", "the status")
        self.look("paused")
        self.browser.type("#why", "the hall is taken")
        self.browser.press("Keep the reason")
        assert "the hall is taken" in self.browser.text("main")
        assert not self.browser.find("#why")
        if self.scripts:
            self.others_press()

    def others_press(self):
        """What somebody else does is seen at once, buttons too; the page is not loaded anew, so a link that was just followed leads on."""
        document = self.browser.document()
        for move, button in (("resume", "Pause"), ("pause", "Go on")):
            self.world.muster("campaign", move, self.id)
            until(lambda button=button: button in self.browser.texts("main button"), f"the button {button}")
        equal(self.browser.document(), document, "the document")

    def change(self):
        """a wrong hour is mended while it stands, for those who wait; and not while it runs"""
        counts = self.world.counts(self.id)
        waiting = counts["pending"]
        self.browser.follow("//a[.='Change it']")
        equal((self.browser.values("#text"), self.browser.text("main strong")), ([TEXT], str(waiting)), "what it says, for how many")
        self.look("change")
        self.browser.press("Check it")
        assert "nothing is different" in self.browser.text(".notice.bad"), self.browser.text("main")
        self.browser.retype("#text", MENDED)
        self.browser.press("Check it")
        equal(self.browser.text("dd strong"), str(waiting), "for how many")
        assert "at 8pm" in self.browser.text(".bubble"), self.browser.text("main")
        self.look("change-check")
        self.browser.press("Change it")
        self.first_got = PEOPLE - waiting - counts["skipped"]
        equal(self.browser.address(), self.page(f"/campaigns/{self.id}"), "where one is")
        self.browser.press("Go on")
        self.world.wait_status(self.id, "running")
        self.browser.open(self.page(f"/campaigns/{self.id}/change"))
        assert "Pause it first" in self.browser.text(), self.browser.text()

    def pause_all(self):
        """Pause everything is one tap from the first page, and gives back what it stopped"""
        self.browser.open(self.page("/campaigns"))
        self.browser.press("Pause everything")
        equal(self.world.status(self.id), "paused", "the status")
        self.look("all-paused")
        self.browser.type("#why", "all wrong")
        self.browser.press("Keep the reason")
        self.browser.press("Go on with what “Pause everything” stopped")
        self.world.wait_status(self.id, "running")

    def silent(self, campaign):
        """Who has it and never wrote: both stories are about the same people, and what somebody wrote once stands in later reports."""
        people = json.loads(self.world.muster("campaign", "people", campaign, "--state", "delivered", "--json"))["people"]
        return [p["number"] for p in people if p["number"] not in self.world.wrote]

    def answers(self):
        """who said yes stands in the report, in its price, and in a row of the client's CSV"""
        until(lambda: self.world.counts(self.id)["delivered"] > 2, "some have it")
        yes, stop = until(lambda: len(found := self.silent(self.id)) > 1 and found, "two who have it, and never wrote")[:2]
        for number, text, event in ((yes, "Yes please", "a"), (stop, "STOP", "b")):
            equal(self.world.say(number, text, f"SM{self.name}{event}"), 200, "the webhook's answer")
        self.browser.open(self.page(f"/campaigns/{self.id}"))
        until(lambda: self.again("Replies (2), opt-outs among them (1), since"), "the picture of the replies")
        self.look("replies")

        def said():
            self.browser.open(self.page(f"/campaigns/{self.id}/report"))
            return dict(zip(self.browser.texts(".figures dt"), self.browser.texts(".figures dd")))
        until(lambda: (said()["said yes"], said()["opted out"]) == ("1", "1"), "the yes and the opt-out")
        assert "parts to" in self.browser.text("main")
        equal(self.browser.texts("main .bubble"), [TEXT, MENDED], "both texts")
        got = [int(text.split()[0]) for text in self.browser.texts("main .card strong")]
        assert got[0] == self.first_got and got[1] > 2, (got, self.first_got)
        self.look("report")
        rows = {row["number"]: row for row in csv.DictReader(io.StringIO(self.world.muster("campaign", "report", self.id, "--csv", "-")))}
        self.world.wrote |= {yes, stop}
        yes, stop = rows[yes], rows[stop]
        equal((yes["reply"], yes["last_words"], yes["parts"], len(rows)), ("yes", "Yes please", "1", PEOPLE), "the row of the yes")
        assert stop["opted_out_at"] and not stop["reply"], stop

    def cancel(self):
        """it is cancelled by its name only"""
        self.browser.open(self.page(f"/campaigns/{self.id}"))
        self.browser.tap("//summary[.='Cancel it for good']")
        self.browser.type("#name", "another")
        self.browser.press("Cancel for good")
        assert "It was not cancelled" in self.browser.text(".notice.bad")
        equal(self.browser.value("#name"), "another", "what was typed, in sight")
        self.browser.retype("#name", self.campaign)
        self.browser.press("Cancel for good")
        equal(self.world.status(self.id), "cancelled", "the status")
        until(lambda: sum(self.world.counts(self.id).values()) == PEOPLE and not self.world.counts(self.id)["pending"],
              "everybody is settled")
        self.browser.reload()
        equal(self.bar_sum(), PEOPLE, "the bar's sum")

    def people(self):
        """each figure opens to its people"""
        self.browser.follow("//li[contains(., 'cancelled')]/a")
        assert len(self.browser.texts("tbody tr")) > 0
        self.look("people")

    def download(self):
        """everybody is a file, the same that the client writes"""
        until(lambda: not any(self.world.counts(self.id)[state] for state in ("in_flight", "accepted", "sent")), "all is told")
        self.browser.open(self.page(f"/campaigns/{self.id}"))
        link, = self.browser.links("a[href$='.csv']")
        equal(link, self.page(f"/campaigns/{self.id}/report.csv"), "where the file is")
        request = urllib.request.Request(link, headers={"Authorization": "Bearer " + token_of("Nat")})
        with urllib.request.urlopen(request, timeout=30) as response:
            equal(response.headers["Content-Disposition"], f'attachment; filename="campaign-{self.id}.csv"', "its name")
            file = response.read()
        path = self.world.folder / "report.csv"
        self.world.muster("campaign", "report", self.id, "--csv", path)
        equal(file, path.read_bytes(), "the client's file")
        equal(len(list(csv.reader(io.StringIO(file.decode())))), PEOPLE + 1, "rows")

    def list_of_yes(self):
        """who said yes is a list in two taps and a name"""
        self.browser.follow("//a[.='said yes']")
        equal(self.browser.values("[name=who]:checked"), ["yes"], "who is chosen")
        self.look("list")
        self.browser.type("#name", f"Yes {self.name}")
        self.browser.press("Make the list")

        def made():
            lists = json.loads(self.world.muster("audience", "list", "--json"))["audiences"]
            return [one["total"] for one in lists if one["name"] == f"Yes {self.name}"]
        until(lambda: made() == [1], "the list")

    def use_again(self):
        """what was launched once fills the form again, under a free name, and is checked as it stands there"""
        self.browser.open(self.page(f"/campaigns/{self.id}"))
        self.browser.follow("//a[.='Use again']")
        equal(self.browser.values("#name"), [f"{self.campaign} 2"], "a name that is free")
        equal((self.browser.values("#audience"), self.browser.values("#text")), (["members"], [MENDED]), "what it says")
        self.look("again")
        self.browser.tap("//summary[.='When']")
        self.browser.type("#budget", "500 GBP")
        self.browser.press("Check it")
        assert int(self.browser.text("dd strong")) > PEOPLE - 5, self.browser.text("main")
        equal(set(self.browser.values("[name=budget]")), {"500 GBP"}, "the budget, which goes on to the launch")

    def missed(self):
        """who did not get it gets it once more, and nobody else"""
        missed = self.world.counts(self.id)["cancelled"]
        self.browser.open(self.page(f"/campaigns/{self.id}"))
        self.browser.follow("//a[.='Once more to those who did not get it']")
        assert "did not get it the first time" in self.browser.text("form .notice"), self.browser.text("main")
        self.look("missed")
        self.browser.press("Check it")
        assert missed - 2 <= int(self.browser.text("dd strong")) <= missed < PEOPLE, (missed, self.browser.text("main"))
        self.browser.type("#people", self.browser.text("dd strong"))
        self.browser.press("Launch")
        equal(self.browser.text("h1"), f"{self.campaign} 2", "the page of the campaign")
        again = self.browser.address().rsplit("/", 1)[1]
        until(lambda: self.world.counts(again)["delivered"] > 0, "some have it")
        self.world.muster("campaign", "cancel", again)

    def later(self):
        """what has not begun begins at another time"""
        waits = self.world.launch(name=f"Later {self.name}", start="2040-01-02 09:00Z")
        self.browser.open(self.page(f"/campaigns/{waits}"))
        assert " of them were texted by a campaign in the last 24 hours" in self.browser.text("main"), self.browser.text("main")
        self.browser.tap("//summary[.='Start at another time']")
        equal(self.browser.values("#start"), ["2040-01-02T09:00"], "when it would begin")
        self.browser.chromium_command("DOM.setAttributesAsText", nodeId=self.browser.node("#start"), text='value="2040-01-03T10:30"')
        self.look("start")
        if self.scripts:
            self.stays_open(waits)
        self.browser.press("Start then")
        assert "starts Tue 03 Jan 2040, 10:30" in self.browser.text("main"), self.browser.text("main")
        self.world.muster("campaign", "cancel", waits)

    def stays_open(self, campaign):
        """What somebody else does meanwhile shows, and takes nobody's form away."""
        for move, word in (("pause", "Paused"), ("resume", "Planned")):
            self.world.muster("campaign", move, campaign)
            until(lambda word=word: word in self.browser.text("#fresh"), f"that it is {word}")
            equal(self.browser.values("details[open] #start"), ["2040-01-03T10:30"], "what was typed")

    def late(self):
        """what cannot be done in time is launched only by who says why"""
        self.browser.open(self.page("/campaigns/new"))
        self.browser.type("#name", f"Late {self.name}")
        self.browser.choose("#audience", "crowd")
        self.browser.type("#text", TEXT)
        if self.scripts:
            until(lambda: "How many" in self.browser.text("#texted"), "a large list is counted when somebody asks")
        else:
            self.browser.press("Show what they read")
        self.browser.press("How many of them were texted today?")
        assert "by a campaign in the last 24 hours" in self.browser.text("#texted"), self.browser.text("main")
        self.look("texted")
        soon = datetime.datetime.now(zoneinfo.ZoneInfo("Europe/London")) + datetime.timedelta(minutes=5)
        self.browser.chromium_command("DOM.setAttributesAsText", nodeId=self.browser.node("#deadline"),
                                      text=f'value="{soon:%Y-%m-%dT%H:%M}"')
        self.browser.press("Check it")
        assert "Cannot be sent like this" in self.browser.text() and not self.browser.texts("#people"), self.browser.text("main")
        self.look("late")
        self.browser.type("#force_late", "the hall is booked")
        self.browser.press("Check again")
        assert "you said why: the hall is booked" in self.browser.text(), self.browser.text("main")
        self.browser.type("#people", self.browser.text("dd strong"))
        self.browser.press("Launch")
        equal(self.browser.text("h1"), f"Late {self.name}", "the page of the campaign")
        until(lambda: "after the deadline" in self.fresh(), "the danger to be seen")
        self.look("danger")
        self.world.muster("campaign", "cancel", self.browser.address().rsplit("/", 1)[1])

    def fresh(self):
        self.browser.open(self.browser.address())
        return self.browser.text("main")

    def come_in(self, who):
        self.browser.open(self.page("/login?token=" + token_of(who)))
        self.browser.press("Log in")

    def lend(self):
        """a list is lent to a group by its page, until it is taken back"""
        if "leeds" not in self.world.muster("group", "list"):
            self.world.muster("group", "add", "leeds", "--title", "Leeds")
        self.browser.open(self.page("/lists"))
        self.browser.follow("//a[.='members']")
        self.browser.tap("//summary[.='Lend it']")
        self.browser.choose("#to", "Leeds")
        self.browser.type("#lend-why", "our twin")
        self.look("lend")
        self.browser.press("Lend it")
        assert "Lent to leeds until" in self.browser.text("main"), self.browser.text("main")
        self.look("lent")
        assert "our twin" in self.world.muster("audience", "lent")

    def borrow(self):
        """the other group launches to it, and sees counts and nobody"""
        self.come_in("Lee")
        self.browser.open(self.page("/lists"))
        assert "members of main" in self.browser.text("main"), self.browser.text("main")
        self.look("borrowed")
        self.browser.follow("//a[.='New campaign']")
        self.browser.type("#name", f"Lent {self.name}")
        self.browser.choose("#audience", "members of main")
        self.browser.type("#text", MENDED)
        self.browser.press("Check it")
        text = self.browser.text("main")
        assert "of members of main" in text and "Test to my phone" not in text, text
        assert "+44" not in text and "Ada" not in text, text  # no number, and nothing of a row
        self.look("borrowed-check")
        self.browser.type("#people", self.browser.text("dd strong"))
        self.browser.press("Launch")
        self.lent = int(self.browser.address().rsplit("/", 1)[1])
        assert "The list is lent to leeds" in self.browser.text("main"), self.browser.text("main")
        equal([link for link in self.browser.links("main a") if "/people" in link or "/report" in link], [], "what opens to people")
        self.look("borrowed-campaign")

    def answer_theirs(self):
        """who answers it is in the other group's inbox, without a number"""
        number = until(lambda: self.silent(self.lent), "somebody has it who never wrote")[0]
        self.world.wrote.add(number)
        equal(self.world.say(number, "Where is it?", f"SM{self.name}lent"), 200, "the webhook's answer")

        def waits():
            self.browser.open(self.page("/inbox"))
            return "Where is it?" in self.browser.text("main")
        until(waits, "the person in the inbox")
        self.browser.press("Next person")
        assert number not in self.browser.source() and number[-10:] not in self.browser.source(), "the number is shown"
        self.browser.screenshot(self.shots / f"{self.name}-borrowed-answer.png")
        self.browser.type("#text", "At ten.")
        self.browser.press("Send and next")
        assert "At ten." in self.world.muster("inbox", "list", "--json", "--any")

    def take_back(self):
        """taken back it stops, and the other group sees nothing of it any more"""
        self.come_in("Nat")
        self.browser.open(self.page("/lists"))
        self.browser.follow("//a[.='members']")
        self.browser.press("Take it back from leeds")
        equal(self.world.status(self.lent), "paused", "the status")
        self.come_in("Lee")
        self.browser.open(self.page(f"/campaigns/{self.lent}"))
        assert "There is no campaign" in self.browser.text().replace("there is", "There is"), self.browser.text()
        self.world.muster("campaign", "cancel", str(self.lent))

    def console(self):
        """the console has nothing to complain about"""
        complaints = [text for text in self.browser.complaints() if not any(status in text for status in ("404", "409", "422"))]
        equal(complaints, [], "the console")


CASES = [Story.log_in, Story.preview, Story.missing, Story.check, Story.test_text, Story.launch, Story.live, Story.pause, Story.change,
         Story.pause_all, Story.answers, Story.cancel, Story.people, Story.download, Story.list_of_yes,
         Story.use_again, Story.missed, Story.later, Story.late, Story.lend, Story.borrow, Story.answer_theirs, Story.take_back,
         Story.console]


def begin(world, driver, shots):
    stories = [Story(world, driver, shots, name, size, scripts) for name, size, scripts in (("phone", PHONE, False), ("desk", DESK, True))]
    steps = [(f"{story.name}: {case.__doc__}", functools.partial(case, story)) for story in stories for case in CASES]
    return steps, lambda: [story.browser.screenshot(shots / f"failed-{story.name}.png") for story in stories]


if __name__ == "__main__":
    sys.exit(tell(options(shots="."), World, begin))
