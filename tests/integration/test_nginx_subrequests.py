# SPDX-License-Identifier: Apache-2.0
"""Ways around the nginx module within nginx itself: subrequests (SSI, mirror, slice), caches, internal redirects, `satisfy any`, and
how settings are inherited. One nginx for all of them; behind it an application that says whom it was told of."""

import http.server
import json
import threading
import time

import pytest
from dpop import DpopClient
from fake_provider import FakeProvider
from nginx import Nginx, field
from test_nginx_module import until_ready
from waiting import until

SIZE = 3500  # of what is served in slices of 1024


class Behind(http.server.ThreadingHTTPServer):
    """Says whom it is told of. /accel/X sends nginx on to /X; what is below /part/ comes in parts."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Answer)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.seen = []  # (path, subject, range)

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

    def asked(self, path):
        return [subject for seen, subject, _ in self.seen if seen.startswith(path)]


class _Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        subject, part = self.headers.get("X-Subject"), self.headers.get("Range")
        self.server.seen.append((self.path, subject, part))
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body, status, more = json.dumps({"path": self.path, "subject": subject}).encode(), 200, {}
        if self.path.startswith("/accel/"):
            more["X-Accel-Redirect"] = self.path[len("/accel") :]
        if self.path.startswith("/part/") and part:
            first, last = (int(each) for each in part.removeprefix("bytes=").split("-"))
            whole = (f"<{subject}>".encode() * SIZE)[:SIZE]
            body, status = whole[first : last + 1], 206
            more["Content-Range"] = f"bytes {first}-{min(last, SIZE - 1)}/{SIZE}"
        self.send_response(status)
        for name, value in {**more, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_PUT = do_GET

    def log_message(self, *_):
        pass


HTTP = """
    proxy_cache_path {folder}/cache keys_zone=c:1m;
    proxy_set_header X-Subject $ostiary_subject;
    proxy_set_header Authorization "";
    proxy_http_version 1.1;
    log_format who '$request_uri [$ostiary_subject] [$ostiary_reason]';
    access_log {folder}/who.log who;
    ostiary_issuer {issuer} audience=myapi;
    ostiary_origin http://api.example;
"""
KEY = 'proxy_cache_key "$ostiary_issuer $ostiary_subject $scheme$proxy_host$request_uri{more}";'
SERVER = """
    ostiary on;
    location = /ready {{ ostiary off; ostiary_ready; }}

    # SSI
    location /pages/ {{ ostiary off; ssi on; ssi_silent_errors on; types {{ text/html html; }} }}
    location /closed-pages/ {{ alias {folder}/html/pages/; ssi on; types {{ text/html html; }} }}
    location /told {{ proxy_pass {up}; }}
    location /admin {{ ostiary_scopes admin; proxy_pass {up}; }}

    # mirror and post_action
    location /mirrored {{ mirror /copy; mirror /admin-copy; proxy_pass {up}; }}
    location = /copy {{ internal; proxy_pass {up}/copy; }}
    location = /admin-copy {{ internal; ostiary_scopes admin; proxy_pass {up}/admin-copy; }}
    location /acted {{ post_action /after; proxy_pass {up}; }}
    location = /after {{ internal; proxy_pass {up}/after; }}

    # slice and caches
    location /part/ {{
        slice 1k; proxy_set_header Range $slice_range; proxy_set_header X-Subject $ostiary_subject;
        proxy_cache c; proxy_cache_valid 200 206 1h; {sliced} proxy_pass {up};
    }}
    location /kept {{ proxy_cache c; proxy_cache_valid 1h; {key} proxy_pass {up}; }}
    location /renewed {{
        proxy_cache c; proxy_cache_valid 1s; {key} proxy_pass {up};
        proxy_cache_use_stale updating; proxy_cache_background_update on;
    }}

    # ways on
    location /accel/ {{ ostiary off; proxy_pass {up}; }}
    location /tries {{ ostiary off; try_files /nothing /admin; }}
    location /named {{ ostiary off; try_files /nothing @named; }}
    location @named {{ proxy_pass {up}; }}
    location /rewritten {{ ostiary off; rewrite ^/rewritten(.*) /told$1 last; }}
    location /broken {{ rewrite ^/broken(.*) /told$1 break; proxy_pass {up}; }}
    location /lost {{ ostiary off; error_page 404 = /told; }}
    location /page-closed {{ error_page 401 = /told; proxy_pass {up}; }}
    location /page-named {{ error_page 401 = @named; proxy_pass {up}; }}
    location /any {{ satisfy any; allow 127.0.0.1; deny all; try_files /nothing /told; }}
    location /any-here {{ satisfy any; allow 127.0.0.1; deny all; proxy_pass {up}; }}
    location /any-nobody {{ satisfy any; deny all; proxy_pass {up}; }}
    location /any-page {{ satisfy any; deny all; error_page 401 403 /told; proxy_pass {up}; }}

    # inheritance
    location /in {{
        location /in/deeper {{ location /in/deeper/still {{ proxy_pass {up}; }} proxy_pass {up}; }}
        location ~ \\.txt$ {{ proxy_pass {up}; }}
        location /in/admin {{ ostiary_scopes admin; location /in/admin/deeper {{ proxy_pass {up}; }}
            location /in/admin/open {{ ostiary off; proxy_pass {up}; }} proxy_pass {up}; }}
        proxy_pass {up};
    }}
    location /if {{ if ($arg_x) {{ proxy_pass {up}; }} if ($arg_y) {{ set $z 1; }} proxy_pass {up}; }}
    location /reads {{ limit_except GET {{ ostiary_scopes write; }} proxy_pass {up}; }}
    location /open-reads {{ ostiary off; limit_except GET {{ ostiary on; }} proxy_pass {up}; }}
    location /open-writes {{ limit_except GET {{ ostiary off; }} proxy_pass {up}; }}
    location /elsewhere {{ ostiary_issuer {other} audience=myapi; proxy_pass {up}; location /elsewhere/deeper {{ proxy_pass {up}; }} }}
