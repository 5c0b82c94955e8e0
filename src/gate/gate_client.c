/* SPDX-License-Identifier: Apache-2.0 */
/* Loads what sites' clients prove themselves by, and finds them; see gate_client.h. */
#include "gate/gate_client.h"

#include "base/config/secret_file.h"
#include "base/context.h"
#include "base/text.h"
#include "jose/jwt/private_key_jwt.h"

#define FILE_MAX ((size_t)16 << 10) /* a JWK of RSA 4096 has some 3 KiB */

/* One file on its way. */
typedef struct loading {
    ost_arena *arena;
    size_t site;
    const char *member, *path;
    ost_error *error;
} loading;

static ost_result wrong(const loading *l, ost_result result, const char *what)
{
    return ost_error_set(l->error, result, "sites[%zu].client.%s: %s: %s", l->site, l->member,
                         l->path, what);
}

/* The whole file, without what ends its last line. */
static ost_result load_file(const loading *l, ost_text *ret)
{
    ost_text text = {0};
    ost_error why = {0};
    ost_result result =
        secret_file_content(l->path, SECRET_OF_GROUP, FILE_MAX, l->arena, &text, &why);
    if (result != OST_OK)
        return ost_error_set(l->error, result, "sites[%zu].client.%s: %s", l->site, l->member,
                             why.detail);
    while (text.len > 0 && (text.data[text.len - 1] == '\n' || text.data[text.len - 1] == '\r'))
        text.len--;
    if (text.len == 0)
        return wrong(l, OST_E_CONFIG, "it is empty");
    *ret = text;
    return OST_OK;
}

/* One line of printable characters: more would be sent to nobody as it was meant. */
static ost_result load_secret(const loading *l, gate_client *client)
{
    ost_text secret;
    ost_result result = load_file(l, &secret);
    if (result != OST_OK)
        return result;
    for (size_t i = 0; i < secret.len; i++) {
        if ((unsigned char)secret.data[i] < ' ' || secret.data[i] == 0x7f)
            return wrong(l, OST_E_CONFIG, "a secret is one line without control characters");
    }
    client->as.secret = ost_arena_copy(l->arena, secret);
    return client->as.secret != NULL ? OST_OK
                                     : ost_error_set(l->error, OST_E_MEMORY, "out of memory");
}

static ost_result load_key(const loading *l, gate_client *client)
{
    ost_text text;
    ost_error why = {0};
    ost_result result = load_file(l, &text);
    if (result != OST_OK)
        return result;
    if (ost_key_import_jwk(text, &client->key, &why) != OST_OK)
        return wrong(l, OST_E_CONFIG, why.detail);
    if (!ost_key_is_private(client->key) || private_key_jwt_alg(client->key) == OST_ALG_UNSET)
        return wrong(l, OST_E_CONFIG, "it is no private key that signs");
    client->as.key = client->key;
    return OST_OK;
}

ost_result gate_client_load(const gate_rules *rules, ost_arena *arena, ost_error *error)
{
    ost_result result = OST_OK;
    for (size_t i = 0; i < rules->site_count && result == OST_OK; i++) {
        gate_client *client = rules->sites[i].client;
        if (client == NULL || (client->secret_file == NULL && client->key_file == NULL))
            continue;
        bool by_key = client->key_file != NULL;
        const loading l = {
            .arena = arena,
            .site = i,
            .member = by_key ? "key_file" : "secret_file",
            .path = by_key ? client->key_file : client->secret_file,
            .error = error,
        };
        result = by_key ? load_key(&l, client) : load_secret(&l, client);
    }
    return result;
}

void gate_client_unload(const gate_rules *rules)
{
    for (size_t i = 0; rules != NULL && i < rules->site_count; i++) {
        gate_client *client = rules->sites[i].client;
        if (client != NULL)
            ost_key_unref(client->key);
    }
}

const gate_client *gate_client_of_path(const gate_rules *rules, ost_text authority, ost_text path)
{
    const gate_site *site = gate_rules_site(rules, authority);
    if (site == NULL || site->client == NULL || !text_is(path, site->client->as.redirect_path))
        return NULL;
    return site->client;
}

ost_logout_rules gate_client_logouts(const gate_rules *rules, const ost_logout_rules *more,
                                     ost_arena *arena)
{
    size_t count = 0;
    const char **clients =
        ost_arena_alloc(arena, (rules->site_count + more->client_count + 1) * sizeof *clients);
    if (clients == NULL)
        return (ost_logout_rules){0};
    for (size_t i = 0; i < more->client_count; i++)
        clients[count++] = more->clients[i];
    for (size_t i = 0; i < rules->site_count; i++) {
        if (rules->sites[i].client != NULL)
            clients[count++] = rules->sites[i].client->as.id;
    }
    return (ost_logout_rules){clients, count};
}
