# SPDX-License-Identifier: Apache-2.0
"""python-keycloak's KeycloakAdmin: what its documentation shows of realms, users, clients, roles, groups and scopes."""

import os

from keycloak import KeycloakAdmin
from keycloak.exceptions import KeycloakGetError

REALM = "python-admin"
AUDIENCE = {
    "name": "audience",
    "protocol": "openid-connect",
    "protocolMapper": "oidc-audience-mapper",
    "config": {"included.custom.audience": "prices-api", "access.token.claim": "true"},
}

admin = KeycloakAdmin(
    server_url=os.environ["BASE"] + "/",
    username=os.environ["ADMIN_USERNAME"],
    password=os.environ["ADMIN_PASSWORD"],
    realm_name="master",
)
admin.create_realm({"realm": REALM, "enabled": True})
admin.change_current_realm(REALM)


def names(listed, member="name"):
    return {one[member] for one in listed}


# users
ann = admin.create_user(
    {
        "username": "ann@example.com",
        "email": "ann@example.com",
        "enabled": True,
        "firstName": "Ann",
        "lastName": "Example",
        "credentials": [{"type": "password", "value": "secret"}],
    }
)
assert admin.create_user({"username": "ann@example.com"}, exist_ok=True) == ann
assert admin.users_count() == 1 and admin.users_count(query={"search": "nobody"}) == 0
assert admin.get_user_id("ann@example.com") == ann and len(admin.get_users({"search": "ann"})) == 1
admin.update_user(ann, {"firstName": "Anna", "lastName": "Example", "email": "ann@example.com"})
assert admin.get_user(ann)["firstName"] == "Anna"
admin.set_user_password(ann, password="other", temporary=True)
assert admin.get_user(ann)["requiredActions"] == ["UPDATE_PASSWORD"]
admin.disable_user(ann)
assert admin.get_user(ann)["enabled"] is False
admin.enable_user(ann)
assert admin.get_sessions(ann) == []
admin.user_logout(ann)

# clients
client = {"clientId": "app", "secret": "first", "serviceAccountsEnabled": True, "redirectUris": ["https://app.example/*"]}
app = admin.create_client(client)
assert admin.get_client_id("app") == app and "app" in names(admin.get_clients(), "clientId")
admin.update_client(app, {"name": "App"})
assert admin.get_client(app)["name"] == "App"
assert admin.get_client_secrets(app)["value"] == "first"
assert admin.generate_client_secrets(app)["value"] != "first"
assert admin.get_client_service_account_user(app)["username"] == "service-account-app"
assert admin.get_client_installation_provider(app, "keycloak-oidc-keycloak-json")["resource"] == "app"
assert admin.get_client_all_sessions(app) == [] and admin.get_client_sessions_stats() == []

# roles of clients
admin.create_client_role(app, {"name": "pay", "clientRole": True})
pay = admin.get_client_role(app, "pay")
assert admin.get_client_role_id(app, "pay") == pay["id"] and names(admin.get_client_roles(app)) >= {"pay"}
assert "pay" in names(admin.get_available_client_roles_of_user(ann, app))
admin.assign_client_role(ann, app, [pay])
assert names(admin.get_client_roles_of_user(ann, app)) == {"pay"}
assert names(admin.get_composite_client_roles_of_user(ann, app)) == {"pay"}
assert names(admin.get_client_role_members(app, "pay"), "id") == {ann}
admin.delete_client_roles_of_user(ann, app, [pay])
assert admin.get_client_roles_of_user(ann, app) == []

