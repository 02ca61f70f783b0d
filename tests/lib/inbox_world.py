"""What the tests of the inbox stand on: a house with the simulator, people who may log in, a campaign that was sent,
and the answers of people as the provider's signed webhooks."""
import base64
import csv
import hashlib
import hmac
import json
import urllib.parse
import urllib.request

from house import SENDER, House, equal, post, until

PEOPLE = {"Ada": "main", "Ben": "main", "Eve": "elsewhere"}  # volunteers and their groups
TEXT = "Hi {{first_name}}, the Harbour Street Neighbours meet on Thursday at 7pm. Will you come? Reply STOP to end."
SUGGESTIONS = [{"text": "Thank you for telling us."}, {"tag": "yes", "text": "See you there, {{first_name}}."}]


def token_of(name):
    return f"the-token-of-{name.lower()}"


class InboxWorld(House):
    def __init__(self, args, people=None, **more):
        """people: {name: (role, group)}; none: PEOPLE. more: of the configuration."""
        super().__init__(args)
        people = people or {name: ("volunteer", group) for name, group in PEOPLE.items()}
        self.events = 0
        try:
            self.sim = self.start_sim("--receipts", "delivered:1", "--receipt-delay-ms", "50", "--receipt-jitter-ms", "0")
            members = [{"name": name, "role": role, "token": token_of(name)} | ({"group": group} if group else {})
                       for name, (role, group) in people.items()]
            organisation = {"name": "Harbour Street Neighbours"} | more.pop("organisation", {})
            self.start_musterd(port=self.sim, organisation=organisation, people=members, **more)
        except BaseException:
            self.end()
            raise
        self.url = self.daemon.url

    def campaign(self, people):
        """Texts all of [(number, first name)], and waits for everyone's receipt."""
        path = self.folder / "members.csv"
        with open(path, "w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows([("phone", "first_name", "ward"), *((*person, "Harbour") for person in people)])
        self.muster("audience", "import", path, "--name", "members")
        campaign = self.launch(text=TEXT, show=["ward"], suggestions=SUGGESTIONS)
        until(lambda: self.counts(campaign)["delivered"] == len(people), "everyone's receipt")

    def api(self, name, method, path, body=None):
        """What the API says to a member."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + "/api/v1" + path, data, method=method,
                                         headers={"Authorization": "Bearer " + token_of(name)})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def person_writes(self, number, text, to=SENDER):
        """A text from a person, as the provider's webhook; the simulator's own people write at random."""
        self.events += 1
        form = {"MessageSid": f"SM{self.events:032x}", "From": number, "To": to, "Body": text, "NumMedia": "0"}
        url = self.url + "/hooks/main"
        signed = url + "".join(key + form[key] for key in sorted(form))
        token = self.daemon.config["gateways"]["main"]["account"]["auth_token"]
        digest = hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()
        status = post(url, form, {"X-Twilio-Signature": base64.b64encode(digest).decode()})
        equal(status, 200, "the webhook's answer")

    def texts_to(self, number):
        """What the provider was given for a number, newest first."""
        return [message["text"] for message in self.messages_to(number)]

    def messages_to(self, number):
        query = urllib.parse.urlencode({"to": number})
        with urllib.request.urlopen(f"http://127.0.0.1:{self.sim}/sim/messages?{query}", timeout=10) as answer:
            return json.load(answer)["messages"]
