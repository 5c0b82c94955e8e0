/* Protocol mappers: each adds a claim from the user, the session or its own configuration, as the
 * realm's document says; see grant.h. */
#include <stdio.h>
#include <string.h>

#include "claim_tree.h"
#include "grant.h"
#include "text.h"

/* One mapper at work. */
typedef struct work {
    call *call;
    const grant *grant;
    const realm_mapper *mapper;
    token_kind kind;
    claim_tree *tree;
    audience_list *audiences;
} work;

static ost_text setting(const work *w, const char *name)
{
    ost_text text = {0};
    return ost_json_text(ost_json_get(w->mapper->config, name), &text) ? text : (ost_text){0};
}

static bool is_on(const work *w, const char *name)
{
    return text_is(setting(w, name), "true");
}

/* Each mapper says for which tokens it works. */
static bool applies(const work *w)
{
    switch (w->kind) {
    case TOKEN_ACCESS:
        return is_on(w, "access.token.claim");
    case TOKEN_ID:
        return is_on(w, "id.token.claim");
    case TOKEN_USERINFO: /* older files do not name it: then as in ID tokens */
        return setting(w, "userinfo.token.claim").data != NULL ? is_on(w, "userinfo.token.claim")
                                                               : is_on(w, "id.token.claim");
    }
    return false;
}

/* ---- values ---- */

/* A text as JSON of the type that the mapper names; NULL data when it is none of that type. */
static ost_text typed(const work *w, ost_text text)
{
    ost_text type = setting(w, "jsonType.label"), json;
    bool literal = text_is(type, "boolean")
                       ? text_is(text, "true") || text_is(text, "false")
                       : text_is(type, "long") || text_is(type, "int") || text_is(type, "JSON");
    const ost_json *value;
    if (literal)
        return ost_json_read(text, NULL, w->call->arena, &value, NULL) == OST_OK ? text
                                                                                 : (ost_text){0};
    ost_json_writer *writer = call_writer(w->call);
    if (writer == NULL || text_is(type, "boolean"))
        return (ost_text){0};
    ost_json_put_text(writer, text);
    return ost_json_writer_finish(writer, &json) == OST_OK ? json : (ost_text){0};
}

/* "${client_id}" in a claim's name stands for a client, whose dots are no separators. */
static ost_text claim_name(const work *w, const char *client_id)
{
    static const char mark[] = "${client_id}";
    ost_text name = setting(w, "claim.name");
    const char *found = name.len > 0 ? memmem(name.data, name.len, mark, sizeof mark - 1) : NULL;
    if (found == NULL || client_id == NULL)
        return name;
    size_t before = (size_t)(found - name.data), len = 0;
    char *text = ost_arena_alloc(w->call->arena, name.len + 2 * strlen(client_id) + 1);
    if (text == NULL)
        return (ost_text){0};
    memcpy(text, name.data, before);
    len = before;
    for (const char *at = client_id; *at != '\0'; at++) {
        if (*at == '.' || *at == '\\')
            text[len++] = '\\';
        text[len++] = *at;
    }
    size_t after = before + sizeof mark - 1;
    memcpy(text + len, name.data + after, name.len - after);
    return (ost_text){text, len + name.len - after};
}

static void put(work *w, ost_text json)
{
    ost_text name = claim_name(w, NULL);
    if (name.len > 0 && json.data != NULL)
        claim_put_json(w->tree, name, json);
}

static void put_names(work *w, ost_text path, const char *const *names, const char *prefix)
{
    ost_text json;
    ost_json_writer *writer = call_writer(w->call);
    if (writer == NULL || path.len == 0)
        return;
    ost_json_open_array(writer);
    for (size_t i = 0; names[i] != NULL; i++)
        ost_json_put_text(writer, text_of(call_format(w->call, "%s%s", prefix, names[i])));
    ost_json_close_array(writer);
    if (ost_json_writer_finish(writer, &json) == OST_OK)
        claim_put_json(w->tree, path, json);
}

/* ---- the user ---- */

/* Members of the user that mappers call attributes or properties. */
static const ost_json *user_member(const work *w, ost_text name)
{
    static const char *const members[] = {"username",      "email", "firstName", "lastName",
                                          "emailVerified", "id",    "enabled",   NULL};
    for (size_t i = 0; members[i] != NULL; i++) {
        if (text_is(name, members[i]))
            return ost_json_get(w->grant->user, members[i]);
    }
    return NULL;
}

