# SPDX-License-Identifier: Apache-2.0
"""Several sites behind one gate: whose session counts where, and what a host beside a site can do to it."""

import time
import urllib.parse

import pytest
from fake_fixtures import good_again, provider  # noqa: F401  (fixtures)
from fake_provider import CLIENT, SECRET
from gate_person import Person
from gate_site import Gate
from waiting import until

RULES = [{"prefix": "/admin", "policy": {"realm_roles": ["admin"]}, "login": True}, {"prefix": "/", "policy": {}, "login": True}]
ALONE = ["a.example.org", "b.example.org", "a.example.org:8443", "alone.shop.example"]
SHOP = ["x.shop.example", "y.shop.example", "shop.example", "x.shop.example:8443"]
WIKI, RESOURCE = "wiki.example.org", "https://wiki.example.org/api"
BELOW = "u.below.shop.example"
SESSION = {"a.example.org": "__Host-ostiary", "a.example.org:8443": "__Host-ostiary-p8443", BELOW: "__Secure-ostiary-below.shop.example"}


def session_of(host):
    return "__Secure-ostiary-shop.example" if host in SHOP else SESSION.get(host, "__Host-ostiary")


@pytest.fixture(scope="module")
def gate(provider, tmp_path_factory):
    sites = [{"origin": f"https://{host}", "rules": RULES} for host in ALONE]
    sites += [{"origin": f"https://{host}", "cookie_domain": "shop.example", "rules": RULES} for host in SHOP]
    sites += [{"origin": f"https://{BELOW}", "cookie_domain": "below.shop.example", "rules": RULES}]
    tokens = {"scope": "openid wiki", "resource": RESOURCE, "audiences": ["wiki"]}
    sites += [{"origin": f"https://{WIKI}", **tokens, "rules": RULES}]
    secret = {"OSTIARY_CLIENT_SECRET": SECRET}
    folder = tmp_path_factory.mktemp("gate")
    with Gate(folder, provider.issuer, {"sites": sites}, "nginx", ["--client-id", CLIENT], secret) as running:
        running.wait_for_logins()
        yield running


def copied(person, origin, host):
    """The session of one site as a thief would send it to another, under the name that counts there."""
    pairs = [pair.split("=", 1) for pair in person.sent(origin).split("; ")]
    return "; ".join(f"{name.replace(session_of(origin), session_of(host))}={value}" for name, value in pairs)


# ---- each for itself ----


@pytest.mark.parametrize("origin", [*ALONE, SHOP[0], BELOW])
def test_attack_48_a_session_counts_at_its_own_site(gate, origin):
    """Nor does it elsewhere when somebody carries its cookie there, and renames it."""
    person = Person(gate)
    assert person.log_in(origin, "/page").headers["Location"] == "/_ostiary/login?rd=%2Fpage"
    family = SHOP if origin in SHOP else [origin]
    for host in [*ALONE, *SHOP, BELOW]:
        assert person.passes(host) == (host in family), host
        assert person.passes(host, cookies=copied(person, origin, host)) == (host in family), host
        assert person.ask(host, "/_ostiary/user", cookies=copied(person, origin, host), Sec_Fetch_Mode="cors").status == (
            200 if host in family else 401
        )


def test_hosts_keep_their_cookies(gate):
    for host in ALONE:
        person = Person(gate)
        person.log_in(host)
        assert all(line.startswith("__Host-ostiary") and "domain" not in line.lower() for line in person.set)
        assert (host.split(":")[0], session_of(host)) in person.jar


# ---- one session for a domain ----


def test_one_session_for_a_domain(gate, provider):
    person = Person(gate)
    person.log_in(SHOP[0])
    assert person.jar.keys() == {(".shop.example", "__Secure-ostiary-shop.example"), ("x.shop.example", "__Host-ostiary-back")}
    answer = person.ask(SHOP[1], "/")
    assert (answer.status, answer.headers["X-Auth-Request-User"], answer.headers["Cookie"]) == (200, "alice-id", "")
    assert not person.passes(SHOP[1], "/admin")
    assert provider.count("token") == 1
    assert person.ask(SHOP[1], "/_ostiary/logout").status == 303
    assert not any(person.passes(host) for host in SHOP)
    assert all(name != "__Secure-ostiary-shop.example" for _, name in person.jar)


def test_a_refresh_at_one_host_is_for_all(gate, provider):
    provider.access_claims = {"exp": int(time.time()) - 28}  # with thirty seconds of leeway
    person = Person(gate)
    person.log_in(SHOP[0])
    provider.access_claims = {}
    until(lambda: not person.passes(SHOP[1]), step=0.2)
    assert person.ask(SHOP[1], "/_ostiary/login?rd=/").status == 303
    assert person.passes(SHOP[0]) and person.passes(SHOP[1])
    assert (provider.count("token"), provider.count("auth")) == (2, 1)


def test_attack_48_a_page_of_a_sibling(gate):
    """The session's cookie comes along with what another host of the domain sends: only reading is let through."""
    person = Person(gate)
    person.log_in(SHOP[0])
    for headers in ({"Sec_Fetch_Site": "same-site"}, {"Origin": f"https://{SHOP[0]}"}, {}):
        sent = {"Sec_Fetch_Site": "same-site", **headers}
        assert person.ask(SHOP[1], "/", "POST", **sent).status == 403
        assert person.ask(SHOP[1], "/_ostiary/logout", "POST", **sent).status == 403
    assert person.passes(SHOP[1], method="POST", Sec_Fetch_Site="same-origin")