"""
PAGES = {
    "told.html": '[<!--# include virtual="/told?a" -->]',
    "two.html": '[<!--# include virtual="/told?a" -->|<!--# include virtual="/admin" -->|<!--# echo var="ostiary_subject" default="" -->]',
    "renewed.html": '<!--# include virtual="/renewed/page" -->',
    "nested.html": '[<!--# include virtual="/closed-pages/told.html" -->]',
}


@pytest.fixture(scope="module")
def provider():
    with FakeProvider() as running:
        yield running


@pytest.fixture(scope="module")
def behind():
    with Behind() as running:
        yield running


@pytest.fixture(scope="module")
def nginx(provider, behind, tmp_path_factory):
    folder = tmp_path_factory.mktemp("nginx")
    (folder / "html" / "pages").mkdir(parents=True)
    for name, text in PAGES.items():
        (folder / "html" / "pages" / name).write_text(text)
    with FakeProvider() as other:
        server = SERVER.format(folder=folder, up=behind.url, key=KEY.format(more=""), sliced=KEY.format(more="$slice_range"), other=other.issuer)
        with Nginx(folder, server, HTTP.format(folder=folder, issuer=provider.issuer)) as running:
            until_ready(running)
            running.other = other
            yield running


def told(answer):
    """Whom the application was told of, of an answer of its own; None if it is none."""
    try:
        return json.loads(answer[2])["subject"]
    except ValueError:
        return None


# ---- subrequests ----


def test_an_open_page_shows_nothing_that_is_guarded(nginx, provider, behind):
    for path in ("/pages/told.html", "/pages/two.html", "/pages/nested.html"):
        for token in (None, "x.y.z", nginx.other.access_token()):
            before = len(behind.seen)
            answer = nginx.ask(path, token)
            assert answer[0] == 200 and b"subject" not in answer[2] and behind.seen[before:] == [], path


def test_a_page_shows_each_what_is_for_them(nginx, provider):
    for sub in ("one", "two", "one"):
        page = nginx.ask("/pages/told.html", provider.access_token(sub=sub))[2].decode()
        assert json.loads(page)[0]["subject"] == sub
        page = nginx.ask("/pages/nested.html", provider.access_token(sub=sub))[2].decode()
        assert json.loads(page)[0][0]["subject"] == sub
        page = nginx.ask("/closed-pages/two.html", provider.access_token(sub=sub))[2].decode()
        first, admin, name = page.strip("[]").split("|")
        assert json.loads(first)["subject"] == sub and "subject" not in admin and name == sub
        token = provider.access_token(sub=sub, scope="admin")
        assert json.loads(nginx.ask("/closed-pages/two.html", token)[2].decode().split("|")[1])["subject"] == sub
    assert nginx.ask("/closed-pages/two.html")[0] == 401


def test_what_is_mirrored(nginx, provider, behind):
    for token in (None, "x.y.z"):
        assert nginx.ask("/mirrored", token, method="POST", body=b"x" * 20_000)[0] == 401
    assert behind.asked("/copy") == behind.asked("/admin-copy") == []
    assert told(nginx.ask("/mirrored", provider.access_token(sub="m-1"), method="POST", body=b"x" * 20_000)) == "m-1"
    until(lambda: behind.asked("/copy") == ["m-1"])
    assert behind.asked("/admin-copy") == []
    assert told(nginx.ask("/mirrored", provider.access_token(sub="m-2", scope="admin"))) == "m-2"
    until(lambda: behind.asked("/copy") == ["m-1", "m-2"] and behind.asked("/admin-copy") == ["m-2"])


def test_what_is_done_afterwards(nginx, provider, behind):
    assert nginx.ask("/acted")[0] == 401
    assert told(nginx.ask("/acted", provider.access_token(sub="p-1"))) == "p-1"
    until(lambda: behind.asked("/after") == ["p-1"])


def test_slices_are_those_of_one_subject(nginx, provider, behind):
    for sub in ("s-1", "s-2", "s-1"):
        assert nginx.ask("/part/x", provider.access_token(sub=sub))[2] == (f"<{sub}>".encode() * SIZE)[:SIZE]
    assert behind.asked("/part/x") == ["s-1"] * 4 + ["s-2"] * 4  # and nothing the third time
    assert nginx.ask("/part/x")[0] == 401


# ---- caches ----


def test_what_is_kept_is_for_one_subject(nginx, provider, behind):
    token = {sub: provider.access_token(sub=sub) for sub in ("k-1", "k-2")}
    for sub in ("k-1", "k-2", "k-1"):
        assert told(nginx.ask("/kept", token[sub])) == sub
    assert behind.asked("/kept") == ["k-1", "k-2"]
    for refused in (None, "x.y.z", provider.access_token(sub="k-1", exp=int(time.time()) - 100)):
        assert nginx.ask("/kept", refused)[0] == 401
    assert nginx.ask("/kept", token["k-1"], method="HEAD")[0] == 200 and len(behind.asked("/kept")) == 2


@pytest.mark.parametrize("path, upstream", [("/renewed/x", "/renewed/x"), ("/pages/renewed.html", "/renewed/page")])
def test_what_is_fetched_anew_in_the_background(nginx, provider, behind, path, upstream):
    """By a subrequest, of the request or, on an open page, of a subrequest that was judged itself."""
    token = {sub: provider.access_token(sub=sub) for sub in ("b-1", "b-2")}

    def both_anew():
        for sub in token:
            assert told(nginx.ask(path, token[sub])) == sub
        return all(behind.asked(upstream).count(sub) > 1 for sub in token) or None in behind.asked(upstream)

    until(both_anew)
    assert set(behind.asked(upstream)) == set(token)


# ---- ways on ----

WAYS = ["/accel/told", "/named", "/rewritten", "/rewritten/../rewritten", "/lost", "/broken", "/page-closed", "/page-named"]
WAYS += ["/any-nobody", "/any-page", "/any", "/told", "/told/../told", "//told", "/%74old", "/pages/../told", "/./told?", "/pages/..%2ftold"]


@pytest.mark.parametrize("path", WAYS)
def test_no_way_leads_around(nginx, provider, behind, path):
    mine = lambda: [each for each in behind.seen if not each[0].startswith("/accel/")]  # noqa: E731
    before = len(mine())
    for token in (None, "x.y.z", nginx.other.access_token()):
        answer = nginx.ask(path, token)
        assert answer[0] == 401 and len(field(answer, "WWW-Authenticate")) == 1, answer
    assert mine()[before:] == []
    assert told(nginx.ask(path, provider.access_token(sub="w-1"))) == "w-1"


@pytest.mark.parametrize("path", ["/accel/admin", "/tries"])
def test_what_is_asked_at_the_end_of_the_way(nginx, provider, path):
    assert nginx.status(path) == 401
    assert nginx.status(path, provider.access_token()) == 403
    assert told(nginx.ask(path, provider.access_token(sub="w-2", scope="admin"))) == "w-2"


def test_let_in_by_another_module_is_nobody(nginx, provider):
    """The address lets in; no token that was refused tells who it is."""
    expired = provider.access_token(exp=int(time.time()) - 100)
    for token in (None, "x.y.z", expired):
        answer = nginx.ask("/any-here", token)
        assert answer[0] == 200 and told(answer) is None and not field(answer, "WWW-Authenticate")
    assert told(nginx.ask("/any-here", provider.access_token(sub="a-1"))) == "a-1"


# ---- inheritance ----


@pytest.mark.parametrize(
    "path",
    ["/in", "/in/x", "/in/deeper", "/in/deeper/still", "/in/x.txt", "/in/deeper/x.txt", "/if", "/if?x=1", "/if?y=1", "/if?x=1&y=1",
     "/reads", "/open-writes", "/in/admin", "/in/admin/deeper"],
)  # fmt: skip
def test_what_says_nothing_is_guarded_as_what_it_is_in(nginx, provider, path):
    assert nginx.status(path) == 401 and nginx.status(path, nginx.other.access_token()) == 401
    assert nginx.status(path, provider.access_token()) == (403 if "admin" in path else 200)
    assert told(nginx.ask(path, provider.access_token(sub="i-1", scope="admin"))) == "i-1"


def test_methods(nginx, provider):
    for method in ("POST", "PUT"):
        assert nginx.status("/reads", provider.access_token(), method=method) == 403
        assert nginx.status("/reads", provider.access_token(scope="write"), method=method) == 200
        assert nginx.status("/open-reads", method=method) == 401
        assert nginx.status("/open-reads", provider.access_token(), method=method) == 200
        assert nginx.status("/open-writes", method=method) == 200
    assert nginx.status("/open-reads") == 200 and nginx.status("/in/admin/open") == 200


def test_another_issuer_in_one_place(nginx, provider):
    for path in ("/elsewhere", "/elsewhere/deeper"):
        assert nginx.status(path, provider.access_token()) == 401
        until(lambda: nginx.status(path, nginx.other.access_token()) == 200)  # noqa: B023
        assert nginx.status("/told", nginx.other.access_token()) == 401


def test_a_proof_is_used_once_on_the_way_and_in_what_it_fetches(nginx, provider):
    client = DpopClient()
    token = provider.access_token(sub="d-1", cnf={"jkt": client.thumbprint})

    def ask(path):
        proof = client.proof(f"http://api.example{path}", token)
        return [nginx.ask(path, headers=[("Authorization", f"DPoP {token}"), ("DPoP", proof)]) for _ in range(2)]

    for path in ("/told", "/mirrored", "/part/d", "/kept-not"):
        first, second = ask(path)
        assert first[0] in (200, 404) and second[0] == 401, path
    first, second = ask("/closed-pages/told.html")
    assert json.loads(first[2])[0]["subject"] == "d-1" and second[0] == 401


def test_logs_tell_who(nginx, provider):
    nginx.ask("/rewritten?log", provider.access_token(sub="l-1"))
    nginx.ask("/accel/told?log", provider.access_token(sub="l-2"))
    nginx.ask("/named?log")
    lines = ["/rewritten?log [l-1] [OST_OK]", "/accel/told?log [l-2] [OST_OK]", "/named?log [-] [OST_E_TOKEN_MISSING]"]
    # Written when a request is over, which its client may see before.
    until(lambda: all(line in (nginx.folder / "who.log").read_text() for line in lines))
