"""What those stand on who ask the API whatever comes to their mind: something of everything, and a member of each role."""
import http.client
import json
import urllib.parse

from door_world import DoorWorld
from house import check, until

TOKENS = {"owner": "token-of-olive-00000", "organiser": "token-of-omar-000000", "volunteer": "token-of-vee-0000000",
          "stranger": None, "wrong": "token-of-nobody-0000"}
PEOPLE = [{"name": "Olive", "role": "owner", "token": TOKENS["owner"]},
          {"name": "Omar", "role": "organiser", "group": "north", "token": TOKENS["organiser"]},
          {"name": "Vee", "role": "volunteer", "group": "main", "token": TOKENS["volunteer"]}]
STREAMS = {"text/event-stream"}


class Api:
    """One connection that is kept; what the server closes is opened again."""

    def __init__(self, url):
        self.host = urllib.parse.urlsplit(url).netloc
        self.connection = None

    def ask(self, method, target, body=None, headers=()):
        for again in (False, True):
            if not self.connection:
                self.connection = http.client.HTTPConnection(self.host, timeout=30)
            try:
                self.connection.request(method, target, body, dict(headers))
                answer = self.connection.getresponse()
                kind = (answer.getheader("Content-Type") or "").split(";")[0]
                if kind in STREAMS:
                    self.connection.close()
                    self.connection = None
                    return answer.status, kind, b""
                return answer.status, kind, answer.read()
            except (ConnectionError, http.client.HTTPException):
                self.connection.close()
                self.connection = None
                if again:
                    raise
        return None


def world(args):
    w = DoorWorld(args, people=PEOPLE)
    try:
        w.api = Api(w.url)
        owner = {"Authorization": "Bearer " + TOKENS["owner"]}
        w.import_people(40)
        def post(path, body):
            status, _, data = w.api.ask("POST", "/api/v1" + path, json.dumps(body).encode(), owner)
            check(status < 300, f"{path}: {status} {data}")
            return json.loads(data)
        post("/audiences", {"name": "draft", "country": "GB", "columns": ["first_name"], "rows_expected": 10})
        post("/campaigns", {"name": "first", "audience": "members", "gateway": "tw", "message": {"sms": {"en": {"text": "Hi. Reply STOP to end"}}}})
        post("/suppressions", {"scope": "main", "numbers": ["+447700900123"]})
        for i in range(3):
            w.twilio("+44770090020%d" % i, "yes please")
        def conversations():
            status, _, data = w.api.ask("GET", "/api/v1/inbox", None, owner)
            return status == 200 and len(json.loads(data)["conversations"]) >= 3
        until(conversations, "the conversations")
    except BaseException:
        w.end()
        raise
    return w