def test_attack_48_cookies_tossed_by_a_sibling(gate, provider):
    """A host below the domain sets a cookie of the session's name beside the good one: its own session's, or nonsense.
    Nobody can tell which is whose, so that neither counts; and a login that does not help does not go round in circles."""
    thief, person = Person(gate), Person(gate)
    provider.subject = "mallory"
    thief.log_in(SHOP[1])
    provider.subject = "alice-id"
    person.log_in(SHOP[0])
    good = person.sent(SHOP[1])
    for tossed in (thief.sent("evil.shop.example"), f"{session_of(SHOP[0])}=1.x", f"{session_of(SHOP[0])}-1=x; {session_of(SHOP[0])}-1=x"):
        for cookies in (f"{good}; {tossed}", f"{tossed}; {good}"):
            answer = person.ask(SHOP[1], "/", cookies=cookies)
            assert answer.status == 401 and not answer.headers.get("X-Auth-Request-User")
    back = person.begin(SHOP[1], cookies=f"{person.sent(SHOP[1])}; {thief.sent('evil.shop.example')}")
    cookies = f"{person.sent(SHOP[1])}; {thief.sent('evil.shop.example')}"
    assert person.ask(SHOP[1], f"{back.path}?{back.query}", cookies=cookies).status == 302
    again = f"{person.sent(SHOP[1])}; {thief.sent('evil.shop.example')}"
    assert person.ask(SHOP[1], "/_ostiary/login?rd=/", cookies=again).status == 400


@pytest.mark.parametrize("began, ended", [(SHOP[1], SHOP[0]), (SHOP[0], SHOP[3]), (ALONE[0], ALONE[1])])
def test_attack_48_a_login_that_a_sibling_began(gate, began, ended):
    """Login CSRF: what belongs to a login under way is the host's alone, and tossed with it counts nowhere else."""
    thief, person = Person(gate), Person(gate)
    back = thief.begin(began)
    assert all(name.startswith("__Host-ostiary") and not place.startswith(".") for place, name in thief.jar)
    renamed = "; ".join(
        f"{name.replace(thief_host(began), thief_host(ended))}={value}" for (_, name), value in thief.jar.items()
    )
    for cookies in ("", thief.sent(began), renamed):
        answer = person.ask(ended, f"{back.path}?{back.query}", cookies=cookies)
        assert answer.status == 400
        assert not any(line.startswith(f"{session_of(ended)}=") for line in person.set)


def thief_host(host):
    """What the names of a host's own cookies begin with."""
    return "__Host-ostiary-p8443" if host.endswith(":8443") else "__Host-ostiary"


@pytest.mark.parametrize("host", [SHOP[0], ALONE[0]])
def test_attack_47_the_way_back_leads_to_no_sibling(gate, host):
    for wanted in (f"https://{SHOP[1]}/", f"//{SHOP[1]}/", "https://shop.example", f"https://{host}/", f"/\\{SHOP[1]}", "https://evil.example/"):
        person = Person(gate)
        address = person.log_in(host, wanted).headers["Location"]
        assert address == "/" or address.startswith(f"https://{host}/") or address.startswith("/_ostiary/login"), address
        again = person.ask(host, f"/_ostiary/login?rd={urllib.parse.quote(wanted, safe='')}")
        assert again.status == 303 and again.headers["Location"] == f"https://{host}/"


def test_the_application_sees_no_session(gate):
    person = Person(gate)
    person.log_in(SHOP[0])
    answer = person.ask(SHOP[1], "/", cookies=f"a=b; {person.sent(SHOP[1])}; __Secure-other=c")
    assert answer.headers["Cookie"] == "a=b; __Secure-other=c"


# ---- tokens of their own ----


def asked(provider, path):
    """What the provider was asked for at its pages of that name: (scope, resource) of each."""
    return [(call[2].get("scope"), call[2].get("resource")) for call in provider.calls if call[1] == path]


def test_a_site_has_tokens_of_its_own(gate, provider):
    """Its logins and refreshes name its resource, and tokens must be for its audience; other sites have nothing of that."""
    provider.access_claims = {"aud": ["myapi", "wiki"], "exp": int(time.time()) - 28}
    person = Person(gate)
    person.log_in(WIKI)
    until(lambda: not person.passes(WIKI), step=0.2)
    provider.access_claims = {"aud": ["myapi", "wiki"]}
    assert person.ask(WIKI, "/_ostiary/login?rd=/").status == 303 and person.passes(WIKI)
    assert asked(provider, "auth") == [("openid wiki", RESOURCE)]
    assert asked(provider, "token") == [(None, RESOURCE)] * 2
    Person(gate).log_in(ALONE[0])
    assert asked(provider, "auth")[1:] == [("openid", None)] and asked(provider, "token")[2:] == [(None, None)]


def test_attack_48_a_token_for_another_site(gate, provider):
    """It is good for the gate, and not there; a login that brought it does not go round in circles."""
    token = provider.access_token()
    assert gate_status(gate, ALONE[0], token) == 200 and gate_status(gate, WIKI, token) == 401
    assert gate_status(gate, WIKI, provider.access_token(aud="wiki")) == 401  # none of the gate's own
    assert gate_status(gate, WIKI, provider.access_token(aud=["myapi", "wiki"])) == 200
    person = Person(gate)
    person.log_in(WIKI)
    answer = person.ask(WIKI, "/")
    assert answer.status == 403 and not answer.headers.get("X-Auth-Request-User")


def gate_status(gate, host, token):
    return Person(gate).ask(host, "/", Authorization=f"Bearer {token}").status
