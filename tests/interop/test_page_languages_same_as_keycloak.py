# SPDX-License-Identifier: Apache-2.0
"""Which language a page is in, asked of Keycloak 24 and of our provider: its `lang`, Content-Language, and the cookie that
keeps what was picked. What differs is in the rows, with the reason."""

import json
import re

import pytest
from needs import kept_running
from oidc import Client
from programs import Provider
from test_admin_same_as_keycloak import with_realm
from web import Browser

from both_providers import only_keycloak
from keycloak import ADMIN

REALM = "tongues"
CALLBACK = "http://localhost:8000/cb"
APP = Client("app", None, CALLBACK)
USUAL = ["en", "de", "fr", "pt-BR", "zh-CN", "de-AT", "ar"]
REGIONS = ["de-AT", "en-GB", "zh-TW"]
DOCUMENT = {
    "realm": REALM,
    "enabled": True,
    "internationalizationEnabled": True,
    "supportedLocales": USUAL,
    "defaultLocale": "fr",
    "requiredActions": [{"alias": "UPDATE_PASSWORD", "name": "Update", "providerId": "UPDATE_PASSWORD", "enabled": True}],
    "clients": [{"clientId": "app", "publicClient": True, "redirectUris": [CALLBACK]}],
    "users": [
        {
            "username": name,
            "enabled": True,
            "email": f"{name}@example.org",
            "firstName": name,
            "lastName": "Cook",
            "attributes": attributes,
            "requiredActions": ["UPDATE_PASSWORD"],
            "credentials": [{"type": "password", "value": "pw"}],
        }
        for name, attributes in (("ann", {"locale": ["de"]}), ("bob", {}), ("cid", {"locale": ["it"]}))
    ],
}

# What is asked with, and the language that both choose.
ASKED = [
    ({}, "fr"),
    *(
        ({"accept": field}, tag)
        for field, tag in (
            ("de", "de"),
            ("de-CH", "de"),
            ("de-AT", "de-AT"),
            ("DE-at", "de-AT"),
            ("de-AT;q=0.5,en;q=0.9", "en"),
            ("it,en;q=0.5", "en"),
            ("it", "fr"),
            ("*", "fr"),
            ("pt", "pt-BR"),
            ("pt-PT", "fr"),
            ("pt-br", "pt-BR"),
            ("zh-Hans-CN", "zh-CN"),
            ("zh-TW", "fr"),
            ("en-US,de;q=0.9", "en"),
            ("de;q=0,en", "en"),
            ("de;q=0.5,en;q=0.5", "de"),
        )
    ),
    *(
        ({"ui_locales": value}, tag)
        for value, tag in (
            ("de", "de"),
            ("it de", "de"),
            ("  it   de ", "de"),
            ("it", "fr"),
            ("de-CH", "de"),
            ("de,en", "fr"),
            ("DE", "de"),
            ("de_AT", "fr"),
            ("pt", "pt-BR"),
            ("zh-CN", "zh-CN"),
        )
    ),
    ({"ui_locales": "it", "accept": "de"}, "de"),
    ({"ui_locales": "de", "accept": "en", "cookie": "ar"}, "de"),
    ({"cookie": "ar", "accept": "de"}, "ar"),
    ({"cookie": "it", "accept": "de"}, "de"),
    ({"cookie": '"><x>'}, "fr"),
]
REGIONAL = [("de", "de-AT"), ("de-CH", "fr"), ("en-US", "fr"), ("zh-Hant-TW", "zh-TW"), ("zh-Hant", "zh-TW"), ("zh-CN", "fr")]
PICKED = [("de", "de"), ("de-CH", "de"), ("de-AT", "de-AT"), ("ar", "ar")]
USERS = [("ann", None, "de"), ("bob", None, "en"), ("cid", None, "en"), ("ann", "ar", "ar"), ("bob", "ar", "ar")]

pytestmark = only_keycloak


@pytest.fixture(scope="module")
def ours(work, results):
    yield from kept_running(lambda: Provider([], work / "tongues", administrator=ADMIN), results)


@pytest.fixture(scope="module")
def servers(provider, ours):
    """Each with the realm, and what changes it."""
    return with_realm((provider, ours), DOCUMENT)