static void map_property(work *w)
{
    ost_text name = setting(w, "user.attribute"), text;
    const ost_json *member = user_member(w, name);
    bool boolean = false;
    if (ost_json_text(member, &text) && text.len > 0)
        put(w, typed(w, text));
    else if (ost_json_boolean(member, &boolean) ||
             text_is(name, "emailVerified")) /* a user without it is not verified */
        put(w, typed(w, text_of(boolean ? "true" : "false")));
}

static void map_attribute(work *w)
{
    ost_text name = setting(w, "user.attribute"), text, json;
    const ost_json *values = ost_json_get_text(ost_json_get(w->grant->user, "attributes"), name);
    if (user_member(w, name) != NULL) {
        map_property(w);
        return;
    }
    if (!is_on(w, "multivalued")) {
        const ost_json *one = ost_json_is(values, OST_JSON_ARRAY) ? ost_json_first(values) : values;
        if (ost_json_text(one, &text) && text.len > 0)
            put(w, typed(w, text));
        return;
    }
    ost_json_writer *writer = values != NULL ? call_writer(w->call) : NULL;
    if (writer == NULL)
        return;
    ost_json_open_array(writer);
    for (const ost_json *at = ost_json_first(values); at != NULL; at = ost_json_next(at))
        ost_json_put_value(writer, at);
    ost_json_close_array(writer);
    if (ost_json_writer_finish(writer, &json) == OST_OK)
        put(w, json);
}

static void map_full_name(work *w)
{
    ost_text first = {0}, last = {0};
    bool has_first = ost_json_text(ost_json_get(w->grant->user, "firstName"), &first);
    bool has_last = ost_json_text(ost_json_get(w->grant->user, "lastName"), &last);
    if ((!has_first && !has_last) || first.len + last.len == 0)
        return;
    claim_put_string(w->tree, "name",
                     call_format(w->call, "%.*s%s%.*s", (int)first.len,
                                 first.len > 0 ? first.data : "",
                                 first.len > 0 && last.len > 0 ? " " : "", (int)last.len,
                                 last.len > 0 ? last.data : ""));
}

static void map_address(work *w)
{
    static const char *const parts[][2] = {
        {"formatted", "user.attribute.formatted"},     {"street_address", "user.attribute.street"},
        {"locality", "user.attribute.locality"},       {"region", "user.attribute.region"},
        {"postal_code", "user.attribute.postal_code"}, {"country", "user.attribute.country"},
    };
    const ost_json *attributes = ost_json_get(w->grant->user, "attributes");
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        ost_text value, name = setting(w, parts[i][1]);
        const ost_json *stored = ost_json_get_text(attributes, name);
        if (ost_json_is(stored, OST_JSON_ARRAY))
            stored = ost_json_first(stored);
        char path[64];
        snprintf(path, sizeof path, "address.%s", parts[i][0]);
        if (ost_json_text(stored, &value) && value.len > 0)
            claim_put_text(w->tree, path, value);
    }
}

static void map_groups(work *w)
{
    ost_text json, group;
    bool full = !text_is(setting(w, "full.path"), "false");
    ost_json_writer *writer = call_writer(w->call);
    if (writer == NULL)
        return;
    ost_json_open_array(writer);
    for (const ost_json *at = ost_json_first(ost_json_get(w->grant->user, "groups")); at != NULL;
         at = ost_json_next(at)) {
        if (!ost_json_text(at, &group))
            continue;
        size_t name = full ? 0 : group.len;
        while (name > 0 && group.data[name - 1] != '/')
            name--;
        ost_json_put_text(writer, text_slice(group, name, group.len));
    }
    ost_json_close_array(writer);
    if (ost_json_writer_finish(writer, &json) == OST_OK)
        put(w, json);
}

static void map_subject(work *w)
{
    claim_put_text(w->tree, "sub", w->grant->user_id);
}

/* ---- roles and audiences ---- */

static void map_realm_roles(work *w)
{
    const char *prefix =
        call_format(w->call, "%.*s", (int)setting(w, "usermodel.realmRoleMapping.rolePrefix").len,
                    setting(w, "usermodel.realmRoleMapping.rolePrefix").data);
    if (w->grant->roles.realm_roles[0] != NULL)
        put_names(w, claim_name(w, NULL), w->grant->roles.realm_roles, prefix);
}

