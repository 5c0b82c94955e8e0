# SPDX-License-Identifier: Apache-2.0
"""In which language pages are: who decides, what a realm's own texts do, and that nothing of either is more than text."""

import json
import re

import pytest
from oidc import Client
from programs import PROJECT, Provider
from web import Browser

CALLBACK = "http://localhost:8000/cb"
APP = Client("app", None, CALLBACK)
ASKING = Client("asking", None, CALLBACK)
MARK = "<b id=\"mark\">'{{title}}&"
MESSAGES = PROJECT / "web" / "page" / "messages"
GERMAN = json.loads((MESSAGES / "de.json").read_text())
ENGLISH = json.loads((MESSAGES / "en.json").read_text())


def user(name, *actions, **attributes):
    return {
        "username": name,
        "enabled": True,
        "email": f"{name}@example.org",
        "firstName": name,
        "lastName": "Cook",
        "requiredActions": list(actions),
        "attributes": attributes,
        "credentials": [{"type": "password", "value": "long-password"}],
    }


REALM = {
    "realm": "tongues",
    "displayName": MARK,
    "enabled": True,
    "internationalizationEnabled": True,
    "supportedLocales": ["en", "de", "de-AT", "xx", "ar", "bad\r\nX-Bad: 1", "a;b", "<i>"],
    "defaultLocale": "de-AT",
    "passwordPolicy": "length(12)",
    "localizationTexts": {
        "de": {"termsText": "Seid freundlich."},
        "de-AT": {"doLogIn": "Servus", "locale_de": "Deitsch"},
        "xx": {"doLogIn": MARK, "loginTitle": MARK + "{0}", "continueToClient": MARK + " {0}", "invalidUserMessage": MARK},
    },
    "clients": [
        {"clientId": "app", "publicClient": True, "redirectUris": [CALLBACK]},
        {"clientId": "asking", "publicClient": True, "redirectUris": [CALLBACK], "consentRequired": True},
    ],
    "users": [
        user("ann", "TERMS_AND_CONDITIONS", locale=["de"]),
        user("bob", "UPDATE_PASSWORD"),
        user("cid", "UPDATE_PASSWORD", locale=["it"]),
        user("dee", locale=["de"]),
        user("eve", "UPDATE_PROFILE", locale=["de"]),
        user("flo", "update_user_locale"),
    ],
}
PLAIN = {**REALM, "realm": "plain", "internationalizationEnabled": False}
STILL = {**REALM, "realm": "still", "requiredActions": [{"alias": "update_user_locale", "enabled": False}]}


@pytest.fixture(scope="module")
def server(work):
    files = [work / f"{realm['realm']}-realm.json" for realm in (REALM, PLAIN, STILL)]
    for file, realm in zip(files, (REALM, PLAIN, STILL)):
        file.write_text(json.dumps(realm))
    with Provider(files, work / "tongues") as provider:
        yield provider


@pytest.fixture(scope="module")
def realm(server):
    return server.realm("tongues")


def language(answer):
    """What the header and the page say; they agree."""
    (tag,) = re.findall(r'<html lang="([^"]*)"', answer.text)
    assert answer.header("Content-Language") == tag
    return tag


def begin(realm, browser=None, accept=None, cookie=None, client=APP, **more):
    headers = {}
    if accept is not None:
        headers["Accept-Language"] = accept
    if cookie is not None:
        headers["Cookie"] = f"KEYCLOAK_LOCALE={cookie}"
    browser = browser or Browser()
    return browser.get(realm.endpoint("auth"), realm.auth_params(client, **more), headers)


def pick(browser, page, tag):
    link = next(link for link in page.page.links if link.endswith(f"kc_locale={tag}"))
    return browser.get(link)


def logged_in(browser, page, name):
    answer = browser.submit(page.page.form("kc-form-login"), username=name, password="long-password")
    return browser.get(answer.location)


@pytest.mark.parametrize(
    ("asked", "tag"),
    [
        ({}, "de-AT"),
        ({"accept": "de"}, "de"),
        ({"accept": "it, en;q=0.3"}, "en"),
        ({"accept": "it"}, "de-AT"),
        ({"cookie": "en", "accept": "de"}, "en"),
        ({"cookie": "it", "accept": "de"}, "de"),
        ({"ui_locales": "it de-DE en", "cookie": "en"}, "de"),
        ({"ui_locales": "it", "cookie": "en"}, "en"),
        ({"kc_locale": "de", "ui_locales": "en"}, "de"),
        ({"kc_locale": "it", "ui_locales": "en"}, "en"),
        ({"kc_locale": "bad\r\nX-Bad: 1"}, "de-AT"),
        ({"kc_locale": "a;b", "cookie": '"a;b"'}, "de-AT"),
        ({"kc_locale": "<i>", "ui_locales": "<i>", "accept": "<i>"}, "de-AT"),
    ],
)
def test_who_decides(realm, asked, tag):
    answer = begin(realm, **asked)
    assert answer.status == 200 and language(answer) == tag
    assert "<i>" not in answer.text and answer.header("X-Bad") is None
    assert [*answer.page.links] and not any("bad" in link or ";" in link or "%3C" in link for link in answer.page.links)