def change(admin, **members):
    return admin("PUT", f"/realms/{REALM}", json.dumps(members).encode()).status == 204


def language(answer):
    """Keycloak writes the field in small letters."""
    (tag,) = re.findall(r'<html[^>]* lang="([^"]*)"', answer.text)
    assert answer.status == 200 and answer.header("Content-Language").lower() == tag.lower()
    return tag


def begin(realm, browser, accept=None, cookie=None, **more):
    headers = {name: value for name, value in (("Accept-Language", accept), ("Cookie", cookie and f"KEYCLOAK_LOCALE={cookie}")) if value}
    return browser.get(realm.endpoint("auth"), realm.auth_params(APP, **more), headers)


def pick(browser, page, tag):
    link = next(link for link in page.page.links if "kc_locale=" in link)
    return browser.get(re.sub("kc_locale=[^&]*", f"kc_locale={tag}", link))


def locale_cookie(answer):
    """Name, value, path, and whether scripts see it; None: it is not set."""
    for line in answer.all("Set-Cookie"):
        first, *rest = (part.strip() for part in line.split(";"))
        if first.startswith("KEYCLOAK_LOCALE="):
            return first, [part for part in rest if part.startswith("Path")], "HttpOnly" in rest, any("Max-Age" in part for part in rest)
    return None


@pytest.mark.parametrize(("asked", "tag"), ASKED)
def test_who_decides(servers, asked, tag):
    assert [language(begin(realm, Browser(), **asked)) for realm, _ in servers] == [tag, tag]


def test_regions(servers):
    for _, admin in servers:
        assert change(admin, supportedLocales=REGIONS)
    try:
        for accept, tag in REGIONAL:
            # Of Traditional Chinese we have the words of Simplified.
            assert [language(begin(realm, Browser(), accept=accept)) for realm, _ in servers] == [tag, tag], accept
    finally:
        for _, admin in servers:
            change(admin, supportedLocales=USUAL)


@pytest.mark.parametrize(("picked", "tag"), PICKED)
def test_what_is_picked(servers, picked, tag):
    cookies = []
    for realm, _ in servers:
        browser = Browser()
        answer = pick(browser, begin(realm, browser, ui_locales="en"), picked)
        assert language(answer) == tag
        cookies.append(locale_cookie(answer))
        wrong = browser.submit(answer.page.form("kc-form-login"), username="bob", password="no")
        assert language(wrong) == tag
        assert language(begin(realm, browser, accept="en")) == tag
    # Keycloak keeps what was said, we what was found.
    assert cookies[0] == (f"KEYCLOAK_LOCALE={picked}", [f"Path=/realms/{REALM}/"], True, False)
    assert cookies[1] == (f"KEYCLOAK_LOCALE={tag}", *cookies[0][1:])


@pytest.mark.parametrize("picked", ["it", "%22%3E%3Cx%3E"])
def test_what_cannot_be_picked(servers, picked):
    (keycloak, ours) = (pick(browser, begin(realm, browser, ui_locales="en"), picked) for browser, (realm, _) in zip((Browser(), Browser()), servers))
    # Keycloak keeps it, in the cookie too, and shows the default from then on.
    assert locale_cookie(keycloak) is not None
    assert locale_cookie(ours) is None and language(ours) == "en"


@pytest.mark.parametrize(("name", "picked", "tag"), USERS)
def test_a_users_language(servers, name, picked, tag):
    for realm, _ in servers:
        browser = Browser()
        page = begin(realm, browser, ui_locales="en")
        if picked:
            page = pick(browser, page, picked)
        answer = browser.submit(page.page.form("kc-form-login"), username=name, password="pw")
        assert language(browser.get(answer.location)) == tag


def test_without_languages(servers):
    for _, admin in servers:
        assert change(admin, internationalizationEnabled=False)
    try:
        keycloak, ours = (begin(realm, Browser(), accept="de", ui_locales="de") for realm, _ in servers)
        assert keycloak.header("Content-Language") == ours.header("Content-Language") == "en"
        assert 'lang="' not in keycloak.text.split("<head>")[0] and language(ours) == "en"
        assert "kc_locale" not in keycloak.text + ours.text
    finally:
        for _, admin in servers:
            change(admin, internationalizationEnabled=True)
