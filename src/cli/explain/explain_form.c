/* SPDX-License-Identifier: Apache-2.0 */
/* See explain_form.h. */
#include "cli/explain/explain_form.h"

#include <string.h>

#include "base/array.h"
#include "base/text.h"

#define MISTAKE(what, how) ((explain_mistake){OST_TEXT(what), OST_TEXT(how)})

static bool holds(ost_text text, const char *word)
{
    return text_contains(text, text_of(word));
}

static bool starts_ignoring_case(ost_text text, const char *prefix)
{
    return text_equal_ignoring_case(text_slice(text, 0, strlen(prefix)), text_of(prefix));
}

static bool is_any(ost_text text, const char *const *words)
{
    for (; *words != NULL; words++) {
        if (text_equal_ignoring_case(text, text_of(*words)))
            return true;
    }
    return false;
}

/* Not even an attempt at a token: what a client or a script sends when it has none. */
static explain_mistake find_absence(ost_text token)
{
    static const char *const words[] = {
        "undefined", "null", "none", "nil", "true", "false", "nan", "[object Object]", NULL};
    if (token.len == 0)
        return MISTAKE("nothing", "Did the command that should have written the token fail?");
    if (is_any(token, words))
        return MISTAKE("a word that stands for no value",
                       "The client sends a variable that has no value: it has not got its token "
                       "yet, or reads it from the wrong member of the answer (access_token).");
    if (text_starts(token, "$") || text_starts(token, "{{") || text_starts(token, "%("))
        return MISTAKE("a placeholder", "Nothing was put in the place of the variable: is it set, "
                                        "and written as this shell or tool wants it?");
    if (text_starts(token, "<"))
        return MISTAKE("HTML or XML", "It is an error page, a login page or SAML. Look at what the "
                                      "token endpoint answers.");
    return MISTAKE("", "");
}

static explain_mistake find_wrapping(ost_text token)
{
    if (starts_ignoring_case(token, "authorization:"))
        return MISTAKE("a whole header field",
                       "Give the token by itself: what comes after \"Bearer \".");
    if (starts_ignoring_case(token, "bearer ") || starts_ignoring_case(token, "dpop "))
        return MISTAKE("the scheme (Bearer, DPoP) before the token",
                       "Leave it out here. If the API is sent this as the token, the client "
                       "writes the scheme twice (Authorization: Bearer Bearer …).");
    if (starts_ignoring_case(token, "basic "))
        return MISTAKE("a name and a password (Basic)",
                       "The client must send an access token, by the scheme Bearer.");
    if (text_starts(token, "{") && holds(token, "\"access_token\""))
        return MISTAKE("the whole answer of the token endpoint",
                       "The token is its member access_token (jq -r .access_token).");
    if (text_starts(token, "{") && holds(token, "\"error\""))
        return MISTAKE("an error of the token endpoint", "It gave no token. Its error and "
                                                         "error_description tell why.");
    if (text_starts(token, "{"))
        return MISTAKE("JSON", "Access tokens are in the compact form: three parts with dots "
                               "between them.");
    if (memchr("\"'`", token.data[0], 3) != NULL ||
        memchr("\"'`", token.data[token.len - 1], 3) != NULL)
        return MISTAKE("quotes around the token", "Leave them out (jq -r writes none).");
    return MISTAKE("", "");
}

/* Bytes that have come in on the way. */
static explain_mistake find_damage(ost_text token)
{
    for (size_t i = 0; i < token.len; i++) {
        if (memchr(" \t\r\n", token.data[i], 4) != NULL)
            return MISTAKE("white space within the token",
                           "Terminals, mail and YAML break long lines. Join it again "
                           "(tr -d ' \\r\\n').");
    }
    if (text_ends(token, "...") || holds(token, "…"))
        return MISTAKE("a token that was shortened",
                       "Logs and browsers show tokens cut short. Take it from where it is whole.");
    for (size_t i = 0; i < token.len; i++) {
        if ((unsigned char)token.data[i] < 0x21 || (unsigned char)token.data[i] > 0x7E)
            return MISTAKE("bytes that are not ASCII",
                           "Tokens are plain ASCII. An editor or a word processor has put in a "
                           "byte order mark, typographic quotes or the like.");
    }
    if (holds(token, "%2E") || holds(token, "%2e") || holds(token, "%3D") || holds(token, "%3d"))
        return MISTAKE("a token in percent-encoding",
                       "Decode it, and do not encode tokens for header fields.");
    if (text_starts(token, "ZXlK"))
        return MISTAKE("a token that was encoded in base64 once more",
                       "Decode it once (base64 -d). Kubernetes secrets, for one, are shown so.");
    return MISTAKE("", "");
}

/* A token, but not one that can be read. */
static explain_mistake find_kind(ost_text token)
{
    size_t dots = text_count(token, '.');
    if (dots == 4)
        return MISTAKE("five parts: an encrypted token",
                       "Have the issuer send signed tokens to this API, or give the guard the "
                       "private key (decryption_keys). A lone encrypted token proves nothing.");
    if (text_starts(token, "eyJ") && dots < 2)
        return MISTAKE("the beginning of a signed token",
                       "Its end is missing: it was cut off on its way, or copied in part.");
    if (text_starts(token, "eyJ") && dots == 2 && text_ends(token, "."))
        return MISTAKE("a token without a signature",
                       "Nobody has signed it (alg none), or somebody has cut the signature off. "
                       "Anybody may have written it.");
    if (dots == 2 && (holds(token, "=") || holds(token, "+") || holds(token, "/")))
        return MISTAKE(
            "base64 in the place of base64url",
            "RFC 7515 wants - and _ for + and /, and no = at the ends. The program that wrote "
            "this token must use a library for JWTs.");
    if (dots == 0)
        return MISTAKE("an opaque token, of which its issuer alone knows what it says",
                       "Configure introspection for this issuer, or have it issue JWTs as access "
                       "tokens.");
    return MISTAKE("", "");
}

explain_mistake explain_form(ost_text token)
{
    static explain_mistake (*const finders[])(ost_text) = {find_absence, find_wrapping, find_damage,
                                                           find_kind};
    explain_mistake found = MISTAKE("", "");
    for (size_t i = 0; found.seen.len == 0 && i < ARRAY_LEN(finders); i++)
        found = finders[i](token);
    return found;
}
