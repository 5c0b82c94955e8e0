/* SPDX-License-Identifier: Apache-2.0 */
/* Protocol mappers: each adds a claim from the user, the session or its own configuration, as the
 * realm's document says. Here: which ones run, in which order, and how values become claims. */
#include "provider/token/mapper.h"

#include <inttypes.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"

#define ACCESS (1u << TOKEN_ACCESS | 1u << TOKEN_LIGHTWEIGHT | 1u << TOKEN_INTROSPECTION)
#define ID (1u << TOKEN_ID)
#define USERINFO (1u << TOKEN_USERINFO)
#define ALL (ACCESS | ID | USERINFO)

/* What a type of mapper does. Lower phases run first: roles have their names before others are
 * added, and are whole before they are written and audiences follow from them. */
typedef struct mapper_kind {
    void (*map)(mapper_work *work); /* NULL: it says nothing */
    unsigned phase, tokens;
    bool unless_refused; /* on in access tokens when older files do not say */
} mapper_kind;

static const mapper_kind kinds[MAPPER_TYPES] = {
    [MAPPER_ROLE_NAME] = {map_role_name, 0, ACCESS, true},
    [MAPPER_HARDCODED_ROLE] = {map_hardcoded_role, 1, ACCESS, true},
    [MAPPER_ATTRIBUTE] = {map_attribute, 2, ALL, false},
    [MAPPER_PROPERTY] = {map_property, 2, ALL, false},
    [MAPPER_FULL_NAME] = {map_full_name, 2, ALL, false},
    [MAPPER_ADDRESS] = {map_address, 2, ALL, false},
    [MAPPER_GROUPS] = {map_groups, 2, ALL, false},
    [MAPPER_SUBJECT] = {map_subject, 2, ACCESS, false},
    [MAPPER_PAIRWISE] = {NULL, 2, ALL, false},
    [MAPPER_REALM_ROLES] = {map_realm_roles, 2, ALL, false},
    [MAPPER_CLIENT_ROLES] = {map_client_roles, 2, ALL, false},
    [MAPPER_AUDIENCE_RESOLVE] = {map_audience_resolve, 2, ACCESS, true},
    [MAPPER_AUDIENCE] = {map_audience, 2, ACCESS | ID, false},
    [MAPPER_ALLOWED_ORIGINS] = {map_allowed_origins, 2, ACCESS, true},
    [MAPPER_ACR] = {map_acr, 2, ACCESS | ID, false},
    [MAPPER_SESSION_NOTE] = {map_session_note, 2, ALL, false},
    [MAPPER_HARDCODED_CLAIM] = {map_hardcoded_claim, 2, ALL, false},
    [MAPPER_REQUESTED_CLAIMS] = {map_requested_claims, 2, ID | USERINFO, false},
    [MAPPER_REQUESTED_VALUE] = {map_requested_value, 2, ID, false},
};
#define PHASES 3

ost_text mapper_setting(const mapper_work *w, const char *name)
{
    ost_text text = {0};
    return ost_json_text(ost_json_get(w->mapper->config, name), &text) ? text : (ost_text){0};
}

bool mapper_setting_is(const mapper_work *w, const char *name, const char *value)
{
    return text_is(mapper_setting(w, name), value);
}

static bool in_access_tokens(const mapper_work *w, bool unless_refused)
{
    ost_text said = mapper_setting(w, "access.token.claim");
    return said.data == NULL ? unless_refused : text_is(said, "true");
}

/* Each mapper says for which tokens it works. */
static bool applies(const mapper_work *w, bool unless_refused)
{
    bool in_id = mapper_setting_is(w, "id.token.claim", "true");
    ost_text said;
    switch (w->kind) {
    case TOKEN_LIGHTWEIGHT:
        return mapper_setting_is(w, "lightweight.claim", "true");
    case TOKEN_INTROSPECTION: /* older files do not name it: then as in access tokens */
        said = mapper_setting(w, "introspection.token.claim");
        return said.data == NULL ? in_access_tokens(w, unless_refused) : text_is(said, "true");
    case TOKEN_ACCESS:
        return in_access_tokens(w, unless_refused);
    case TOKEN_ID:
        return in_id;
    case TOKEN_USERINFO: /* older files do not name it: then as in ID tokens */
        said = mapper_setting(w, "userinfo.token.claim");
        return said.data == NULL ? in_id : text_is(said, "true");
    }
    return false;
}

/* ---- values ---- */

/* Digits with or without a sign and zeroes before them, as Java reads numbers: 007 is 7. */
static ost_text to_integer(const mapper_work *w, ost_text text, bool as_long)
{
    static const ost_text none = {0};
    bool negative = text_starts(text, "-");
    uint64_t most = (as_long ? (uint64_t)INT64_MAX : (uint64_t)INT32_MAX) + negative, number;
    if (negative || text_starts(text, "+"))
        text = text_slice(text, 1, text.len);
    while (text.len > 1 && text_starts(text, "0"))
        text = text_slice(text, 1, text.len);
    if (!text_to_unsigned(text, most, &number))
        return none;
    return text_of(call_format(w->call, "%s%" PRIu64, negative && number > 0 ? "-" : "", number));
}

