# SPDX-License-Identifier: Apache-2.0
"""Where a provider has users authenticated on a device of theirs (CIBA), as a bank's app would: it is asked over HTTP,
and answers at the provider's callback. It takes clients' notifications, too."""

import http.server
import json
import queue
import threading

from web import Browser

WAIT_SECONDS = 10
CALLBACK = "ext/ciba/auth/callback"
# Of Keycloak, and of ours.
CHANNEL_OPTION = "--spi-ciba-auth-channel-ciba-http-auth-channel-http-authentication-channel-uri"


class Asked:
    """One request that came: `token` its bearer token, `json` its body."""

    def __init__(self, path, headers, body):
        self.path, self.headers, self.body = path, headers, body

    @property
    def token(self):
        return self.headers["Authorization"].removeprefix("Bearer ")

    @property
    def json(self):
        return json.loads(self.body)


class AuthenticationChannel:
    """Listens on 127.0.0.1. `status` is what it answers; `uri` is where it is asked, `notification_uri` where clients'
    notifications go. `meanwhile` is called with a request before it is answered."""

    def __init__(self, port=0, status=201):
        self.status, self.notification_status, self.meanwhile = status, 204, None
        self._asked, self._notified = queue.Queue(), queue.Queue()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):  # noqa: N802
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                asked = Asked(self.path, dict(self.headers), body)
                if asked.path == "/notification":
                    outer._notified.put(asked)
                    return self._answer(outer.notification_status)
                if outer.meanwhile:
                    outer.meanwhile(asked)
                outer._asked.put(asked)
                return self._answer(outer.status)

            def _answer(self, status):
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

        self.server = Server(("127.0.0.1", port), Handler)
        self.port = self.server.server_address[1]
        self.uri = f"http://127.0.0.1:{self.port}/authentication"
        self.notification_uri = f"http://127.0.0.1:{self.port}/notification"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def asked(self, seconds=WAIT_SECONDS):
        """The next request of a provider; queue.Empty when none comes."""
        return self._asked.get(timeout=seconds)

    def notified(self, request, seconds=WAIT_SECONDS):
        """The next notification about that request; what comes late about another is passed over."""
        while (told := self._notified.get(timeout=seconds)).json["auth_req_id"] != request:
            pass
        return told

    def notifications(self, request):
        """How many have come about that request, and were not awaited."""
        return sum(told.json["auth_req_id"] == request for told in list(self._notified.queue))

    def was_asked(self):
        return not self._asked.empty()

    def forget(self):
        """What it was asked so far and nobody wanted to know."""
        while self.was_asked():
            self._asked.get()
        while not self._notified.empty():
            self._notified.get()


def answer(realm, token, status="SUCCEED", **more):
    """What the channel says to the provider in the end: SUCCEED, UNAUTHORIZED or CANCELLED."""
    body = json.dumps({"status": status, **more}).encode()
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
    return Browser().request("POST", realm.endpoint(CALLBACK), body, headers)
