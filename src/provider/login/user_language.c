/* SPDX-License-Identifier: Apache-2.0 */
/* The language of a user follows what they pick; see user_language.h. */
#include "provider/login/user_language.h"

#include "base/text.h"
#include "provider/admin/document_edit.h"
#include "provider/login/realm_language.h"
#include "provider/user/required_action.h"
#include "provider/user/user_change.h"
#include "store/user/store_user.h"
#include "store/user/user_record.h"

#define ACTION "update_user_locale"
#define ATTRIBUTE "locale"
#define ATTEMPTS 3 /* at a user whom others change meanwhile */

static ost_text language_of(const ost_json *document)
{
    ost_text tag = {0};
    const ost_json *values = ost_json_get(ost_json_get(document, "attributes"), ATTRIBUTE);
    (void)!ost_json_text(ost_json_first(values), &tag);
    return tag;
}

static bool is_wanted(const call *c)
{
    return c->realm->locales != NULL && required_action_is_on(c->realm, OST_TEXT(ACTION));
}

static ost_result put_language(call *c, ost_text tag, const ost_json **document)
{
    const ost_json *attributes = ost_json_get(*document, "attributes"), *values;
    ost_result result = document_add_text(NULL, tag, c->arena, &values);
    if (result == OST_OK)
        result = document_put(attributes, OST_TEXT(ATTRIBUTE), values, c->arena, &attributes);
    return result == OST_OK
               ? document_put(*document, OST_TEXT("attributes"), attributes, c->arena, document)
               : result;
}

static ost_result store_language(call *c, ost_text user_id, ost_text tag)
{
    store_user user;
    const ost_json *document;
    ost_result result =
        store_user_get(c->provider->store, text_of(c->realm->name), user_id, c->arena, &user);
    if (result == OST_OK)
        result = ost_json_read(user.document, NULL, c->arena, &document, NULL);
    if (result == OST_OK)
        result = put_language(c, tag, &document);
    return result == OST_OK
               ? user_change_store(c->provider->store, c->realm, &user, document, c->arena)
               : result;
}

/* Nobody is kept from logging in by it. */
void user_language_take(call *c, ost_text user_id, const ost_json *document)
{
    ost_text picked = text_of(c->language.on_page);
    ost_result result = OST_E_CONFLICT;
    if (!is_wanted(c))
        return;
    c->language.own = language_of(document);
    c->language.follows = true;
    if (picked.len == 0 || text_equal(picked, c->language.own))
        return;
    for (unsigned i = 0; i < ATTEMPTS && result == OST_E_CONFLICT; i++)
        result = store_language(c, user_id, picked);
    c->language.stored = result == OST_OK;
    if (result == OST_OK)
        c->language.own = picked;
}

void user_language_keep(call *c)
{
    if (c->language.follows)
        realm_language_set_cookie(c, realm_language_match(c->realm, c->language.own));
}
