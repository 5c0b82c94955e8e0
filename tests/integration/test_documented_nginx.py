# SPDX-License-Identifier: Apache-2.0
"""nginx as the documents configure it, taken out of them: in front of the provider, and of an application with a gate.

Only names, ports and files are others here. Whoever follows the documents gets through a whole login, with nginx's buffers
as they are where the documents say nothing.
"""

import re
import ssl

import pytest
from certificates import make_certificate
from gate_site import Application, Gate, Nginx, values
from navigation import NAVIGATION
from nginx import NGINX_HEAD
from peers import PROJECT, free_port
from programs import Provider, provider_program
from shell import Shell
from waiting import until
from web import Browser, query_of

def documented(name, server):
    """The nginx configuration of a document whose server has that name."""
    text = (PROJECT / "docs" / "usage" / name).read_text()
    blocks = re.findall(r"^```nginx\n(server \{\n.*?)^```$", text, re.M | re.S)
    (found,) = [block for block in blocks if f"server_name {server};" in block]
    return found


def here(config, server, port, chain, key, addresses):
    """The configuration with the names, ports and files of this test; each must be in it. `addresses`: ports by ports."""
    changes = {"listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;", f"server_name {server};": "server_name localhost;"}
    changes |= {f"http://127.0.0.1:{was}": f"http://127.0.0.1:{now}" for was, now in addresses.items()}
    for was, now in changes.items():
        assert was in config, was
        config = config.replace(was, now)
    config, files = re.subn(r"(ssl_certificate(?:_key)?) +\S+;", lambda m: f"{m[1]} {key if '_key' in m[1] else chain};", config)
    assert files == 2
    return config.replace("{", "{{").replace("}", "}}")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    _, chain, key = make_certificate(tmp_path_factory.mktemp("certificate"), "localhost")
    return chain, key


@pytest.fixture(scope="module")
def browser_of(certificate):
    return lambda: Browser(tls=ssl.create_default_context(cafile=certificate[0]))


@pytest.fixture(scope="module")
def provider(certificate, tmp_path_factory):
    """In production, behind nginx; `base` is the address that everybody knows."""
    folder, public = tmp_path_factory.mktemp("provider"), free_port()
    program = Provider([PROJECT / "examples" / "items-api" / "myrealm-realm.json"], folder)
    base = f"https://localhost:{public}"
    command = [
        *(provider_program(), "provider", "start", "--hostname", base, "--http-host", "127.0.0.1", "--http-enabled=true"),
        *("--http-port", program.port, "--proxy-trusted-addresses", "127.0.0.1", "--data", program.data),
        *("--import-realm", folder / "import"),
    ]
    program.command = [str(part) for part in command]
    config = here(documented("provider.md", "id.example.org"), "id.example.org", public, *certificate, {8080: program.port})
    with program, Nginx(folder / "nginx", public, None, None, "-", NGINX_HEAD + config + "\n}}\n"):
        program.public = base
        yield program


@pytest.fixture(scope="module")
def site(provider, certificate, browser_of, tmp_path_factory):
    """An application behind the documented nginx and a gate, with the client that the document's commands make."""
    folder, port = tmp_path_factory.mktemp("site"), free_port()
    base, shell = f"https://localhost:{port}", Shell("--data", provider.data)
    of_realm = ("--realm", "myrealm")
    shell("client", "create", "app", f'redirectUris=["{base}/_ostiary/callback"]', f"attributes.post.logout.redirect.uris={base}/", *of_realm)
    shell("client", "add-audience", "app", "app", *of_realm)
    (folder / "secret").write_text(shell("client", "secret", "app", *of_realm))
    rules = {"sites": [{"origin": base, "rules": [{"prefix": "/", "policy": {}, "login": True}]}]}
    signs_in = ["--client-id", "app", "--client-secret-file", folder / "secret", "--ca-file", certificate[0], "--audience", "app"]
    gate = Gate(folder / "gate", f"{provider.public}/realms/myrealm", rules, "nginx", signs_in)
    config = documented("gateway.md", "app.example.org")
    with gate, Application() as application:
        addresses = {8000: gate.port, 3000: application.server_port}
        config = here(config, "app.example.org", port, *certificate, addresses)
        with Nginx(folder / "nginx", port, None, None, "-", NGINX_HEAD + config + "\n}}\n"):
            gate.wait_for_logins()
            yield base


def signs_in_at(browser, url):
    """The login page, once the provider has seen that another process made the client."""
    answer = browser.get(url, headers=NAVIGATION, follow=True)
    return answer.status == 200 and answer.page


def test_a_login_of_an_application(site, browser_of):
    browser = browser_of()
    page = until(lambda: signs_in_at(browser, f"{site}/reports?year=2026"), "the new client")
    arrived = browser.submit(page.form(), username="alice", password="alice-password", follow=True, headers=NAVIGATION)
    assert (arrived.status, arrived.url) == (200, f"{site}/reports?year=2026")
    assert values(arrived.json(), "X-Auth-Request-Preferred-Username") == ["alice"]
    assert sum(len(value) for value in browser.cookies.values()) > 3500  # more than nginx takes by itself, with what is around it
    assert browser.get(f"{site}/_ostiary/user").json()["username"] == "alice"


def test_tokens_in_the_address(provider, browser_of):
    shell = Shell("--data", provider.data)
    shell("client", "create", "hybrid", "implicitFlowEnabled=true", 'redirectUris=["https://app.example.org/"]', "--realm", "myrealm")
    asked = {"client_id": "hybrid", "redirect_uri": "https://app.example.org/", "nonce": "n", "scope": "openid profile email"}
    asked |= {"response_type": "code id_token token", "response_mode": "jwt"}
    browser, address = browser_of(), f"{provider.public}/realms/myrealm/protocol/openid-connect/auth"
    until(lambda: browser.get(address, asked).status == 200, "the new client")  # another process made the client
    answer = browser.submit(browser.get(address, asked).page.form(), username="alice", password="alice-password")
    assert answer.status == 302 and len(answer.location) > 4096
    assert "response" in query_of(answer.location.replace("#", "?"))
