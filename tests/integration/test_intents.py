# SPDX-License-Identifier: Apache-2.0
"""Intents that have been lodged elsewhere (the executor intent-client-bind-checker): who keeps them is asked whether one is the
client's before anybody signs in for it. What Keycloak 26.7.3 asks and takes; but for answers that are no yes."""

import concurrent.futures
import http.server
import json
import threading

import pytest
from oidc import Client, callback_of
from programs import Provider
from waiting import until
from web import Browser, query_of

APP = Client("app", "app-secret", "https://app.example/cb")
YES = (200, "application/json", b'{"is_bound":true}')


class Keeper:
    """Answers `answer`, and remembers requests; `gate` holds it back."""

    def __init__(self):
        self.answer, self.asked, self.gate = YES, [], threading.Event()
        self.gate.set()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):  # noqa: N802
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                outer.asked.append((self.path, dict(self.headers), body))
                outer.gate.wait(60)
                status, kind, body = outer.answer
                self.send_response(status)
                for name, value in (("Content-Type", kind), ("Content-Length", str(len(body))), ("Location", "/elsewhere")):
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST  # noqa: N815

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/check"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def realm_of(name, url):
    configuration = {"intent-client-bind-check-endpoint": url, "intent-name": "openbanking_intent_id"}
    executor = {"executor": "intent-client-bind-checker", "configuration": configuration}
    policy = {"name": "p", "enabled": True, "conditions": [{"condition": "any-client", "configuration": {}}], "profiles": ["intents"]}
    return {
        **{"realm": name, "enabled": True, "clientProfiles": {"profiles": [{"name": "intents", "executors": [executor]}]}},
        "clientPolicies": {"policies": [policy]},
        "clients": [{"clientId": name, "secret": APP.secret, "redirectUris": [APP.redirect_uri]} for name in ("app", "other")],
        "users": [{"username": "ann", "enabled": True, "credentials": [{"type": "password", "value": "ann-password"}]}],
    }


@pytest.fixture(scope="module")
def keeper():
    return Keeper()


@pytest.fixture(scope="module")
def server(work, keeper):
    files = []
    for name, url in (("lodged", keeper.url), ("nobody", "http://127.0.0.1:9/")):
        files.append(work / f"{name}-intents-realm.json")
        files[-1].write_text(json.dumps(realm_of(name, url)))
    with Provider(files, work / "intents") as provider:
        yield provider


@pytest.fixture
def realm(server, keeper):
    keeper.answer = YES
    keeper.asked.clear()
    keeper.gate.set()
    return server.realm("lodged")


def naming(intent):
    return {"claims": json.dumps({"id_token": {"openbanking_intent_id": {"value": intent, "essential": True}}})}


def refused(answer, words):
    assert answer.location.startswith(f"{APP.redirect_uri}?"), answer.text
    told = query_of(answer.location)
    return (told["error"], told["error_description"], "code" in told) == ("invalid_request", words, False)


def test_who_keeps_the_intent_is_asked_once(realm, keeper):
    browser = realm.browser()
    answer = realm.log_in(browser, APP, "ann", "ann-password", **naming('i "1"'))
    assert "code" in callback_of(answer)
    ((path, headers, body),) = keeper.asked
    assert (path, body) == ("/check", b'{"intent_id":"i \\"1\\"","client_id":"app"}')
    assert (headers["Content-Type"], headers["Accept"]) == ("application/json", "application/json")
    assert not {"Authorization", "Cookie", "Referer"} & set(headers)
    # With a session too, and each time.
    assert "code" in callback_of(realm.authorize(browser, APP, **naming("i-2")))
    assert [json.loads(body)["intent_id"] for _, _, body in keeper.asked[1:]] == ["i-2"]


def test_a_pushed_request_is_asked_about_when_it_is_brought(realm, keeper):
    form = {**APP.form, "redirect_uri": APP.redirect_uri, "response_type": "code", "scope": "openid", "state": "s", **naming("i-3")}

    def bring():
        pushed = Browser().post(realm.endpoint("ext/par/request"), form)
        assert (pushed.status, len(keeper.asked)) == (201, 0)
        return Browser().get(realm.endpoint("auth"), {"client_id": "app", "request_uri": pushed.json()["request_uri"]})

    assert "kc-form-login" in bring().text and len(keeper.asked) == 1
    keeper.asked.clear()
    keeper.answer = (200, "application/json", b'{"is_bound":false}')
    assert refused(bring(), "The intent is not bound with the client")


