/* SPDX-License-Identifier: Apache-2.0 */
/* Realms after the change of one client: they share the rest, and are what reading the whole gives.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "provider/realm/realm.h"
#include "test_arena.h"

#define CHANGES 150 /* more than a snapshot has parts */

static const char file[] =
    "{\"realm\":\"x\",\"id\":\"1\",\"clientScopes\":[{\"name\":\"s\"}],\"clients\":["
    "{\"clientId\":\"b\",\"id\":\"ib\",\"secret\":\"of b\",\"defaultClientScopes\":[\"s\"]},"
    "{\"clientId\":\"d\",\"id\":\"id\",\"attributes\":{\"jwks.string\":\"{\\\"keys\\\":[]}\"}},"
    "{\"clientId\":\"a\",\"id\":\"ia\"}],\"roles\":{\"realm\":[{\"name\":\"r\"}]}}";

static realm *load(ost_text document)
{
    realm *r;
    assert_int_equal(realm_load(document, 1, &r, NULL), OST_OK);
    return r;
}

static const ost_json *client(const char *text)
{
    const ost_json *value;
    assert_int_equal(ost_json_read(text_of(text), NULL, arena, &value, NULL), OST_OK);
    return value;
}

/* Against the same realm as it is read. */
static void check_whole(const realm *r)
{
    realm *whole = load(ost_json_source(r->document));
    assert_int_equal(r->client_count, whole->client_count);
    for (size_t i = 0; i < r->client_count; i++) {
        assert_string_equal(r->clients[i]->client_id, whole->clients[i]->client_id);
        assert_string_equal(r->clients_by_id[i]->client_id, whole->clients_by_id[i]->client_id);
        assert_true(text_equal(ost_json_source(r->clients[i]->document),
                               ost_json_source(whole->clients[i]->document)));
        assert_ptr_equal(realm_find_client(r, text_of(r->clients[i]->client_id)), r->clients[i]);
    }
    realm_unref(whole);
}

/* Takes the realm. */
static realm *change(realm *before, const char *old, const char *text)
{
    realm *after;
    const realm_client *at = old != NULL ? realm_find_client(before, text_of(old)) : NULL;
    assert_int_equal(realm_load_after(before, at, client(text), before->version + 1, &after, NULL),
                     OST_OK);
    assert_int_equal(after->version, before->version + 1);
    realm_unref(before); /* what is shared lives on */
    check_whole(after);
    return after;
}

static void one_client_changes(void **state)
{
    (void)state;
    realm *r = load(text_of(file));
    r = change(r, "d", "{\"clientId\":\"d\",\"id\":\"id\",\"secret\":\"new\"}");
    assert_string_equal(realm_find_client(r, OST_TEXT("d"))->secret, "new");
    r = change(r, NULL, "{\"clientId\":\"c\",\"defaultClientScopes\":[\"s\",\"none\"]}");
    assert_int_equal(r->client_count, 4);
    const realm_client *c = realm_find_client(r, OST_TEXT("c"));
    assert_ptr_equal(c->default_scopes[0], realm_find_scope(r, OST_TEXT("s")));
    assert_null(c->default_scopes[1]);
    r = change(r, "a", "{\"clientId\":\"z\",\"id\":\"ia\"}"); /* another place in the order */
    assert_null(realm_find_client(r, OST_TEXT("a")));
    r = change(r, "c", "{\"clientId\":\"0\"}");
    assert_string_equal(r->clients_by_id[0]->client_id, "0");
    assert_string_equal(realm_find_client(r, OST_TEXT("b"))->secret, "of b");
    assert_string_equal(realm_find_client_by_uuid(r, OST_TEXT("ia"))->client_id, "z");
    realm_unref(r);
}

static void many_changes_follow_one_another(void **state)
{
    char text[100], name[20] = "b";
    (void)state;
    realm *r = load(text_of(file));
    for (size_t i = 0; i < CHANGES; i++) {
        char old[20];
        memcpy(old, name, sizeof old);
        snprintf(name, sizeof name, "b%zu", i);
        snprintf(text, sizeof text, "{\"clientId\":\"%s\",\"secret\":\"%zu\"}", name, i);
        r = change(r, i % 3 == 0 ? NULL : old, text);
    }
    assert_int_equal(r->client_count, 3 + CHANGES / 3);
    realm_unref(r);
}

static void refuse(const realm *r, const char *old, const char *text, const char *detail)
{
    realm *after = NULL;
    ost_error error = {0};
    const realm_client *at = old != NULL ? realm_find_client(r, text_of(old)) : NULL;
    assert_int_not_equal(realm_load_after(r, at, client(text), 2, &after, &error), OST_OK);
    assert_string_equal(error.detail, detail);
    assert_null(after);
}

static void what_the_whole_would_not_be_is_refused(void **state)
{
    char deep[200] = "{\"clientId\":\"n\",\"x\":";
    const ost_json *value;
    realm *after = NULL;
    (void)state;
    realm *r = load(text_of(file));
    realm *other = load(text_of(file));
    refuse(r, NULL, "{\"clientId\":\"d\"}", "clients[3].clientId: another client has the same id");
    refuse(r, "b", "{\"clientId\":\"a\"}", "clients[2].clientId: another client has the same id");
    refuse(r, "a", "{\"clientId\":\"d\"}", "clients[2].clientId: another client has the same id");
    refuse(r, "d", "{\"clientId\":\"\"}", "clients[1].clientId: the client's id is missing");
    refuse(r, "d", "{\"clientId\":\"d\",\"redirectUris\":[1]}",
           "clients[1].redirectUris[0]: not a string");
    refuse(r, NULL, "[]", "a client is a JSON object");
    assert_int_equal(realm_load_after(r, other->clients[0], client("{}"), 2, &after, NULL),
                     OST_E_ARGUMENT);
    size_t len = strlen(deep); /* 64 levels are read, of which a client has 62 */
    memset(deep + len, '[', 62);
    memset(deep + len + 62, ']', 62);
    deep[len + 124] = '}';
    const ost_json_limits limits = {.max_depth = 64};
    assert_int_equal(ost_json_read(text_of(deep), &limits, arena, &value, NULL), OST_OK);
    assert_int_equal(realm_load_after(r, NULL, value, 2, &after, NULL), OST_E_CEILING);
    assert_null(after);
    realm_unref(other);
    realm_unref(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_client_changes),
        cmocka_unit_test(many_changes_follow_one_another),
        cmocka_unit_test(what_the_whole_would_not_be_is_refused),
    };
    return cmocka_run_group_tests_name("provider-realm_after", tests, open_arena, close_arena);
}
