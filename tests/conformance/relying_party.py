# SPDX-License-Identifier: Apache-2.0
"""The items API as a relying party: the suite is the issuer, a browser logs in at the API, and is let in or not."""

import ssl
import time

from navigation import navigate
from programs import ItemsApi
from web import Browser

CLIENT = {"client_id": "myapi", "client_secret": "myapi-secret"}
OVER_SECONDS = 2  # some modules end once the API has read what it reads by itself
READY_SECONDS = 5  # of an issuer that is good
SEEN_SECONDS = 3  # the suite calls a run good when nothing wrong has come for a while


class RelyingParty:
    """One API for each module: a module is an issuer of its own, with keys of its own."""

    patience = 20  # seconds, once it has said its last word

    def __init__(self, suite, folder):
        self.suite, self.folder = suite, folder
        self.issuer = f"{suite.here}/"
        self.authority = folder / "suite.pem"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.authority.write_text(suite.certificate)
        self.api = ItemsApi(
            self.issuer,
            folder,
            arguments=["--ca-file", self.authority, "--scope", "openid profile email address phone"],
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.api.stop()

    def configuration(self, plan):
        return {
            "alias": self.suite.alias,
            "description": f"Ostiary, {plan.name}",
            "client": {**CLIENT, "redirect_uri": f"{self.api.base}/auth"},
            "waitTimeoutSeconds": SEEN_SECONDS,
        }

    def _visit(self, tls):
        """What the API says in the end; until it has the issuer's metadata it begins no login."""
        deadline = time.monotonic() + READY_SECONDS
        while True:
            answer = navigate(Browser(tls), f"{self.api.base}/items/")
            if answer.status != 503 or time.monotonic() > deadline:
                return answer
            time.sleep(0.1)

    def attend(self, plan, run):
        """A browser goes from the API to the suite and back; what the API then says is printed."""
        if self.suite.wait(run, ("WAITING", "FINISHED", "INTERRUPTED"))["status"] != "WAITING":
            return
        tls = ssl.create_default_context(cafile=self.authority)
        with self.api:
            if plan.name == "client-config" and self.suite.wait(run, seconds=OVER_SECONDS)["status"] == "FINISHED":
                return
            answer = self._visit(tls)
        print(f"         the API: {answer.status} {' '.join(answer.page.text.split())[:300]}", flush=True)
