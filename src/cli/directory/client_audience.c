/* SPDX-License-Identifier: Apache-2.0 */
/* `ostiary client add-audience|remove-audience`: which APIs the access tokens of a client are for,
 * as the audience mappers that Keycloak has. */
#include "base/json/json_member.h"
#include "base/text.h"
#include "cli/directory/resource_kind.h"

#define MAPPER OST_TEXT("oidc-audience-mapper")

/* The member of a mapper's configuration that names the audience: another client, which goes with
 * what it is for in consoles, or any text. */
static const char *const members[] = {"included.client.audience", "included.custom.audience"};

static bool mapper_gives(const ost_json *mapper, ost_text audience)
{
    const ost_json *config = ost_json_get(mapper, "config");
    return text_equal(json_text_of(mapper, "protocolMapper"), MAPPER) &&
           text_equal(json_text_of(config, "access.token.claim"), OST_TEXT("true")) &&
           (text_equal(json_text_of(config, members[0]), audience) ||
            text_equal(json_text_of(config, members[1]), audience));
}

/* The next mapper from `at` on that gives the audience, or NULL. */
static const ost_json *mapper_next(const ost_json *at, ost_text audience)
{
    while (at != NULL && !mapper_gives(at, audience))
        at = ost_json_next(at);
    return at;
}

static const ost_json *mapper_first(const resource *client, ost_text audience)
{
    return mapper_next(ost_json_first(ost_json_get(client->json, "protocolMappers")), audience);
}

static ost_result mapper_write(administrator *a, ost_text audience, const char *member,
                               ost_text *ret_body)
{
    ost_json_writer *w = ost_json_writer_new(a->arena, 0);
    const char *name = ost_arena_format(a->arena, "audience %.*s", OST_FORMAT(audience));
    if (w == NULL || name == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(w);
    ost_json_member_string(w, "name", name);
    ost_json_member_string(w, "protocol", "openid-connect");
    ost_json_member_text(w, "protocolMapper", MAPPER);
    ost_json_put_name(w, OST_TEXT("config"));
    ost_json_open_object(w);
    ost_json_member_text(w, member, audience);
    ost_json_member_string(w, "access.token.claim", "true");
    ost_json_member_string(w, "introspection.token.claim", "true");
    ost_json_member_string(w, "id.token.claim", "false");
    ost_json_close_object(w);
    ost_json_close_object(w);
    return ost_json_writer_finish(w, ret_body);
}

/* A misspelt client would be an audience that no API has: what is no client has to be a URI, or
 * said to be a name of its own. */
static ost_result audience_member(administrator *a, const option_values *values,
                                  const char **ret_member, ost_error *error)
{
    const char *audience = values->operands[1];
    resource api;
    *ret_member = members[1];
    if (options_has(values, "custom") || text_contains(text_of(audience), OST_TEXT(":")))
        return OST_OK;
    ost_result result = resource_client(a, audience, &api, error);
    if (result == OST_OK)
        *ret_member = members[0];
    return result == OST_E_NOT_FOUND
               ? ost_error_set(error, OST_E_NOT_FOUND,
                               "Could not find client: %s (--custom: it is no client's name)",
                               audience)
               : result;
}

static ost_result audience_add(administrator *a, const option_values *values, ost_error *error)
{
    ost_text audience = text_of(values->operands[1]), body;
    const char *member;
    resource client;
    ost_result result = resource_client(a, values->operands[0], &client, error);
    if (result == OST_OK && mapper_first(&client, audience) != NULL)
        return OST_OK;
    if (result == OST_OK)
        result = audience_member(a, values, &member, error);
    if (result == OST_OK)
        result = mapper_write(a, audience, member, &body);
    return result == OST_OK
               ? administrator_ask(
                     a, HTTP_POST,
                     ost_arena_format(a->arena, "%s/protocol-mappers/models", client.path), body,
                     NULL, error)
               : result;
}

static ost_result audience_remove(administrator *a, const option_values *values, ost_error *error)
{
    ost_text audience = text_of(values->operands[1]);
    resource client;
    ost_result result = resource_client(a, values->operands[0], &client, error);
    if (result != OST_OK)
        return result;
    const ost_json *mapper = mapper_first(&client, audience);
    if (mapper == NULL)
        return ost_error_set(error, OST_E_NOT_FOUND, "%s has no mapper for the audience %s",
                             values->operands[0], values->operands[1]);
    for (; mapper != NULL && result == OST_OK;
         mapper = mapper_next(ost_json_next(mapper), audience)) {
        ost_text id = json_text_of(mapper, "id");
        result = administrator_ask(a, HTTP_DELETE,
                                   ost_arena_format(a->arena, "%s/protocol-mappers/models/%.*s",
                                                    client.path, OST_FORMAT(id)),
                                   (ost_text){0}, NULL, error);
    }
    return result;
}

static int run_add(const option_values *values)
{
    return administrator_run(values, "client add-audience", NULL, audience_add);
}

static int run_remove(const option_values *values)
{
    return administrator_run(values, "client remove-audience", NULL, audience_remove);
}

static const option add_options[] = {
    {"custom", NULL, NULL, NULL, "the audience is a name of its own, and no client's"},
    ADMINISTRATOR_OPTIONS,
    {0},
};
static const option remove_options[] = {ADMINISTRATOR_OPTIONS, {0}};

const command command_client_add_audience = {
    .words = "client add-audience",
    .operands = "CLIENT AUDIENCE",
    .summary = "Make the access tokens of a client good for an API: a client, or a URI.",
    .options = add_options,
    .min_operands = 2,
    .max_operands = 2,
    .run = run_add,
};

const command command_client_remove_audience = {
    .words = "client remove-audience",
    .operands = "CLIENT AUDIENCE",
    .summary = "Take an API out of the audiences of a client's access tokens.",
    .options = remove_options,
    .min_operands = 2,
    .max_operands = 2,
    .run = run_remove,
};