@pytest.mark.parametrize("answer", [
    (200, "application/json", b'{"is_bound":"true"}'), (200, "application/json", b'{"is_bound":1}'), (200, "application/json", b"{}"),
    (200, "application/json", b'{"is_bound":null}'), (200, "application/json", b'[{"is_bound":true}]'), (200, "application/json", b""),
    (200, "application/json", b'{"is_bound":false,"is_bound":true}'), (200, "application/json", b'{"is_bound":true}x'), (200, "text/html", b"<p>"),
    (200, "application/json", b'{"is_bound":true,"x":"' + b"x" * 200_000 + b'"}'), (204, "application/json", b""),
    (201, "application/json", YES[2]), (302, "application/json", YES[2]), (307, "application/json", YES[2]), (400, "application/json", YES[2]),
    (404, "application/json", YES[2]), (500, "application/json", YES[2]),
])  # fmt: skip
def test_attack_an_answer_that_is_no_yes(realm, keeper, answer):
    """Nor is a redirect followed. Keycloak takes a yes with any status, and the text "true"."""
    keeper.answer = answer
    assert refused(realm.authorize(realm.browser(), APP, **naming("i-4")), "checking intent bound with client failed")
    assert [path for path, _, _ in keeper.asked] == ["/check"]


def test_who_says_no_and_who_is_not_there(realm, server, keeper):
    keeper.answer = (200, "application/json", b'{"is_bound":false}')
    assert refused(realm.authorize(realm.browser(), APP, **naming("i-5")), "The intent is not bound with the client")
    assert refused(realm.authorize(realm.browser(), APP, prompt="none", **naming("i-5")), "The intent is not bound with the client")
    away = server.realm("nobody").authorize(Browser(), APP, **naming("i-5"))
    assert refused(away, "checking intent bound with client failed")
    # Requests that are not good are nobody's question.
    keeper.asked.clear()
    assert refused(realm.authorize(realm.browser(), APP), "no claim for an intent value in an authorization request")
    assert realm.authorize(realm.browser(), Client("app", None, "https://evil.example/"), **naming("i-5")).status == 400
    assert keeper.asked == []


def test_others_are_served_meanwhile(realm, keeper):
    keeper.gate.clear()
    answers = []
    waiting = [threading.Thread(target=lambda: answers.append(realm.authorize(Browser(), APP, **naming("i-6")))) for _ in range(8)]
    for one in waiting:
        one.start()
    until(lambda: len(keeper.asked) == len(waiting), "all of them to be asked about")
    assert realm.certs().status == 200 and answers == []
    keeper.gate.set()
    for one in waiting:
        one.join(60)
    assert [answer.status for answer in answers] == [200] * len(waiting)


def test_attack_a_client_with_many_questions_leaves_room_for_another(realm, keeper):
    """While nobody answers: what comes beyond its share is told to come again, and another client's is asked."""
    other = Client("other", APP.secret, APP.redirect_uri)

    def is_over_share(done):
        return done.done() and query_of(done.result().location or "").get("error") == "temporarily_unavailable"

    def is_asked_about(client_id):
        return any(json.loads(body)["client_id"] == client_id for _, _, body in list(keeper.asked))

    keeper.gate.clear()
    with concurrent.futures.ThreadPoolExecutor(73) as pool:
        try:
            held = [pool.submit(realm.authorize, Browser(), APP, **naming(f"i-{number}")) for number in range(72)]
            until(lambda: any(map(is_over_share, held)), "one too many")
            theirs = pool.submit(realm.authorize, Browser(), other, **naming("theirs"))
            until(lambda: is_asked_about("other"), "the other client's question")
        finally:
            keeper.gate.set()
        assert "temporarily_unavailable" not in (theirs.result(60).location or "")
