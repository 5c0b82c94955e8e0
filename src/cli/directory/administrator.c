/* SPDX-License-Identifier: Apache-2.0 */
/* Administering by the admin API's operations; see administrator.h. */
#include "cli/directory/administrator.h"

#include "base/percent.h"
#include "base/text.h"
#include "cli/directory/remote.h"
#include "provider/direct/admin_direct.h"
#include "provider/realm/document_limit.h"

#define ADMINISTRATOR_ARENA ((size_t)2 << 30)

const char *administrator_segment(administrator *a, const char *name)
{
    const char *encoded = percent_encode(a->arena, text_of(name)).data;
    return encoded != NULL ? encoded : "";
}

static const char *name_of(http_method method)
{
    return method == HTTP_GET    ? "GET"
           : method == HTTP_POST ? "POST"
           : method == HTTP_PUT  ? "PUT"
                                 : "DELETE";
}

static ost_result ask_store(administrator *a, http_method method, const char *path, ost_text body,
                            int *ret_status, ost_text *ret_body, ost_error *error)
{
    ost_text whole = text_of(path), decoded;
    size_t mark = text_find(whole, '?', 0);
    ost_result result = http_form_decode(text_slice(whole, 0, mark), a->arena, &decoded);
    if (result == OST_OK)
        result = admin_direct(a->store, method, decoded, text_slice(whole, mark + 1, whole.len),
                              body, a->arena, ret_status, ret_body);
    return result == OST_OK ? OST_OK
                            : ost_error_set(error, result, "%s", ost_result_sentence(result));
}

static ost_result result_of(int status)
{
    return status == 404   ? OST_E_NOT_FOUND
           : status == 409 ? OST_E_CONFLICT
           : status == 400 ? OST_E_ARGUMENT
                           : OST_E_STATE;
}

/* A user's profile is refused by a key of messages: "error-invalid-email" of the field "email". */
static ost_text key_sentence(administrator *a, const ost_json *json, ost_text key)
{
    ost_text field = {0};
    char *words = ost_arena_copy(a->arena, text_slice(key, sizeof "error-" - 1, key.len));
    if (words == NULL || !ost_json_text(ost_json_get(json, "field"), &field))
        return key;
    for (char *at = words; *at != '\0'; at++)
        *at = *at == '-' ? ' ' : *at;
    const char *sentence = ost_arena_format(a->arena, "%.*s: %s", OST_FORMAT(field), words);
    return sentence != NULL ? text_of(sentence) : key;
}

/* What the answer says: its sentence before its code. */
static ost_result answer_refuse(administrator *a, int status, const ost_json *json,
                                ost_error *error)
{
    static const char *const members[] = {"errorMessage", "error", NULL};
    ost_text why = {0}, more;
    for (size_t i = 0; members[i] != NULL && why.len == 0; i++)
        (void)!ost_json_text(ost_json_get(json, members[i]), &why);
    if (text_is(why, "invalid_request") &&
        ost_json_text(ost_json_get(json, "error_description"), &more))
        why = more;
    if (text_starts(why, "error-"))
        why = key_sentence(a, json, why);
    if (status == 409 && text_starts(why, "Conflict detected"))
        why = OST_TEXT("there is one of that name already");
    if (status == 401)
        why = OST_TEXT("the server does not know the login any more, or the token");
    if (status == 403)
        why = OST_TEXT("the server does not allow this to who has signed in");
    return ost_error_set(error, result_of(status), "%.*s (%d)", (int)why.len,
                         why.len > 0 ? why.data : "", status);
}

ost_result administrator_ask_server(administrator *a, http_method method, const char *path,
                                    ost_text body, const ost_json **ret_json, ost_error *error)
{
    int status = 0;
    ost_text answer = {0};
    const ost_json *json = NULL;
    if (path == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    ost_result result =
        a->remote != NULL
            ? remote_ask(a->remote, name_of(method), path, body, &status, &answer, error)
            : ask_store(a, method, path, body, &status, &answer, error);
    if (result != OST_OK)
        return result;
    if (answer.len > 0 && ost_json_read(answer, &document_limits, a->arena, &json, NULL) != OST_OK)
        json = NULL;
    if (status >= 300)
        return answer_refuse(a, status, json, error);
    if (ret_json != NULL)
        *ret_json = json;
    return OST_OK;
}

ost_result administrator_ask(administrator *a, http_method method, const char *below, ost_text body,
                             const ost_json **ret_json, ost_error *error)
{
    if (below == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    return administrator_ask_server(
        a, method,
        ost_arena_format(a->arena, "/realms/%s%s", administrator_segment(a, a->realm), below), body,
        ret_json, error);
}

/* What one of the two places means is nothing to the other. */
static bool is_contradiction(const option_values *values)
{
    static const char *const of_login[] = {
        "login-user",          "login-realm", "login-client", "login-secret-file", "token-file",
        "login-password-file", NULL};
    bool server = options_has(values, "server");
    for (size_t i = 0; of_login[i] != NULL && !server; i++) {
        if (options_has(values, of_login[i]))
            return true;
    }
    return server && (options_origin(values, "data").source == OPTION_IS_GIVEN ||
                      options_origin(values, "db-url").source == OPTION_IS_GIVEN);
}

static int run_for(const option_values *values, const char *realm, const char *doing,
                   const struct resource_kind *kind, administrator_work *work)
{
    ost_error error = {0};
    administrator a = {.arena = ost_arena_new(ADMINISTRATOR_ARENA), .realm = realm, .kind = kind};
    ost_result result = OST_OK;
    if (is_contradiction(values)) {
        ost_arena_free(a.arena);
        return command_usage_error("%s: --server and the store exclude each other", doing);
    }
    if (a.arena == NULL)
        result = ost_error_set(&error, OST_E_MEMORY, "out of memory");
    else if (options_has(values, "server"))
        result = remote_open(values, a.arena, &a.remote, &error);
    else
        result = command_open_store(values, STORE_THAT_EXISTS, &a.store, &error);
    if (result == OST_OK)
        result = work(&a, values, &error);
    remote_close(a.remote);
    store_close(a.store);
    ost_arena_free(a.arena);
    if (result != OST_OK && error.code == OST_OK)
        error.code = result;
    return result == OST_OK ? EXIT_DONE : command_fail(&error, doing);
}

int administrator_run(const option_values *values, const char *doing,
                      const struct resource_kind *kind, administrator_work *work)
{
    const char *name = options_get(values, "realm");
    if (name == NULL)
        return command_usage_error("%s needs --realm NAME", doing);
    return run_for(values, name, doing, kind, work);
}

int administrator_run_realm(const option_values *values, const char *doing,
                            const struct resource_kind *kind, administrator_work *work)
{
    return run_for(values, values->operand_count > 0 ? values->operands[0] : NULL, doing, kind,
                   work);
}
