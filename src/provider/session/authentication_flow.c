/* SPDX-License-Identifier: Apache-2.0 */
/* Users in authentication flows; see authentication_flow.h. */
#include "provider/session/authentication_flow.h"

#include "base/text.h"
#include "provider/realm/role.h"
#include "provider/session/session_level.h"
#include "provider/user/user_factor.h"

/* Roles are gathered when a flow asks for the first. */
typedef struct role_holder {
    call *call;
    const authenticated_user *user;
    realm_roles roles;
    bool gathered;
} role_holder;

static bool is_in(const char *const *names, ost_text name)
{
    for (; names != NULL && *names != NULL; names++) {
        if (text_is(name, *names))
            return true;
    }
    return false;
}

static bool holds(const realm_roles *roles, ost_text client, ost_text name)
{
    if (client.len == 0)
        return is_in(roles->realm_roles, name);
    for (size_t i = 0; i < roles->client_count; i++) {
        if (text_is(client, roles->clients[i].client_id))
            return is_in(roles->clients[i].roles, name);
    }
    return false;
}

static flow_role find_role(void *user, ost_text name)
{
    role_holder *holder = user;
    const call *c = holder->call;
    ost_text role, client = role_client_of(c->realm, name, &role);
    if (!role_exists(c->realm, client, role))
        return ROLE_ABSENT;
    if (!holder->gathered &&
        realm_user_roles(c->realm, holder->user->document, c->arena, &holder->roles) != OST_OK)
        return ROLE_UNKNOWN;
    holder->gathered = true;
    return holds(&holder->roles, client, role) ? ROLE_HELD : ROLE_NOT_HELD;
}

static bool has_passkey(const ost_json *user)
{
    for (const ost_json *at = ost_json_first(ost_json_get(user, "credentials")); at != NULL;
         at = ost_json_next(at)) {
        if (ost_json_equals(ost_json_get(at, "type"), OST_TEXT(PROVED_BY_PASSKEY)))
            return true;
    }
    return false;
}

static unsigned proof_of(ost_text word)
{
    return text_is(word, PROVED_BY_PASSWORD)  ? PROOF_PASSWORD
           : text_is(word, PROVED_BY_PASSKEY) ? PROOF_PASSKEY
                                              : (unsigned)user_factor_of_type(word);
}

/* More than can be followed are one too many for the walk. */
static void read_proofs(ost_text words, flow_facts *f)
{
    ost_text word;
    while (text_next(&words, ' ', &word)) {
        if (f->proof_count < FLOW_PROOFS_MAX)
            f->proofs[f->proof_count] = proof_of(word);
        f->proof_count++;
    }
}

static flow_facts facts_of(role_holder *holder)
{
    const call *c = holder->call;
    const authenticated_user *user = holder->user;
    return (flow_facts){
        .realm = c->realm->document,
        .offered = c->realm->keys[WEBAUTHN_PASSWORDLESS].offered,
        .owned = user->factors | (user->row->password.len > 0 ? PROOF_PASSWORD : 0) |
                 (has_passkey(user->document) ? PROOF_PASSKEY : 0),
        .wanted = c->level.asked ? c->level.level : FLOW_LEVEL_NONE,
        .now = c->now,
        .role = find_role,
        .user = holder,
    };
}

flow_verdict authentication_walk(call *c, const authenticated_user *user,
                                 const flow_standing *standing)
{
    role_holder holder = {.call = c, .user = user};
    flow_facts facts = facts_of(&holder);
    facts.direct = standing->flow == REALM_FLOW_DIRECT_GRANT;
    facts.session = standing->session != NULL;
    if (facts.session)
        facts.level_count = session_levels_read(c, standing->session->notes, facts.levels);
    read_proofs(standing->proofs, &facts);
    return flow_walk(realm_flow_chosen(c->realm->document, c->client->document, standing->flow),
                     &facts);
}

unsigned authentication_lacks(call *c, const authenticated_user *user)
{
    role_holder holder = {.call = c, .user = user};
    if (c->client == NULL || c->client->browser_demand != FLOW_CODE)
        return 0;
    flow_facts facts = facts_of(&holder);
    facts.assumes = true;
    return flow_walk(realm_flow_chosen(c->realm->document, c->client->document, REALM_FLOW_BROWSER),
                     &facts)
        .setup;
}