def test_a_realm_that_does_not_ask_for_languages_is_in_english(server):
    answer = begin(server.realm("plain"), accept="de", ui_locales="de", kc_locale="de")
    assert language(answer) == "en" and "kc-locale" not in answer.page.ids
    assert answer.header("Set-Cookie") is None or "LOCALE" not in answer.header("Set-Cookie")


def test_what_is_picked_stays_for_the_login_and_the_browser(realm):
    browser = Browser()
    page = pick(browser, begin(realm, browser, ui_locales="en"), "de")
    assert language(page) == "de" and page.page.text_by_id["kc-page-title"] == GERMAN["loginAccountTitle"]
    (cookie,) = (line for line in page.all("Set-Cookie") if "LOCALE" in line)
    assert cookie == "KEYCLOAK_LOCALE=de; Path=/realms/tongues/; SameSite=Lax; HttpOnly"
    wrong = browser.submit(page.page.form("kc-form-login"), username="bob", password="no")
    assert language(wrong) == "de" and wrong.page.text_by_id["input-error"] == GERMAN["invalidUserMessage"]
    assert language(begin(realm, browser, accept="en")) == "de"
    assert language(begin(realm, browser, ui_locales="en")) == "en"
    # The pick counts without the cookie too, for this login.
    browser.cookies = {name: value for name, value in browser.cookies.items() if "LOCALE" not in str(name)}
    assert language(logged_in(browser, wrong, "cid")) == "de"


def test_a_tag_that_is_no_language_of_the_realm_changes_nothing(realm):
    browser = Browser()
    page = begin(realm, browser, ui_locales="en")
    link = next(link for link in page.page.links if link.endswith("kc_locale=de"))
    for tag in ("it", "", "%22%3E%3Cx%3E", "de_AT", "d" * 3000):
        answer = browser.get(link.replace("kc_locale=de", f"kc_locale={tag}"))
        assert answer.status == 200 and language(answer) == "en"
        assert not any("LOCALE" in line for line in answer.all("Set-Cookie"))
        assert "<x>" not in answer.text and "%22%3E" not in answer.text


@pytest.mark.parametrize(
    ("name", "picked", "tag"), [("ann", None, "de"), ("ann", "en", "en"), ("bob", None, "en"), ("cid", None, "en")]
)
def test_a_user_has_a_language(realm, name, picked, tag):
    browser = Browser()
    page = begin(realm, browser, ui_locales="en")
    if picked:
        page = pick(browser, page, picked)
    page = logged_in(browser, page, name)
    assert language(page) == tag
    if name == "ann":
        terms = "Seid freundlich." if tag == "de" else ENGLISH["termsText"]
        assert page.page.text_by_id["kc-terms-text"] == terms


def cookie_of(answer):
    return [line.split(";")[0] for line in answer.all("Set-Cookie") if "LOCALE" in line]


def log_in(browser, page):
    answer = browser.submit(page.page.form("kc-form-login"), username="flo", password="long-password")
    assert answer.location.startswith((CALLBACK, page.url.split("/realms/")[0]))
    return answer


def language_of_flo(realm):
    """On the page of a browser that knows nothing: what stands among the attributes, else what the client asks for."""
    browser = Browser()
    page = begin(realm, browser, client=ASKING, ui_locales="en")
    return language(browser.get(log_in(browser, page).location))


def test_what_is_picked_on_a_page_is_the_users_language(server):
    realm, browser = server.realm("tongues"), Browser()
    assert cookie_of(log_in(browser, begin(realm, browser, ui_locales="de", kc_locale="de"))) == ["KEYCLOAK_LOCALE="]
    assert language_of_flo(realm) == "en"  # a client's wish is none of the user's
    browser = Browser()
    page = pick(browser, begin(realm, browser), "de")
    page = browser.submit(page.page.form("kc-form-login"), username="flo", password="wrong")
    done = log_in(browser, page)
    assert done.location.startswith(CALLBACK)
    assert language_of_flo(realm) == "de"
    browser = Browser()
    assert cookie_of(log_in(browser, begin(realm, browser, ui_locales="en"))) == ["KEYCLOAK_LOCALE=de"]
    assert language(begin(realm, browser, prompt="login", accept="en")) == "de"
    browser = Browser()
    page = begin(realm, browser, ui_locales="en")
    link = next(link for link in page.page.links if link.endswith("kc_locale=de"))
    log_in(browser, browser.get(link.replace("kc_locale=de", "kc_locale=it")))
    assert language_of_flo(realm) == "de"


def test_a_realm_may_leave_users_languages_alone(server):
    realm, browser = server.realm("still"), Browser()
    assert cookie_of(log_in(browser, pick(browser, begin(realm, browser), "de"))) == []
    assert language_of_flo(realm) == "en"


