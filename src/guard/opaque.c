/* SPDX-License-Identifier: Apache-2.0 */
/* Choosing whom to ask; see opaque.h. */
#include "guard/opaque.h"

#include "base/ascii.h"
#include "base/text.h"

#define JWS_DOTS 2 /* RFC 7515 §3.1 */
#define JWE_DOTS 4 /* RFC 7516 §3.1 */

static bool overlap(const introspector *a, const introspector *b)
{
    const char *first = introspector_prefix(a), *second = introspector_prefix(b);
    if (first == NULL || second == NULL)
        return first == second;
    return text_starts(text_of(first), second) || text_starts(text_of(second), first);
}

ost_result opaque_check_issuers(const ost_guard *guard, ost_error *error)
{
    for (size_t k = 0; k < guard->issuer_count; k++) {
        const introspector *later = guard->issuers[k]->introspector;
        if (guard->issuer_count > 1 && guard->issuers[k]->source.no_keys &&
            introspector_prefix(later) == NULL) {
            return ost_error_set(error, OST_E_CONFIG,
                                 "issuer %.80s would be shown the tokens of the others: name the "
                                 "prefix of its own",
                                 guard->issuers[k]->source.name);
        }
        for (size_t before = 0; before < k; before++) {
            const introspector *earlier = guard->issuers[before]->introspector;
            if (later != NULL && earlier != NULL && overlap(later, earlier)) {
                return ost_error_set(error, OST_E_CONFIG,
                                     "issuers %.80s and %.80s: tell by token prefixes which of "
                                     "them is asked about a token",
                                     guard->issuers[before]->source.name,
                                     guard->issuers[k]->source.name);
            }
        }
    }
    return OST_OK;
}

/* Base64url of '{' and whatever follows it: nothing else begins a header. */
static bool begins_like_a_header(ost_text token)
{
    char second = token.len > 1 ? token.data[1] : '\0';
    return token.len > 1 && token.data[0] == 'e' &&
           ((second >= 'w' && second <= 'z') || ascii_is_digit(second) || second == '-' ||
            second == '_');
}

static bool is_for_us_to_judge(const ost_guard *guard, ost_text token)
{
    size_t dots = text_count(token, '.');
    return begins_like_a_header(token) &&
           (dots == JWS_DOTS || (dots == JWE_DOTS && guard->decryption_keys != NULL));
}

bool opaque_find(const ost_guard *guard, ost_text token, size_t *ret_issuer)
{
    const issuer *chosen = NULL;
    size_t index = 0;
    for (size_t k = 0; k < guard->issuer_count; k++) {
        const issuer *i = guard->issuers[k];
        const char *prefix = i->introspector != NULL ? introspector_prefix(i->introspector) : NULL;
        bool fits = prefix != NULL && text_starts(token, prefix);
        bool takes_the_rest = i->introspector != NULL && prefix == NULL && chosen == NULL;
        if (fits || takes_the_rest) {
            chosen = i;
            index = k;
        }
        if (fits)
            break;
    }
    if (chosen == NULL || (!chosen->source.no_keys && is_for_us_to_judge(guard, token)))
        return false;
    *ret_issuer = index;
    return true;
}