static void map_client_roles(work *w)
{
    ost_text only = setting(w, "usermodel.clientRoleMapping.clientId");
    ost_text prefix = setting(w, "usermodel.clientRoleMapping.rolePrefix");
    const char *before = call_format(w->call, "%.*s", (int)prefix.len, prefix.data);
    for (size_t i = 0; i < w->grant->roles.client_count; i++) {
        const struct realm_client_roles *roles = &w->grant->roles.clients[i];
        if (only.len == 0 || text_is(only, roles->client_id))
            put_names(w, claim_name(w, roles->client_id), roles->roles, before);
    }
}

static void add_audience(work *w, const char *name)
{
    audience_list *list = w->audiences;
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->names[i], name) == 0)
            return;
    }
    if (name[0] != '\0' && list->count < sizeof list->names / sizeof list->names[0])
        list->names[list->count++] = name;
}

/* Every client that the token has roles of, but the one that asks. */
static void map_audience_resolve(work *w)
{
    for (size_t i = 0; i < w->grant->roles.client_count; i++) {
        const char *id = w->grant->roles.clients[i].client_id;
        if (strcmp(id, w->grant->client->client_id) != 0)
            add_audience(w, id);
    }
}

static void map_audience(work *w)
{
    ost_text name = setting(w, "included.client.audience");
    if (name.len == 0)
        name = setting(w, "included.custom.audience");
    const char *copy = call_format(w->call, "%.*s", (int)name.len, name.len > 0 ? name.data : "");
    if (copy != NULL)
        add_audience(w, copy);
}

/* ---- the session and the configuration ---- */

static void map_allowed_origins(work *w)
{
    const char *const *origins = w->grant->client->web_origins;
    if (origins != NULL && origins[0] != NULL)
        put_names(w, OST_TEXT("allowed-origins"), origins, "");
}

static void map_acr(work *w)
{
    claim_put_string(w->tree, "acr", w->grant->acr != NULL ? w->grant->acr : "1");
}

static void map_session_note(work *w)
{
    ost_text note = setting(w, "user.session.note");
    if (w->grant->session_id != NULL) /* notes of accounts alone are kept */
        return;
    if (text_is(note, "client_id"))
        put(w, typed(w, text_of(w->grant->client->client_id)));
    else if (text_is(note, "clientHost") || text_is(note, "clientAddress"))
        put(w, typed(w, w->call->request->peer));
}

static void map_hardcoded_claim(work *w)
{
    put(w, typed(w, setting(w, "claim.value")));
}

static const struct {
    const char *type;
    void (*map)(work *w);
} known[] = {
    {"oidc-usermodel-attribute-mapper", map_attribute},
    {"oidc-usermodel-property-mapper", map_property},
    {"oidc-full-name-mapper", map_full_name},
    {"oidc-address-mapper", map_address},
    {"oidc-group-membership-mapper", map_groups},
    {"oidc-sub-mapper", map_subject},
    {"oidc-usermodel-realm-role-mapper", map_realm_roles},
    {"oidc-usermodel-client-role-mapper", map_client_roles},
    {"oidc-audience-resolve-mapper", map_audience_resolve},
    {"oidc-audience-mapper", map_audience},
    {"oidc-allowed-origins-mapper", map_allowed_origins},
    {"oidc-acr-mapper", map_acr},
    {"oidc-usersessionmodel-note-mapper", map_session_note},
    {"oidc-hardcoded-claim-mapper", map_hardcoded_claim},
};

/* Types that are not known (scripts, other protocols) say nothing. */
static void run_list(work *w, const realm_mapper *mappers, size_t count)
{
    for (size_t m = 0; m < count; m++) {
        w->mapper = &mappers[m];
        for (size_t k = 0; k < sizeof known / sizeof known[0]; k++) {
            if (strcmp(mappers[m].type, known[k].type) == 0 && applies(w))
                known[k].map(w);
        }
    }
}

void mappers_run(call *c, const grant *g, token_kind kind, claim_tree *tree,
                 audience_list *audiences)
{
    work w = {.call = c, .grant = g, .kind = kind, .tree = tree, .audiences = audiences};
    for (size_t s = 0; g->scopes[s] != NULL; s++)
        run_list(&w, g->scopes[s]->mappers, g->scopes[s]->mapper_count);
    run_list(&w, g->client->mappers, g->client->mapper_count);
}