def test_a_wrong_password_does_not_tell_the_language_of_its_user(realm):
    browser = Browser()
    page = begin(realm, browser, ui_locales="en")
    answer = browser.submit(page.page.form("kc-form-login"), username="dee", password="wrong")
    assert language(answer) == "en"


def test_consent_and_actions(realm):
    browser = Browser()
    page = logged_in(browser, begin(realm, browser, client=ASKING), "dee")
    assert language(page) == "de" and GERMAN["emailScopeConsentText"] in page.text
    assert language(pick(browser, page, "en")) == "en"
    browser = Browser()
    page = logged_in(browser, begin(realm, browser), "eve")
    answer = browser.submit(page.page.form("kc-update-profile-form"), email="x", firstName="n" * 256, lastName="")
    assert language(answer) == "de"
    for field, words in (("email", "error-invalid-email"), ("firstName", "error-invalid-length-too-long")):
        assert answer.page.text_by_id[f"input-error-{field}"] == GERMAN[words].replace("{2}", "255")
    browser = Browser()
    page = logged_in(browser, begin(realm, browser, kc_locale="de"), "bob")
    answer = browser.submit(page.page.form("kc-passwd-update-form"), **{"password-new": "short", "password-confirm": "short"})
    assert answer.page.text_by_id["input-error"] == GERMAN["invalidPasswordMinLengthMessage"].replace("{0}", "12")


@pytest.mark.parametrize("path", ["device", "protocol/openid-connect/logout?state=%22%3E", "device/status?error=access_denied"])
def test_other_pages(realm, path):
    url = f"{realm.base}/realms/tongues/{path}"
    browser = Browser()
    answer = browser.get(url, headers={"Accept-Language": "de"})
    assert answer.status == 200 and language(answer) == "de"
    if "status" not in path:
        again = pick(browser, answer, "en")
        assert again.status == 200 and language(again) == "en" and '">' not in "".join(again.page.links)
    lost = browser.get(f"{realm.base}/realms/tongues/protocol/openid-connect/auth?client_id=no&kc_locale=de")
    assert lost.status == 400 and GERMAN["clientNotFoundMessage"] in lost.text


def test_a_realms_texts_are_text(realm):
    browser = Browser()
    page = begin(realm, browser, kc_locale="xx")
    assert language(page) == "xx"
    wrong = browser.submit(page.page.form("kc-form-login"), username="bob", password="no")
    for answer in (page, wrong):
        assert "mark" not in answer.page.ids and '<b id' not in answer.text
        # Of a message a single apostrophe is no part, as in Keycloak; of a name it is.
        assert answer.text.count(MARK_SHOWN.replace("&#39;", "")) >= 3
    assert MARK_SHOWN in page.text


MARK_SHOWN = "&lt;b id=&quot;mark&quot;&gt;&#39;{{title}}&amp;"


def test_own_words_of_a_language_for_one_country(realm):
    page = begin(realm)
    assert 'value="Servus"' in page.text and GERMAN["password"] in page.text and "Deitsch" in page.text
    assert "Deutsch (AT)" in page.text


def test_directions(realm):
    assert 'lang="de-AT">' in begin(realm).text
    assert begin(realm, kc_locale="ar").text.count('dir="rtl"') == (1 if (MESSAGES / "ar.json").exists() else 0)


def test_every_message_is_said_somewhere():
    """By its key in a template or in the sources, or by its English text, which is translated."""
    sources = "".join(file.read_text() for file in (PROJECT / "src").rglob("*.[ch]"))
    sources = re.sub(r'"\s*\n\s*"', "", sources)
    templates = "".join(file.read_text() for file in (PROJECT / "web" / "page").glob("*.html"))
    passive = re.compile(r"ConsentText$|^client_|^requiredAction\.|^invalidPassword|^error-|^emailExists|^missingEmail|^languageDirection$")
    for key, text in ENGLISH.items():
        said = f".{key}}}}}" in templates or f"@{key}}}}}" in templates or f'"{key}"' in sources
        literal = re.split(r"\{\d\}", text.replace("''", "'"))[0]
        assert said or passive.search(key) or f'"{literal}' in sources, key


@pytest.mark.parametrize("file", sorted(MESSAGES.glob("*.json")), ids=lambda file: file.stem)
def test_every_language_says_everything(file):
    messages = json.loads(file.read_text())
    assert messages.keys() == ENGLISH.keys()
    for key, message in messages.items():
        assert sorted(re.findall(r"\{\d\}", message)) == sorted(re.findall(r"\{\d\}", ENGLISH[key])), key
        assert message.strip() and "<" not in message and "'" not in message.replace("''", ""), key
    assert messages["languageDirection"] == ("rtl" if file.stem in ("ar", "he") else "ltr")


def test_clients_are_told_the_language_of_a_user(realm):
    _, tokens = realm.code_login(APP, "dee", "long-password", scope="openid profile")
    assert realm.userinfo(tokens.json()["access_token"]).json()["locale"] == "de"
