/* SPDX-License-Identifier: Apache-2.0 */
/* `ostiary client secret`: shows it, or makes a new one. */
#include <stdio.h>

#include "base/base64url.h"
#include "base/context.h"
#include "base/text.h"
#include "cli/directory/resource_kind.h"
#include "cli/provider/administration.h"
#include "provider/admin/document_edit.h"

#define SECRET_BYTES 24

/* 32 characters. */
static ost_result regenerate(realm_admin *a, const realm_client *client, ost_error *error)
{
    unsigned char bytes[SECRET_BYTES];
    char text[BASE64URL_LEN(SECRET_BYTES)];
    const ost_json *document;
    ost_result result = context_random(NULL, bytes, sizeof bytes);
    ost_text secret = {text, base64url_encode(bytes, sizeof bytes, text)};
    if (result == OST_OK)
        result = document_put_secret(client->document, secret, a->arena, &document);
    if (result == OST_OK)
        result = realm_admin_store_client(a, client, document, error);
    if (result == OST_OK)
        administration_put(secret, '\n');
    wipe(bytes, sizeof bytes);
    wipe(text, sizeof text);
    return result;
}

static ost_result secret(realm_admin *a, const option_values *values, ost_error *error)
{
    const realm_client *client = realm_find_client(a->realm, text_of(values->operands[0]));
    if (client == NULL)
        return ost_error_set(error, OST_E_NOT_FOUND, "Could not find client: %s",
                             values->operands[0]);
    if (options_has(values, "regenerate"))
        return regenerate(a, client, error);
    if (client->secret == NULL)
        return ost_error_set(error, OST_E_NOT_FOUND, "the client has no secret");
    administration_put(text_of(client->secret), '\n');
    return OST_OK;
}

static int run(const option_values *values)
{
    if (options_has(values, "server"))
        return remote_client_secret(values);
    return administration_run(values, "client secret", secret);
}

static const option options[] = {
    {"regenerate", NULL, NULL, NULL, "make a new secret; the one before no longer counts"},
    {"realm", "NAME", NULL, NULL, "the realm (required)"},
    ADMINISTRATOR_SERVER_OPTIONS,
    COMMAND_STORE_OPTIONS,
    {0},
};

const command command_client_secret = {
    .words = "client secret",
    .operands = "CLIENT",
    .summary = "Print the secret of a client, or a new one.",
    .options = options,
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};