# roles of the realm
admin.create_realm_role({"name": "buyer"})
buyer = admin.get_realm_role("buyer")
assert admin.get_realm_role_by_id(buyer["id"])["name"] == "buyer" and "buyer" in names(admin.get_realm_roles())
admin.update_realm_role("buyer", {"name": "buyer", "description": "May buy"})
assert admin.get_realm_role("buyer")["description"] == "May buy"
admin.assign_realm_roles(ann, [buyer])
assert "buyer" in names(admin.get_realm_roles_of_user(ann)) and "buyer" not in names(admin.get_available_realm_roles_of_user(ann))
assert "buyer" in names(admin.get_composite_realm_roles_of_user(ann)) and "realmMappings" in admin.get_all_roles_of_user(ann)
assert names(admin.get_realm_role_members("buyer"), "id") == {ann}
admin.delete_realm_roles_of_user(ann, [buyer])
admin.add_composite_realm_roles_to_role("buyer", [admin.get_realm_role("offline_access")])
assert names(admin.get_composite_realm_roles_of_role("buyer")) == {"offline_access"}
admin.add_composite_client_roles_to_role(app, "pay", [buyer])
assert names(admin.get_role_client_level_children(app, pay["id"])) <= {"pay", "buyer"}
admin.add_realm_default_roles([buyer])
assert "buyer" in names(admin.get_realm_default_roles())
admin.remove_realm_default_roles([buyer])

# groups
staff = admin.create_group({"name": "staff"})
north = admin.create_group({"name": "north"}, parent=staff)
assert names(admin.get_groups()) == {"staff"} and names(admin.get_group_children(staff)) == {"north"}
assert admin.get_group_by_path("/staff/north")["id"] == north
admin.update_group(north, {"name": "south"})
assert admin.get_group(north)["path"] == "/staff/south"
admin.group_user_add(ann, north)
assert names(admin.get_group_members(north), "id") == {ann} and names(admin.get_user_groups(ann)) == {"south"}
admin.assign_group_realm_roles(north, [buyer])
admin.assign_group_client_roles(north, app, [pay])
assert names(admin.get_group_realm_roles(north)) == {"buyer"} and names(admin.get_group_client_roles(north, app)) == {"pay"}
assert names(admin.get_realm_role_groups("buyer")) == {"south"}
admin.group_user_remove(ann, north)
assert admin.get_group_members(north) == []

# client scopes and mappers
prices = admin.create_client_scope({"name": "prices", "protocol": "openid-connect"})
assert admin.get_client_scope_by_name("prices")["id"] == prices and "prices" in names(admin.get_client_scopes())
admin.add_mapper_to_client_scope(prices, AUDIENCE)
assert names(admin.get_mappers_from_client_scope(prices)) == {"audience"}
admin.add_default_default_client_scope(prices)
assert "prices" in names(admin.get_default_default_client_scopes())
admin.delete_default_default_client_scope(prices)
admin.add_client_default_client_scope(app, prices, {})
assert "prices" in names(admin.get_client_default_client_scopes(app))
admin.add_mapper_to_client(app, AUDIENCE)
assert "audience" in names(admin.get_mappers_from_client(app))
admin.assign_realm_roles_to_client_scope(app, [buyer])
assert names(admin.get_realm_roles_of_client_scope(app)) == {"buyer"}

# the realm
exported = admin.export_realm(export_clients=True, export_groups_and_role=True)
assert "app" in names(exported["clients"], "clientId") and names(exported["groups"]) == {"staff"}
done = admin.partial_import_realm(REALM, {"ifResourceExists": "SKIP", "users": [{"username": "ann@example.com"}, {"username": "yan"}]})
assert (done["added"], done["skipped"]) == (1, 1)
admin.import_realm({"realm": REALM + "-2", "enabled": True})
assert names(admin.get_realms(), "realm") >= {REALM, REALM + "-2"}
admin.delete_realm(REALM + "-2")
admin.update_realm(REALM, {"displayName": "Python"})
assert admin.get_realm(REALM)["displayName"] == "Python"
assert admin.get_server_info()["systemInfo"]["version"] and admin.get_keys()["keys"]
admin.set_events({"eventsEnabled": True})
assert admin.get_events() == [] and isinstance(admin.get_admin_events(), list)

# and away
admin.delete_client_scope(prices)
admin.delete_group(staff)
admin.delete_realm_role("buyer")
admin.delete_client_role(app, "pay")
admin.delete_client(app)
admin.delete_user(ann)
for gone in (lambda: admin.get_user(ann), lambda: admin.get_client(app), lambda: admin.get_group(staff)):
    try:
        gone()
        raise AssertionError("it is still there")
    except KeycloakGetError as refused:
        assert refused.response_code == 404, refused
admin.delete_realm(REALM)
