# SPDX-License-Identifier: Apache-2.0
"""Signing keys that are changed on a schedule: a new one is published before it signs, the one before stays until its
last token has expired, one of several providers of a store makes it, and logs, metrics and events tell of it."""

import json
import re
import subprocess
import time

import pytest
from administrator import Admin
from clock import Clock
from oidc import Client
from programs import Provider, provider_program
from waiting import until
from web import Browser, unverified_token

DAY, MINUTE = 86400, 60
CLIENT = Client("service", "the-secret-of-the-service", "http://localhost:8000/auth")


def realm_file(folder, name="shop", **attributes):
    path = folder / f"{name}-realm.json"
    client = {"clientId": "service", "secret": CLIENT.secret, "serviceAccountsEnabled": True}
    realm = {"realm": name, "enabled": True, "adminEventsEnabled": True, "adminEventsDetailsEnabled": True}
    path.write_text(json.dumps({**realm, "attributes": attributes, "clients": [client]}))
    return path


def layered(files, folder, clock, *arguments):
    return clock.below(Provider(files, folder, arguments=arguments))


@pytest.fixture
def clock(tmp_path):
    with Clock(tmp_path) as set_by_the_test:
        yield set_by_the_test


def kids(provider, name="shop"):
    keys = provider.realm(name).certs().json()["keys"]
    return {key["kid"] for key in keys if key["use"] == "sig"}


def signer(provider, name="shop"):
    answer = provider.realm(name).client_credentials(CLIENT)
    assert answer.status == 200, answer.text
    return unverified_token(answer.json()["access_token"])[0]["kid"]


def metric(provider, name):
    lines = Browser().get(f"{provider.base}/metrics").text.splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name} "))


def states(provider, name="shop"):
    command = [provider_program(), "key", "list", "--realm", name, "--json", "--data", provider.data]
    said = subprocess.run([str(part) for part in command], check=True, capture_output=True, timeout=60).stdout
    return [key["status"] for key in json.loads(said) if key["algorithm"] == "RS256"]


def test_new_key_is_published_signs_and_takes_the_place(tmp_path, clock):
    file = realm_file(tmp_path, **{"key.rotation.interval": "30d"})
    with layered([file], tmp_path / "provider", clock) as provider:
        first = signer(provider)
        assert kids(provider) == {first}
        clock.set(30 * DAY - 11 * MINUTE)
        time.sleep(2.5)
        assert kids(provider) == {first} and metric(provider, "ostiary_provider_keys_made_total") == 0
        clock.set(30 * DAY - 9 * MINUTE)
        until(lambda: len(kids(provider)) == 2, "the next key is published")
        assert signer(provider) == first
        (second,) = kids(provider) - {first}
        clock.set(30 * DAY + 2 * MINUTE)
        until(lambda: signer(provider) == second, "the next key signs")
        assert kids(provider) == {first, second}
        # A provider that was away for long makes up for it once.
        clock.set(300 * DAY)
        until(lambda: len(kids(provider) - {first, second}) == 1, "a third key is published")
        assert metric(provider, "ostiary_provider_keys_made_total") == 2
        assert metric(provider, "ostiary_provider_keys_promoted_total") == 1
        assert states(provider) == ["passive", "active", "next"]
        log = provider.log.read_text()
    # A second or two may go while the key is made.
    assert re.search(rf"realm shop: the new RS256 key {second} is published, and signs in (600|59[0-9]) s", log), log
    assert f"realm shop: the RS256 key {second} signs now; the one before retires in " in log


def test_readers_that_go_by_the_age_know_a_key_before_it_signs(tmp_path):
    """step-ca and Vert.x look at no unknown key: they read the set again when its max-age is over, and without one never."""
    with Provider([realm_file(tmp_path)], tmp_path / "provider") as provider:
        directives = provider.realm("shop").certs().header("Cache-Control").split(", ")
    delay = subprocess.run([provider_program(), "key", "rotate", "--help"], check=True, capture_output=True, text=True).stdout
    waits = int(re.search(r"--delay.*\((\d+)\)", delay)[1])
    age = next(int(each.removeprefix("max-age=")) for each in directives if each.startswith("max-age="))
    assert "no-cache" in directives and 0 < age <= waits / 2


