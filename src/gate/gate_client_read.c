/* SPDX-License-Identifier: Apache-2.0 */
/* Reads what the rules file says of sites' clients; see gate_client.h. */
#include "base/or_default.h"
#include "base/text.h"
#include "gate/gate_client.h"
#include "gate/gate_path.h"
#include "gate/gate_state.h"

#define REDIRECT_MAX 256
#define FILE_NAME_MAX 1024

/* One member "client" on its way. */
typedef struct reading {
    ost_arena *arena;
    size_t site;
    ost_error *error;
} reading;

static ost_result wrong(const reading *r, const char *member, const char *what)
{
    return ost_error_set(r->error, OST_E_CONFIG, "sites[%zu].client%s%s %s", r->site,
                         member[0] != '\0' ? "." : "", member, what);
}

static ost_result keep(const reading *r, ost_text text, const char **ret)
{
    *ret = ost_arena_copy(r->arena, text);
    return *ret != NULL ? OST_OK : ost_error_set(r->error, OST_E_MEMORY, "out of memory");
}

static ost_result read_id(const reading *r, const ost_json *value, gate_client *client)
{
    ost_text id;
    if (!ost_json_text(value, &id) || !login_client_id_is_good(id))
        return wrong(r, "id", "must be the client's id: 1 to 256 printable characters");
    return keep(r, id, &client->as.id);
}

static ost_result read_file_name(const reading *r, const ost_json *value, const char *member,
                                 const char **ret)
{
    ost_text name;
    if (value == NULL)
        return OST_OK;
    if (!ost_json_text(value, &name) || name.len == 0 || name.len > FILE_NAME_MAX ||
        text_find(name, '\0', 0) < name.len)
        return wrong(r, member, "must be the name of a file");
    return keep(r, name, ret);
}

/* Plain characters alone: it goes into URLs as it is, and browsers ask for the same. */
static bool is_redirect_path(ost_text path)
{
    return path.len > 1 && path.len <= REDIRECT_MAX && !text_ends(path, "/") &&
           text_is_made_of(path, "/-._~") && gate_path_check(path) == NULL;
}

static bool is_below(ost_text path, const char *folder)
{
    ost_text of = text_of(folder);
    return text_starts(path, folder) && (path.len == of.len || path.data[of.len] == '/');
}

/* What the gate has another use for. Its folder is for its pages, the callback among them. */
static bool is_taken(ost_text path)
{
    static const char *const folders[] = {GATE_CHECK_PATH, "/health", "/metrics", NULL};
    static const char *const pages[] = {GATE_LOGIN, GATE_LOGOUT, GATE_USER, GATE_LOGOUT_TOKENS,
                                        NULL};
    for (const char *const *folder = folders; *folder != NULL; folder++) {
        if (is_below(path, *folder))
            return true;
    }
    return text_is_one_of(path, pages);
}

static ost_result read_redirect_path(const reading *r, const ost_json *value, gate_client *client)
{
    ost_text path = OST_TEXT(GATE_CALLBACK);
    if (value != NULL && (!ost_json_text(value, &path) || !is_redirect_path(path)))
        return wrong(r, "redirect_path",
                     "must be a path of letters, digits and -._~ that ends without a slash, of 256 "
                     "bytes at most");
    if (is_taken(path))
        return wrong(r, "redirect_path", "is an address that the gate has another use for");
    return keep(r, path, &client->as.redirect_path);
}

static ost_result check_members(const reading *r, const ost_json *value)
{
    static const char *const known[] = {"id", "secret_file", "key_file", "redirect_path", NULL};
    if (!ost_json_is(value, OST_JSON_OBJECT))
        return wrong(r, "", "must be an object");
    for (const ost_json *one = ost_json_first(value); one != NULL; one = ost_json_next(one)) {
        ost_text name = ost_json_name(one);
        if (!text_is_one_of(name, known))
            return ost_error_set(r->error, OST_E_CONFIG, "sites[%zu].client.%.*s is unknown",
                                 r->site, (int)(name.len < 64 ? name.len : 64), name.data);
    }
    return OST_OK;
}

ost_result gate_client_read(const ost_json *value, ost_arena *arena, size_t number, gate_site *site,
                            ost_error *error)
{
    const reading r = {.arena = arena, .site = number, .error = error};
    if (value == NULL)
        return OST_OK;
    ost_result result = check_members(&r, value);
    if (result != OST_OK)
        return result;
    gate_client *client = ost_arena_alloc(arena, sizeof *client);
    if (client == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    result = read_id(&r, ost_json_get(value, "id"), client);
    if (result == OST_OK)
        result = read_file_name(&r, ost_json_get(value, "secret_file"), "secret_file",
                                &client->secret_file);
    if (result == OST_OK)
        result = read_file_name(&r, ost_json_get(value, "key_file"), "key_file", &client->key_file);
    if (result == OST_OK)
        result = read_redirect_path(&r, ost_json_get(value, "redirect_path"), client);
    if (result != OST_OK)
        return result;
    if (client->secret_file != NULL && client->key_file != NULL)
        return wrong(&r, "", "has a secret_file and a key_file: it proves itself by one of them");
    site->client = client;
    return OST_OK;
}

/* By what it proves itself belongs to a client: two sites that say it differently have one that is
 * wrong. */
static bool is_same(const gate_client *one, const gate_client *other)
{
    if (one == NULL || other == NULL)
        return one == other;
    return same_string(one->as.id, other->as.id) &&
           same_string(one->secret_file, other->secret_file) &&
           same_string(one->key_file, other->key_file);
}

static bool signs_in(const gate_site *site)
{
    for (size_t i = 0; i < site->rule_count; i++) {
        if (site->rules[i].login)
            return true;
    }
    return false;
}

ost_result gate_client_agree(const gate_rules *rules, size_t number, const gate_site *site,
                             ost_error *error)
{
    if (site->client != NULL && !signs_in(site))
        return ost_error_set(error, OST_E_CONFIG,
                             "sites[%zu].client is who signs in there, and none of its rules has "
                             "\"login\"",
                             number);
    for (size_t i = 0; i < rules->site_count; i++) {
        const gate_site *other = &rules->sites[i];
        bool shares =
            site->cookie_domain.len > 0 && text_equal(site->cookie_domain, other->cookie_domain);
        if (shares && !is_same(site->client, other->client))
            return ost_error_set(error, OST_E_CONFIG,
                                 "sites[%zu] and sites[%zu] share sessions (cookie_domain): "
                                 "\"client\" must be the same, for a session is one client's",
                                 i, number);
    }
    return OST_OK;
}
