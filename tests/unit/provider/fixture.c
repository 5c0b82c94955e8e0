/* SPDX-License-Identifier: Apache-2.0 */
/* A provider without a network; see fixture.h. */
#include "fixture.h"

#include <stdio.h>

#include "base/context.h"
#include "provider/file/realm_import.h"
#include "provider/session/authentication.h"
#include "store/store.h"
#include "store/user/store_user.h"
#include "store/user/user_record.h"

int64_t fixture_time = FIXTURE_NOW;

static int64_t told_time(void *user)
{
    (void)user;
    return fixture_time;
}

static const ost_context context = {.now = told_time};

extern const unsigned char realm_json[]; /* embedded by meson.build */
extern const size_t realm_json_len;

fixture *fixture_new(void)
{
    ost_error error = {0};
    ost_text document = {(const char *)realm_json, realm_json_len};
    fixture *f = memory_alloc(sizeof *f);
    assert_non_null(f);
    f->arena = ost_arena_new(16 << 20);
    f->provider.context = &context;
    f->provider.development = true;
    pthread_mutex_init(&f->provider.keeper_lock, NULL);
    realm_offers_init(&f->provider.offers);
    assert_int_equal(proof_cache_new(&context, 1000, &f->provider.assertions), OST_OK);
    assert_int_equal(
        sender_rules_init(&f->provider.senders, &(ost_dpop_rules){.proofs = 100}, &context, NULL),
        OST_OK);
    if (store_open(":memory:", &f->provider.store, &error) != OST_OK ||
        realm_import_document(f->provider.store, document, &context, &error) != OST_OK ||
        realm_table_load(f->provider.store, NULL, NULL, NULL, &f->realms, &error) != OST_OK)
        fail_msg("%s", error.detail);
    (void)published_replace(&f->provider.realms, f->realms);
    return f;
}

void fixture_free(fixture *f)
{
    realm_offers_free(&f->provider.offers);
    realm_table_free(f->realms);
    store_close(f->provider.store);
    proof_cache_free(f->provider.assertions);
    sender_rules_clear(&f->provider.senders);
    pthread_mutex_destroy(&f->provider.keeper_lock);
    ost_arena_free(f->arena);
    memory_free(f);
}

call *fixture_call(fixture *f, const char *realm_name, const char *client_id)
{
    const realm_entry *entry = realm_table_find(f->realms, text_of(realm_name));
    assert_non_null(entry);
    ost_arena_reset(f->arena);
    f->request = (http_request){.method = HTTP_POST, .peer = OST_TEXT("127.0.0.1")};
    f->call = (call){.provider = &f->provider,
                     .request = &f->request,
                     .arena = f->arena,
                     .entry = entry,
                     .realm = entry->realm,
                     .base = "http://localhost",
                     .now = fixture_time};
    f->call.issuer = call_format(&f->call, "http://localhost/realms/%s", realm_name);
    if (client_id != NULL) {
        f->call.client = realm_find_client(entry->realm, text_of(client_id));
        assert_non_null(f->call.client);
    }
    return &f->call;
}

grant fixture_grant(call *c, const char *username, const char *scope)
{
    grant g = {.client = c->client, .auth_time = -1};
    store_user row;
    const ost_json *user;
    char account[256];
    snprintf(account, sizeof account, "service-account-%s", c->client->client_id);
    assert_true(grant_choose_scopes(c, text_of(scope), &g));
    assert_int_equal(store_user_find(c->provider->store, text_of(c->realm->name),
                                     text_of(username != NULL ? username : account), false,
                                     c->arena, &row),
                     OST_OK);
    assert_int_equal(ost_json_read(row.document, NULL, c->arena, &user, NULL), OST_OK);
    assert_true(grant_set_user(c, user, row.id, &g));
    if (username != NULL) {
        g.session_id = "11111111-2222-3333-4444-555555555555";
        g.session_ends = c->now + 36000;
        g.idle_ends = c->now + 1800;
        g.auth_time = c->now - 10;
    }
    return g;
}

const ost_json *fixture_claims(call *c, ost_text token)
{
    ost_unverified_token read;
    assert_int_equal(ost_jwt_read_unverified(token, c->arena, &read, NULL), OST_OK);
    return read.claims;
}

const char *fixture_claim(call *c, ost_text token, const char *name)
{
    const ost_json *claim = ost_json_get(fixture_claims(c, token), name);
    char *copy = ost_arena_copy(c->arena, claim != NULL ? ost_json_source(claim) : OST_TEXT(""));
    assert_non_null(copy);
    return copy;
}

const char *fixture_names(call *c, const ost_json *object)
{
    const char *names = "";
    for (const ost_json *at = ost_json_first(object); at != NULL; at = ost_json_next(at)) {
        ost_text name = ost_json_name(at);
        names = call_format(c, "%s%s%.*s", names, names[0] != '\0' ? " " : "", (int)name.len,
                            name.data);
    }
    return names;
}