def test_one_of_two_providers_makes_the_key(tmp_path, clock):
    file = realm_file(tmp_path, **{"key.rotation.interval": "30d"})
    first = layered([file], tmp_path / "provider", clock)
    second = layered([file], tmp_path / "provider", clock)
    second.log = tmp_path / "second.log"
    with first, second:
        before = signer(first)
        clock.set(31 * DAY)
        until(lambda: len(kids(first)) == 2 and len(kids(second)) == 2, "both publish the new key")
        time.sleep(2.5)
        assert kids(first) == kids(second) and len(kids(first)) == 2
        made = [metric(each, "ostiary_provider_keys_made_total") for each in (first, second)]
        assert sorted(made) == [0, 1]
        clock.set(31 * DAY + 11 * MINUTE)
        until(lambda: signer(first) == signer(second) != before, "both sign with it")
        promoted = [metric(each, "ostiary_provider_keys_promoted_total") for each in (first, second)]
        assert sorted(promoted) == [0, 1]
        assert states(first) == ["passive", "active"]


def test_option_is_for_realms_that_do_not_say(tmp_path, clock):
    files = [
        realm_file(tmp_path, "silent"),
        realm_file(tmp_path, "never", **{"key.rotation.interval": "never"}),
        realm_file(tmp_path, "later", **{"key.rotation.interval": "60d"}),
    ]
    with layered(files, tmp_path / "provider", clock, "--key-rotation", "10d") as provider:
        clock.set(11 * DAY)
        until(lambda: len(kids(provider, "silent")) == 2, "the realm that does not say has a new key")
        assert len(kids(provider, "never")) == len(kids(provider, "later")) == 1


def test_realm_that_fails_holds_up_no_other(tmp_path, clock):
    files = [realm_file(tmp_path, name, **{"key.rotation.interval": "30d"}) for name in ("full", "other")]
    provider = layered(files, tmp_path / "provider", clock)
    provider.environment.update(KC_BOOTSTRAP_ADMIN_USERNAME="admin", KC_BOOTSTRAP_ADMIN_PASSWORD="admin")
    with provider:
        admin = Admin(provider, "master", "admin", "admin")
        secret = {"providerId": "hmac-generated", "providerType": "org.keycloak.keys.KeyProvider", "config": {"algorithm": ["HS256"]}}
        while admin("POST", "/realms/full/components", secret).status == 201:
            pass
        clock.set(31 * DAY)
        until(lambda: len(kids(provider, "other")) == 2, "the realm behind it has a new key")
        assert len(kids(provider, "full")) == 1 and metric(provider, "ostiary_provider_key_rotations_failed_total") == 1
        until(lambda: "realm full: no new key is made" in provider.log.read_text(), provider.log_tail)


def test_without_a_schedule_keys_stay(tmp_path, clock):
    with layered([realm_file(tmp_path)], tmp_path / "provider", clock) as provider:
        clock.set(5000 * DAY)
        time.sleep(2.5)
        assert len(kids(provider)) == 1


def test_events_of_administrators_tell(tmp_path, clock):
    file = realm_file(tmp_path, **{"key.rotation.interval": "90d"})
    provider = layered([file], tmp_path / "provider", clock)
    provider.environment.update(KC_BOOTSTRAP_ADMIN_USERNAME="admin", KC_BOOTSTRAP_ADMIN_PASSWORD="admin")
    with provider:
        clock.set(91 * DAY)
        until(lambda: len(kids(provider)) == 2, "the next key is published")
        admin = Admin(provider, "master", "admin", "admin")
        until(lambda: admin("GET", "/realms/shop/admin-events").json(), "the event is stored")
        (event,) = admin("GET", "/realms/shop/admin-events").json()
    assert (event["operationType"], event["resourceType"]) == ("CREATE", "KEY")
    told = json.loads(event["representation"])
    assert event["resourcePath"] == f"keys/{told['kid']}" and told["algorithm"] == "RS256"


@pytest.mark.parametrize("value", ["30", "90 days", "-1d", "0", "59s", "11y", "1000000000d", "Never"])
def test_what_is_no_interval_is_refused(tmp_path, value):
    file = realm_file(tmp_path, **{"key.rotation.interval": value})
    command = [provider_program(), "realm", "import", file, "--data", tmp_path / "data"]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and "key.rotation.interval" in done.stderr
    command = [provider_program(), "provider", "start-dev", f"--key-rotation={value}", "--data", tmp_path / "data"]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and "--key-rotation" in done.stderr
