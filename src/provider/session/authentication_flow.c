/* SPDX-License-Identifier: Apache-2.0 */
/* Users in authentication flows; see authentication_flow.h. */
#include "provider/session/authentication_flow.h"

#include "base/text.h"
#include "provider/flow/broker_flow.h"
#include "provider/flow/flow_read.h"
#include "provider/proof/java_pattern.h"
#include "provider/realm/group.h"
#include "provider/realm/role.h"
#include "provider/session/browser_session.h"
#include "provider/session/live_session.h"
#include "provider/session/session_level.h"
#include "provider/user/user_factor.h"

/* Roles are gathered when a flow asks for the first. */
typedef struct role_holder {
    call *call;
    const authenticated_user *user;
    realm_roles roles;
    bool gathered;
    bool direct; /* no browser's session is theirs */
} role_holder;

static flow_hold find_role(void *user, ost_text name)
{
    role_holder *holder = user;
    const call *c = holder->call;
    ost_text role, client = role_client_of(c->realm, name, &role);
    if (!role_exists(c->realm, client, role))
        return HOLD_ABSENT;
    if (!holder->gathered &&
        realm_user_roles(c->realm, holder->user->document, c->arena, &holder->roles) != OST_OK)
        return HOLD_UNKNOWN;
    holder->gathered = true;
    return realm_roles_have(&holder->roles, client, role) ? HOLD_YES : HOLD_NO;
}

static bool is_among(const realm_scope *const *scopes, ost_text name)
{
    for (; scopes != NULL && *scopes != NULL; scopes++) {
        if (text_is(name, (*scopes)->name))
            return true;
    }
    return false;
}

static flow_hold find_scope(void *user, ost_text name)
{
    const call *c = ((const role_holder *)user)->call;
    if (realm_find_scope(c->realm, name) == NULL)
        return HOLD_ABSENT;
    return is_among(c->client->default_scopes, name) ||
                   (is_among(c->client->optional_scopes, name) && text_list_has(c->scope, name))
               ? HOLD_YES
               : HOLD_NO;
}

/* ---- attributes ---- */

static flow_hold compare_value(const flow_attribute *wanted, const ost_json *value)
{
    ost_text text;
    if (!ost_json_text(value, &text))
        return HOLD_NO;
    if (!wanted->pattern)
        return text_equal(text, wanted->value) ? HOLD_YES : HOLD_NO;
    switch (java_pattern_match(wanted->value, text)) {
    case OST_OK:
        return HOLD_YES;
    case OST_E_NOT_FOUND:
        return HOLD_NO;
    default:
        return HOLD_UNKNOWN;
    }
}

/* One that cannot be told hides that of those after it. */
static flow_hold compare_values(const flow_attribute *wanted, const ost_json *values)
{
    flow_hold found = HOLD_NO;
    if (!ost_json_is(values, OST_JSON_ARRAY))
        return compare_value(wanted, values);
    for (const ost_json *at = ost_json_first(values); at != NULL && found == HOLD_NO;
         at = ost_json_next(at))
        found = compare_value(wanted, at);
    return found;
}

static flow_hold find_in_groups(const role_holder *holder, const flow_attribute *wanted)
{
    ost_text path;
    const ost_json *way[GROUP_DEPTH];
    const ost_json *groups = ost_json_get(holder->call->realm->document, "groups");
    flow_hold found = HOLD_NO;
    for (const ost_json *at = ost_json_first(ost_json_get(holder->user->document, "groups"));
         at != NULL && found == HOLD_NO; at = ost_json_next(at)) {
        size_t depth = ost_json_text(at, &path) ? group_path(groups, path, way) : 0;
        while (depth-- > 0 && found == HOLD_NO)
            found = compare_values(
                wanted, ost_json_get_text(ost_json_get(way[depth], "attributes"), wanted->name));
    }
    return found;
}

/* Keycloak counts name and address among the attributes. */
static flow_hold find_attribute(void *user, const flow_attribute *wanted)
{
    static const char *const members[] = {"username", "email", "firstName", "lastName", NULL};
    const role_holder *holder = user;
    const ost_json *document = holder->user->document;
    const ost_json *from =
        text_is_one_of(wanted->name, members) ? document : ost_json_get(document, "attributes");
    flow_hold found = compare_values(wanted, ost_json_get_text(from, wanted->name));
    return found == HOLD_NO && wanted->groups ? find_in_groups(holder, wanted) : found;
}

/* ---- sessions ---- */

