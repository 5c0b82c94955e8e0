/* SPDX-License-Identifier: Apache-2.0 */
/* What people are told when a login fails; see ost_login_explain in <ostiary/login.h>. */
#include <ostiary/login.h>

#include <string.h>

#include "base/array.h"

typedef struct failure {
    ost_result result;
    int status;
    const char *title, *text;
} failure;

static const failure failures[] = {
    {OST_E_STATE, 400, "This login cannot be finished here",
     "It was begun in another browser, has been used already, or took too long. Sign in again."},
    {OST_E_EXPIRED, 400, "This login has run out",
     "The provider no longer accepts it. Sign in again."},
    {OST_E_FORMAT, 400, "This is not an answer to a login", "The link is incomplete or damaged."},
    {OST_E_ISSUER, 400, "This login comes from somewhere else",
     "The answer is not from the provider that this API trusts. Nobody has been signed in."},
    {OST_E_AUDIENCE, 403, "Your login does not include this API",
     "The provider has signed you in, but not for this API. Its operator needs to add this API to "
     "the audience of the client's access tokens."},
    {OST_E_CEILING, 500, "Your login is too large",
     "The provider's tokens are larger than a browser's cookies can hold. Tell the people who run "
     "this API."},
    {OST_E_TIMEOUT, 503, "Login is not possible right now",
     "The provider did not answer in time. Please try again in a moment."},
    {OST_E_BUSY, 503, "Login is not possible right now",
     "Too many people are signing in. Please try again in a moment."},
    {OST_E_TLS, 503, "Login is not possible right now",
     "The connection to the provider is not secure. Tell the people who run this API."},
};

/* What the provider's own refusals mean to a person (RFC 6749 §4.1.2.1, OpenID Connect Core
 * §3.1.2.6). */
static const char *meaning_of(const char *code)
{
    static const struct {
        const char *code, *text;
    } meanings[] = {
        {"access_denied", "You did not allow it, or are not allowed to."},
        {"login_required", "The provider wanted you to sign in, and you did not."},
        {"interaction_required", "The provider wanted to ask you something first."},
        {"consent_required", "The provider wanted your consent first."},
        {"temporarily_unavailable", "The provider is busy. Please try again in a moment."},
        {"server_error", "Something went wrong at the provider. Please try again in a moment."},
    };
    for (size_t i = 0; i < ARRAY_LEN(meanings); i++) {
        if (strcmp(code, meanings[i].code) == 0)
            return meanings[i].text;
    }
    return "The provider refused the login. Tell the people who run this API.";
}

ost_login_notice ost_login_explain(ost_result result, const char *refusal)
{
    ost_login_notice notice = {
        .status = 502,
        .title = "You could not be signed in",
        .text =
            "The provider cannot be reached, or its answer cannot be used. Please try again in a "
            "moment; if it stays so, tell the people who run this API.",
    };
    for (size_t i = 0; i < ARRAY_LEN(failures); i++) {
        if (failures[i].result == result)
            notice = (ost_login_notice){failures[i].status, failures[i].title, failures[i].text};
    }
    if (refusal != NULL) {
        notice.status = 403;
        notice.text = meaning_of(refusal);
    }
    return notice;
}
