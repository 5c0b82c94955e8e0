/* SPDX-License-Identifier: Apache-2.0 */
/* A registered client as Keycloak's representation; see representation.h. */
#include "base/json/json_writer.h"
#include "base/text.h"
#include "provider/admin/client_part.h"
#include "provider/admin/document_edit.h"
#include "provider/registration/representation.h"
#include "provider/session/registration_token.h"

/* Which token is valid is the server's own. */
static ost_result hide(call *c, const ost_json **shown)
{
    const ost_json *attributes = ost_json_get(*shown, "attributes");
    ost_result result =
        document_put(attributes, OST_TEXT(REGISTRATION_TOKEN_ID), NULL, c->arena, &attributes);
    if (result == OST_OK)
        result =
            document_put(attributes, OST_TEXT(REGISTRATION_ANONYMOUS), NULL, c->arena, &attributes);
    if (result == OST_OK)
        result = document_put(*shown, OST_TEXT("attributes"), attributes, c->arena, shown);
    return result == OST_OK ? document_put(*shown, OST_TEXT("access"), NULL, c->arena, shown)
                            : result;
}

static ost_result show(call *c, const realm_client *client, const ost_json **ret_shown)
{
    const admin_call as = {.call = c, .arena = c->arena, .rights = RIGHT_VIEW_CLIENTS};
    ost_json_writer *w = ost_json_writer_new(c->arena, 0);
    ost_result result = w != NULL ? client_part_put(&as, w, client) : OST_E_MEMORY;
    if (result == OST_OK)
        result = json_writer_read(w, NULL, ret_shown, NULL);
    return result == OST_OK ? hide(c, ret_shown) : result;
}

bool representation_answer(call *c, const realm_client *client, ost_text token)
{
    const ost_json *shown, *none;
    ost_json_writer *w = call_writer(c);
    ost_result result = w != NULL ? show(c, client, &shown) : OST_E_MEMORY;
    if (result == OST_OK)
        result = ost_json_read(OST_TEXT("[]"), NULL, c->arena, &none, NULL);
    if (result == OST_OK)
        result = document_put(shown, OST_TEXT("defaultRoles"), none, c->arena, &shown);
    if (result == OST_OK && token.len > 0)
        result = document_put_text(shown, "registrationAccessToken", token, c->arena, &shown);
    if (result != OST_OK)
        return call_refuse_busy(c);
    ost_json_put_value(w, shown);
    return ost_json_writer_finish(w, &c->answer) == OST_OK || call_refuse_busy(c);
}

bool representation_answer_installation(call *c, const realm_client *client)
{
    const char *server = call_format(c, "%s/", c->base);
    ost_json_writer *w = call_writer(c);
    if (w == NULL || server == NULL)
        return false;
    client_part_put_installation(w, c->realm, client, server);
    return ost_json_writer_finish(w, &c->answer) == OST_OK || call_refuse_busy(c);
}
