# SPDX-License-Identifier: Apache-2.0
"""The suite's plans that are run, each with its variant, and what our programs have to be for it."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Plan:
    """One plan of the suite; `subject` is the realm of the provider under test, or the relying party."""

    name: str
    suite_name: str
    subject: str = "conformance"
    client: str = "first"
    needs_visitor: bool = False
    variant: dict = field(default_factory=dict)


STATIC = {"server_metadata": "discovery", "client_registration": "static_client"}
LOGOUT = {"response_type": "code", "client_registration": "static_client"}
FAPI = {
    "fapi_profile": "plain_fapi",
    "openid": "openid_connect",
    "authorization_request_type": "simple",
}


def certification(name):
    return f"oidcc-{name}-certification-test-plan"


PLANS = [
    Plan("config", certification("config")),
    *(
        Plan(name, certification(name), variant=STATIC)
        for name in ("basic", "implicit", "hybrid", "formpost-basic", "formpost-implicit", "formpost-hybrid")
    ),
    Plan("dynamic", certification("dynamic"), variant={"response_type": "code"}),
    Plan("rp-initiated-logout", certification("rp-initiated-logout"), variant=LOGOUT),
    Plan("backchannel-logout", certification("backchannel-rp-initiated-logout"), variant=LOGOUT, client="told-behind"),
    Plan("frontchannel-logout", certification("frontchannel-rp-initiated-logout"), variant=LOGOUT, client="told-in-front"),
    Plan("session-management", certification("session-management"), variant=LOGOUT, needs_visitor=True),
    Plan(
        "fapi2-dpop",
        "fapi2-security-profile-final-test-plan",
        subject="fapi",
        variant={**FAPI, "client_auth_type": "private_key_jwt", "sender_constrain": "dpop"},
    ),
    Plan(
        "fapi2-mtls",
        "fapi2-security-profile-final-test-plan",
        subject="fapi-mtls",
        variant={**FAPI, "client_auth_type": "mtls", "sender_constrain": "mtls"},
    ),
    Plan(
        "fapi2-signing",
        "fapi2-message-signing-final-test-plan",
        subject="fapi-signing",
        variant={
            **FAPI,
            "client_auth_type": "private_key_jwt",
            "sender_constrain": "dpop",
            "fapi_request_method": "signed_non_repudiation",
            "fapi_response_mode": "jarm",
        },
    ),
    *(
        Plan(
            f"ciba-{mode}",
            "fapi-ciba-id1-test-plan",
            subject="ciba",
            variant={
                "fapi_ciba_profile": "plain_fapi",
                "client_auth_type": "private_key_jwt",
                "ciba_mode": mode,
                "client_registration": "static_client",
            },
        )
        for mode in ("poll", "ping")
    ),
    Plan(
        "client-basic",
        certification("client-basic"),
        subject="relying party",
        variant={"request_type": "plain_http_request", "client_registration": "static_client"},
    ),
    Plan(
        "client-config",
        certification("client-config"),
        subject="relying party",
        variant={
            "request_type": "plain_http_request",
            "client_registration": "static_client",
            "client_auth_type": "client_secret_basic",
        },
    ),
]
