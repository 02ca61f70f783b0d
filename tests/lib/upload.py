"""A list that is uploaded to the API over the daemon's socket, and what became of it."""
import http.client
import json
import socket
import urllib.parse

from house import until


class _Unix(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=60)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


def ask(daemon, method, path, body=None, headers=None):
    """Status and body, as JSON where it is."""
    connection = _Unix(daemon.socket)
    try:
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        data = response.read()
        return response.status, json.loads(data) if "json" in response.getheader("Content-Type", "") else data
    finally:
        connection.close()


def upload(daemon, path, data, **options):
    """Status and response of the upload itself."""
    query = urllib.parse.urlencode({k: v for k, v in options.items() if v is not None})
    return ask(daemon, "POST", f"{path}?{query}", data, {"Content-Type": "text/csv"})


def outcome(daemon, ident):
    """The note, when it is over."""
    def ended():
        status, note = ask(daemon, "GET", f"/api/v1/imports/{ident}")
        return note if status == 200 and note["state"] != "running" else None
    return until(ended, f"the end of import {ident}")


def rejects(daemon, ident):
    status, data = ask(daemon, "GET", f"/api/v1/imports/{ident}/rejects")
    return data if status == 200 else b""
