# SPDX-License-Identifier: Apache-2.0
"""How the admin console is served: its page and its files."""

import gzip
import re

import pytest
from test_admin_api import provider, root  # noqa: F401  (fixtures)

from web import Browser

POLICY = {
    *("default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "base-uri 'none'"),
    *("form-action 'self'", "frame-ancestors 'none'", "require-trusted-types-for 'script'", "trusted-types 'none'"),
}


@pytest.fixture
def get(provider):  # noqa: F811
    return lambda path, **headers: Browser().request("GET", provider.base + path, None, headers)


def test_addresses(provider, root, get):  # noqa: F811
    console = f"{provider.base}/admin/master/console/"
    for path in ("/admin", "/admin/", "/admin/master/console"):
        answer = get(path)
        assert (answer.status, answer.location) == (302, console), path
    assert get("/admin/shop/console").location == f"{provider.base}/admin/shop/console/"
    assert get("/admin/shop/console/").status == 200
    assert get("/admin/nowhere/console/").status == 404
    # The API keeps its addresses, also for realms with the names of the console's.
    assert root("POST", "/realms", {"realm": "console"}).status == 201
    assert root("GET", "/realms/console").json()["realm"] == "console"
    assert get("/admin/realms/console/").status == 401
    assert get("/admin/shop/consoles").status == 401
    assert get("/admin/master/console/x").status == 401


def test_page(get):
    answer = get("/admin/master/console/")
    assert answer.header("Content-Type") == "text/html; charset=utf-8"
    assert POLICY <= set(answer.header("Content-Security-Policy").split("; "))
    assert "unsafe" not in answer.header("Content-Security-Policy")
    assert (answer.header("X-Frame-Options"), answer.header("Cache-Control")) == ("DENY", "no-cache")
    assert "{{" not in answer.text and "<script>" not in answer.text and " style=" not in answer.text
    again = get("/admin/master/console/", **{"If-None-Match": answer.header("ETag")})
    assert (again.status, again.body) == (304, b"")


def test_files(get):
    page = get("/admin/master/console/").text
    files = re.findall(r'(?:href|src)="\.\./\.\./\.\.(/resources/[^"]+)"', page)
    assert len(files) > 10
    for path in files:
        answer = get(path)
        assert answer.status == 200, path
        assert answer.header("Cache-Control") == "public, max-age=31536000, immutable"
        assert answer.header("Content-Type") in ("text/javascript; charset=utf-8", "text/css; charset=utf-8")
        assert "SPDX" not in answer.text
    # Of another build: the browser asks again.
    old = re.sub(r"/resources/[^/]+/", "/resources/old/", files[-1])
    answer = get(old)
    assert (answer.status, answer.header("Cache-Control")) == (200, "no-cache")
    assert get(old, **{"If-None-Match": answer.header("ETag")}).status == 304
    assert get("/resources/old/console/nothing.js").status == 404
    assert get("/resources/old/console/%2e%2e/page/page.css").status in (400, 404)


@pytest.mark.parametrize("taken, packed", [
    ("gzip, deflate, br, zstd", True), ("br;q=1.0, GZIP;q=0.001", True), ("gzip ; q=0.5", True), ("deflate", False), ("*", False),
    ("gzip;q=0", False), ("gzip;q=0.000, br", False), ("", False), ("gzipped", False),
])  # fmt: skip
def test_who_takes_gzip_gets_it(get, taken, packed):
    plain = get("/admin/master/console/")
    answer = get("/admin/master/console/", **{"Accept-Encoding": taken})
    assert (answer.status, answer.header("Content-Encoding")) == (200, "gzip" if packed else None)
    assert (gzip.decompress(answer.body) if packed else answer.body) == plain.body
    assert answer.header("Vary") == plain.header("Vary") == "Accept-Encoding"
    assert (answer.header("ETag") != plain.header("ETag")) == packed
    again = get("/admin/master/console/", **{"Accept-Encoding": taken, "If-None-Match": answer.header("ETag")})
    assert (again.status, again.body, again.header("Content-Encoding")) == (304, b"", None)
    if packed:  # what is known is the other one
        assert get("/admin/master/console/", **{"If-None-Match": answer.header("ETag")}).status == 200


@pytest.mark.parametrize("console", ["/admin/master/console/", "/realms/master/account/"])
def test_all_of_a_console_is_little_to_load(get, console):
    """With its style and the words of one language."""
    page = get(console, **{"Accept-Encoding": "gzip"})
    files = re.findall(r'(?:href|src)="\.\./\.\./\.\.(/resources/[^"]+)"', gzip.decompress(page.body).decode())
    folder = next(path for path in files if path.endswith("/main.js")).rpartition("/")[0]
    answers = [get(path, **{"Accept-Encoding": "gzip"}) for path in {*files, f"{folder}/messages/de.js"}]
    assert {answer.status for answer in answers} == {200}
    assert len(page.body) + sum(len(answer.body) for answer in answers) < 64 * 1024


def test_the_console_may_be_returned_to_at_its_own_address_alone(provider, root):  # noqa: F811
    assert root("POST", "/realms", {"realm": "my shop", "enabled": True}).status == 201

    def status(realm, uri):
        asked = provider.realm(realm.replace(" ", "%20"))
        query = dict(client_id="security-admin-console", redirect_uri=uri, response_type="code", scope="openid")
        query.update(code_challenge="E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", code_challenge_method="S256")
        return Browser().get(asked.endpoint("auth"), query).status

    assert status("shop", f"{provider.base}/admin/shop/console/") == 200
    assert status("my shop", f"{provider.base}/admin/my%20shop/console/") == 200
    assert status("shop", f"{provider.base}/admin/master/console/") == 400
    assert status("shop", f"{provider.base}/realms/shop/") == 400
    assert status("shop", "https://evil.example/admin/shop/console/") == 400
    assert status("shop", f"{provider.base}@evil.example/admin/shop/console/") == 400
    assert status("shop", f"{provider.base}/admin/shop/console/../../x") == 400
