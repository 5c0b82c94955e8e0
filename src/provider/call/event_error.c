/* SPDX-License-Identifier: Apache-2.0 */
/* Words of events; see event_error.h. What was observed at Keycloak 24.0.5. */
#include "provider/call/event_error.h"

#include <string.h>

#include "base/array.h"
#include "base/text.h"

typedef struct word {
    const char *from, *to;
} word;

/* By how the description begins. */
static const word by_description[] = {
    {"Client not found", "client_not_found"},
    {"Client disabled", "client_disabled"},
    {"Bearer-only applications are not allowed", "not_allowed"},
    {"Client is not allowed to initiate", "not_allowed"},
    {"Client not allowed", "not_allowed"},
    {"Client not enabled to retrieve service account", "invalid_client"},
    {"Invalid parameter: redirect_uri", "invalid_redirect_uri"},
    {"Invalid redirect uri", "invalid_redirect_uri"},
    {"Code not valid", "invalid_code"},
    {"Auth error", "invalid_code"},
    {"Incorrect redirect_uri", "invalid_code"},
    {"PKCE code verifier not specified", "code_verifier_missing"},
    {"PKCE invalid code verifier", "invalid_code_verifier"},
    {"PKCE verification failed", "pkce_verification_failed"},
    {"Invalid parameter: id_token_hint", "invalid_token"},
    {"Invalid refresh token", "invalid_token"},
    {"Missing parameter: username", "user_not_found"},
    {"Policy '", "not_allowed"},
};

static const word by_error[] = {
    {"unsupported_response_type", "invalid_request"},
    {"invalid_scope", "invalid_request"},
    {"invalid_request_object", "invalid_request"},
    {"invalid_request_uri", "invalid_request"},
};

static bool is_registration(event_type type)
{
    return type == EVENT_CLIENT_REGISTER || type == EVENT_CLIENT_INFO ||
           type == EVENT_CLIENT_UPDATE || type == EVENT_CLIENT_DELETE;
}

const char *event_error_word(event_type type, const call_error *error)
{
    for (size_t i = 0; error->description != NULL && i < ARRAY_LEN(by_description); i++) {
        if (text_starts(text_of(error->description), by_description[i].from))
            return by_description[i].to;
    }
    for (size_t i = 0; i < ARRAY_LEN(by_error); i++) {
        if (strcmp(error->error, by_error[i].from) == 0)
            return by_error[i].to;
    }
    if (type == EVENT_REFRESH_TOKEN && strcmp(error->error, "invalid_grant") == 0)
        return "invalid_token";
    return is_registration(type) && error->status == 401 ? "invalid_token" : error->error;
}
