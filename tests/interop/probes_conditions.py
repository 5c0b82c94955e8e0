# SPDX-License-Identifier: Apache-2.0
"""Conditions of Keycloak 26's flows: client scopes, flows that have been come through, credentials. Of those that are met
their flows deny."""

from probes_flows import Asker


def probe_client_scopes(r):
    asker = Asker(r)
    for client in ("scope-default", "scope-default-not", "scope-optional", "scope-optional-not"):
        asker.ask(client, "sue")
        asker.ask(client, "sue", scope="phone")
    asker.ask("scope-foreign-one", "sue")
    asker.ask("scope-foreign-not", "sue")


def probe_executed(r):
    asker = Asker(r, 40)
    for client in ("ran", "ran-not", "ran-deep", "ran-inside", "ran-allow"):
        asker.ask(client, "non")
        asker.ask(client, "cod", code=True)
    for client in ("ran-required", "ran-alternative"):
        asker.ask(client, "non")
    for client in ("ran-alternative", "ran-nowhere-not", "ran-itself", "ran-top", "ran-later"):
        asker.ask(client, "cod", code=True)


def probe_credentials(r):
    asker = Asker(r, 60)
    asker.ask("by-otp-after", "non")
    asker.ask("by-otp-after", "cod", code=True)
