/* SPDX-License-Identifier: Apache-2.0 */
/* Answers that are none; see issuer_document.h. */
#include "guard/keys/issuer_document.h"

#include <string.h>

#include "base/array.h"
#include "base/json/other_format.h"
#include "base/shown.h"
#include "base/text.h"

#define URL_SHOWN 110 /* with the longest words there still is room for what is wrong */

#define WELL_KNOWN "/.well-known/"

/* A wrong path is the usual slip: that of a realm is forgotten, or is of another version, or the
 * whole address of the document was taken for the issuer. */
static const char *path_hint(issuer_document kind, const char *url)
{
    if (kind != ISSUER_DISCOVERY)
        return "";
    const char *known = strstr(url, WELL_KNOWN);
    if (known != NULL && strstr(known + 1, WELL_KNOWN) != NULL)
        return "; the issuer's URL ends before /.well-known";
    if (strstr(url, "/auth/realms/") != NULL)
        return "; is the realm's name right, and is /auth wanted (Keycloak: until 16)?";
    if (strstr(url, "/realms/") != NULL)
        return "; is the realm's name right, or is /auth missing before /realms?";
    return "; is a path missing from the issuer's URL, such as /realms/NAME?";
}

/* By what the TLS library and libcurl say. */
static const char *transfer_hint(const net_response *response)
{
    static const struct {
        const char *said, *hint;
    } hints[] = {
        {"self-signed", "; is its authority in the CA file?"},
        {"self signed", "; is its authority in the CA file?"},
        {"issuer certificate", "; is its authority in the CA file?"},
        {"wrong version number", "; does it speak plain http there?"},
        {"packet length too long", "; does it speak plain http there?"},
        {"HTTP/0.9", "; does it speak https there?"},
    };
    for (size_t i = 0; i < ARRAY_LEN(hints); i++) {
        if (strstr(response->detail, hints[i].said) != NULL)
            return hints[i].hint;
    }
    return "";
}

ost_result issuer_document_untransferred(const net_response *response, ost_error *error)
{
    if (response->result == OST_E_REDIRECT && response->redirect[0] != '\0')
        return ost_error_set(error, OST_E_REDIRECT,
                             "a redirect to %.*s was answered, and none is followed",
                             SHOWN(text_of(response->redirect), 80));
    return ost_error_set(error, response->result, "%s%s", response->detail,
                         transfer_hint(response));
}

ost_result issuer_document_check(issuer_document kind, const char *url,
                                 const net_response *response, ost_error *error)
{
    long status = response->status;
    ost_text body = text_trim_lines(response->body);
    if (response->result != OST_OK)
        return issuer_document_untransferred(response, error);
    if (status != 200)
        return ost_error_set(error, OST_E_REMOTE, "status %ld%s", status,
                             status == 404 || status == 410 ? path_hint(kind, url) : "");
    if (body.len == 0)
        return ost_error_set(error, OST_E_REMOTE, "the answer is empty");
    if (body.data[0] == '<')
        return ost_error_set(error, OST_E_REMOTE, "the answer is HTML or XML, not JSON%s",
                             path_hint(kind, url));
    ost_text other = text_of(other_format(body));
    if (other.len > 0) /* of what it is alone: what follows is about files */
        return ost_error_set(error, OST_E_REMOTE, "%.*s", (int)text_find(other, ':', 0),
                             other.data);
    return OST_OK;
}

/* Whether one is the other and a slash. */
static bool has_slash_more(ost_text longer, ost_text shorter)
{
    return longer.len == shorter.len + 1 && longer.data[shorter.len] == '/' &&
           text_equal(text_slice(longer, 0, shorter.len), shorter);
}

ost_result issuer_document_misnamed(ost_text named, const char *expected, ost_error *error)
{
    const char *advice = "if tokens name that one, configure it, and this as its discovery URL";
    if (has_slash_more(named, text_of(expected)))
        advice = "configure it with the slash at its end, which counts";
    else if (has_slash_more(text_of(expected), named))
        advice = "configure it without a slash at its end, which counts";
    return ost_error_set(error, OST_E_ISSUER, "its issuer is \"%.*s\"; %s", SHOWN(named, 64),
                         advice);
}

ost_result issuer_document_fail(issuer_document kind, const char *url, ost_result result,
                                const ost_error *why, ost_error *error)
{
    static const char *const names[] = {[ISSUER_DISCOVERY] = "discovery",
                                        [ISSUER_KEYS] = "key set",
                                        [ISSUER_INTROSPECTION] = "introspection",
                                        [ISSUER_STATUS_LIST] = "status list"};
    ost_text address = text_of(url);
    address = text_slice(address, 0, text_find(address, '?', 0));
    return ost_error_set(error, result, "%s: %.*s: %s", names[kind], SHOWN(address, URL_SHOWN),
                         why->detail);
}