/* NULL data when the text is none of the mapper's type. */
ost_text mapper_convert(const mapper_work *w, ost_text text)
{
    static const ost_text none = {0};
    ost_text type = mapper_setting(w, "jsonType.label"), json;
    const ost_json *value;
    if (text_is(type, "boolean"))
        return text_equal_ignoring_case(text, OST_TEXT("true")) ? OST_TEXT("true")
                                                                : OST_TEXT("false");
    if (text_is(type, "long") || text_is(type, "int"))
        return to_integer(w, text, text_is(type, "long"));
    if (text_is(type, "JSON"))
        return ost_json_read(text, NULL, w->call->arena, &value, NULL) == OST_OK ? text : none;
    ost_json_writer *writer = call_writer(w->call);
    if (writer == NULL)
        return none;
    ost_json_put_text(writer, text);
    return ost_json_writer_finish(writer, &json) == OST_OK ? json : none;
}

ost_text mapper_claim_name(const mapper_work *w, const char *client_id)
{
    static const char mark[] = "${client_id}";
    ost_text name = mapper_setting(w, "claim.name");
    const char *found = name.len > 0 ? memmem(name.data, name.len, mark, sizeof mark - 1) : NULL;
    if (found == NULL || client_id == NULL)
        return name;
    size_t len = (size_t)(found - name.data), after = len + sizeof mark - 1;
    char *text = ost_arena_alloc(w->call->arena, name.len + 2 * strlen(client_id) + 1);
    if (text == NULL)
        return (ost_text){0};
    memcpy(text, name.data, len);
    for (const char *at = client_id; *at != '\0'; at++) {
        if (*at == '.' || *at == '\\')
            text[len++] = '\\';
        text[len++] = *at;
    }
    memcpy(text + len, name.data + after, name.len - after);
    return (ost_text){text, len + name.len - after};
}

void audience_add(audience_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->names[i], name) == 0)
            return;
    }
    if (name[0] != '\0' && list->count + 1 < ARRAY_LEN(list->names))
        list->names[list->count++] = name;
}

/* A mapper that names its claim "aud" adds to the audience. */
static void put_audience(mapper_work *w, ost_text json)
{
    const ost_json *value;
    ost_text text;
    if (ost_json_read(json, NULL, w->call->arena, &value, NULL) != OST_OK)
        return;
    bool list = ost_json_is(value, OST_JSON_ARRAY);
    for (const ost_json *at = list ? ost_json_first(value) : value; at != NULL;
         at = list ? ost_json_next(at) : NULL) {
        char *copy = ost_json_text(at, &text) ? ost_arena_copy(w->call->arena, text) : NULL;
        if (copy != NULL)
            audience_add(w->audiences, copy);
    }
}

static void put_at(mapper_work *w, ost_text path, ost_text json, bool list)
{
    if (path.len == 0 || json.data == NULL)
        return;
    if (text_is(path, "aud"))
        put_audience(w, json);
    else if (list)
        claim_join_json(w->tree, path, json);
    else
        claim_put_json(w->tree, path, json);
}

void mapper_put_json(mapper_work *w, ost_text json)
{
    put_at(w, mapper_claim_name(w, NULL), json, false);
}

void mapper_put_list(mapper_work *w, ost_text json)
{
    put_at(w, mapper_claim_name(w, NULL), json, true);
}

void mapper_put_text(mapper_work *w, ost_text text)
{
    mapper_put_json(w, mapper_convert(w, text));
}

void mapper_put_names(mapper_work *w, ost_text path, const char *const *names, ost_text prefix)
{
    ost_text json;
    ost_json_writer *writer = call_writer(w->call);
    if (writer == NULL)
        return;
    ost_json_open_array(writer);
    for (size_t i = 0; names[i] != NULL; i++)
        ost_json_put_text(writer, prefix.len == 0
                                      ? text_of(names[i])
                                      : text_of(call_format(w->call, "%.*s%s", (int)prefix.len,
                                                            prefix.data, names[i])));
    ost_json_close_array(writer);
    if (ost_json_writer_finish(writer, &json) == OST_OK)
        put_at(w, path, json, true);
}

/* ---- running ---- */

static void run_list(mapper_work *w, const realm_mapper *mappers, size_t count, unsigned phase)
{
    for (size_t m = 0; m < count; m++) {
        const mapper_kind *kind = &kinds[mappers[m].known];
        w->mapper = &mappers[m];
        if (kind->map != NULL && kind->phase == phase && (kind->tokens & 1u << w->kind) != 0 &&
            applies(w, kind->unless_refused))
            kind->map(w);
    }
}

void mappers_run(call *c, const grant *g, token_kind kind, claim_tree *tree,
                 audience_list *audiences)
{
    mapper_work w = {.call = c,
                     .grant = g,
                     .kind = kind,
                     .roles = g->roles,
                     .tree = tree,
                     .audiences = audiences};
    for (unsigned phase = 0; phase < PHASES; phase++) {
        for (size_t s = 0; g->scopes[s] != NULL; s++)
            run_list(&w, g->scopes[s]->mappers, g->scopes[s]->mapper_count, phase);
        run_list(&w, g->client->mappers, g->client->mapper_count, phase);
    }
}
