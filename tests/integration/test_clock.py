# SPDX-License-Identifier: Apache-2.0
"""C6: the clock of days is set while provider and API run, back and forwards. Nothing waits for it, nothing is taken
that has expired by it, and what is new by it is good."""

import json
import subprocess

import pytest
from fault_layer import FaultLayer
from programs import ItemsApi, Provider, provider_program
from waiting import until
from web import Browser, bearer



@pytest.fixture
def both(tmp_path, realm_file):
    """A provider and an API on one machine, whose clock a test may set."""
    layer = FaultLayer(tmp_path / "control", tmp_path / "nothing")
    provider = Provider([realm_file], tmp_path / "provider")
    provider.environment.update(layer.environment)
    with provider:
        api = ItemsApi(provider.realm().issuer, tmp_path)
        api.environment.update(layer.environment)
        with api:
            until(lambda: api.ready, "the API has keys")
            yield provider, api, layer


def items(api, token):
    return Browser().get(f"{api.base}/items/", headers=bearer(token)).status


def import_realm(provider, folder, name):
    file = folder / f"{name}-realm.json"
    file.write_text(json.dumps({"realm": name, "enabled": True}))
    command = [provider_program(), "realm", "import", file, "--data", provider.data]
    subprocess.run([str(part) for part in command], check=True, capture_output=True, timeout=60)


@pytest.mark.sqlite("the clock is the database's there")
@pytest.mark.parametrize("seconds", [-600, 3600], ids=["back", "forwards"])
def test_c6_the_clock_is_set(both, myapi, tmp_path, seconds):
    provider, api, layer = both
    realm = provider.realm()
    before = realm.password(myapi, "alice", "alice-password").json()
    assert items(api, before["access_token"]) == 200
    layer.set(clock=seconds)
    # Other people's changes are seen as soon as ever.
    import_realm(provider, tmp_path, "another")
    until(lambda: provider.realm("another").certs().status == 200, "the new realm is seen")
    # What has expired by the clock, or was issued in times to come, is refused by the API.
    assert items(api, before["access_token"]) == 401
    assert realm.refresh(myapi, before["refresh_token"]).status == (400 if seconds > 1800 else 200)
    # What is issued now is good, for the API and at the provider.
    now = realm.password(myapi, "alice", "alice-password").json()
    assert items(api, now["access_token"]) == 200
    assert realm.userinfo(now["access_token"]).status == 200
    assert realm.refresh(myapi, now["refresh_token"]).status == 200
    # And back again.
    layer.set(clock=0)
    again = realm.password(myapi, "alice", "alice-password").json()
    assert items(api, again["access_token"]) == 200
    for program in (api, provider):
        assert program.stop() == 0  # within seconds, far fewer than the clock jumps