/* Their login goes on in the session of theirs that the browser has. */
static flow_hold find_room(void *user, const flow_limit *limit)
{
    const role_holder *holder = user;
    call *c = holder->call;
    store_session session;
    ost_text own = {0};
    ost_result result = holder->direct ? OST_E_NOT_FOUND : browser_session_load(c, &session);
    if (result != OST_OK && result != OST_E_NOT_FOUND)
        return HOLD_UNKNOWN;
    if (result == OST_OK && text_equal(session.user_id, holder->user->id))
        own = session.id;
    return session_room_find(c, holder->user->id, limit, own);
}

/* ---- proofs ---- */

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
        .scope = find_scope,
        .attribute = find_attribute,
        .room = find_room,
        .user = holder,
    };
}

/* A flow that is not there is Keycloak's own, by its name, or lets nobody in. */
static bool is_usual_first(ost_text alias)
{
    return alias.len == 0 || text_is(alias, BROKER_FLOW_USUAL);
}

static flow_verdict walk_first(role_holder *holder, flow_facts facts, ost_text alias)
{
    const call *c = holder->call;
    const ost_json *flow = flow_find_named(c->realm->document, alias);
    if (flow == NULL)
        return (flow_verdict){.outcome = is_usual_first(alias) ? FLOW_ENTERS : FLOW_FAILS};
    return flow_walk(flow, &facts);
}

flow_verdict authentication_walk_first(call *c, const authenticated_user *user, ost_text alias,
                                       bool vouched)
{
    const authenticated_user nobody = {0};
    role_holder holder = {.call = c, .user = user != NULL ? user : &nobody};
    flow_facts facts = {.realm = c->realm->document,
                        .wanted = FLOW_LEVEL_NONE,
                        .now = c->now,
                        .role = find_role,
                        .scope = find_scope,
                        .attribute = find_attribute,
                        .user = &holder};
    if (user != NULL)
        facts = facts_of(&holder);
    facts.first = user != NULL ? FIRST_OWNER : FIRST_NEWCOMER;
    facts.vouched = user != NULL && vouched;
    return walk_first(&holder, facts, alias);
}

/* By everything but the password, which has let them in. */
static flow_verdict walk_post(role_holder *holder, flow_facts facts, ost_text alias)
{
    const ost_json *flow = flow_find_named(holder->call->realm->document, alias);
    facts.proved = true;
    facts.session = false;
    facts.wanted = FLOW_LEVEL_NONE;
    return flow != NULL ? flow_walk(flow, &facts) : (flow_verdict){.outcome = FLOW_FAILS};
}

/* The first of the flows that does not let them in has the word. Who would have to set up a factor
 * that the browser's own does not ask of them does not come in: no page is there for that. */
static void combine(flow_verdict *verdict, flow_verdict other)
{
    if (other.outcome == FLOW_ENTERS && (other.setup & ~verdict->setup) == 0) {
        verdict->room = flow_room_join(verdict->room, other.room);
        return;
    }
    if (other.outcome == FLOW_ENTERS)
        other.outcome = FLOW_FAILS;
    *verdict = other;
}

static void walk_others(role_holder *holder, flow_facts facts, const flow_standing *standing,
                        flow_verdict *verdict)
{
    if (standing->first.len > 0 && verdict->outcome == FLOW_ENTERS) {
        flow_facts owner = facts;
        owner.first = FIRST_OWNER;
        owner.vouched = standing->vouched;
        owner.session = false;
        owner.wanted = FLOW_LEVEL_NONE;
        combine(verdict, walk_first(holder, owner, standing->first));
    }
    if (standing->post.len > 0 && verdict->outcome == FLOW_ENTERS)
        combine(verdict, walk_post(holder, facts, standing->post));
}

flow_verdict authentication_walk(call *c, const authenticated_user *user,
                                 const flow_standing *standing)
{
    role_holder holder = {
        .call = c, .user = user, .direct = standing->flow == REALM_FLOW_DIRECT_GRANT};
    flow_facts facts = facts_of(&holder);
    facts.direct = standing->flow == REALM_FLOW_DIRECT_GRANT;
    facts.session = standing->session != NULL;
    if (facts.session)
        facts.level_count = session_levels_read(c, standing->session->notes, facts.levels);
    read_proofs(standing->proofs, &facts);
    flow_verdict verdict = flow_walk(
        realm_flow_chosen(c->realm->document, c->client->document, standing->flow), &facts);
    walk_others(&holder, facts, standing, &verdict);
    return verdict;
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
