/* SPDX-License-Identifier: Apache-2.0 */
/* What an issuer answers where its discovery document, its key set, a status list or the answer to
 * a question should be: whoever has to mend it is told which address was asked, and what that
 * address may lack. */
#ifndef ISSUER_DOCUMENT_H
#define ISSUER_DOCUMENT_H

#include "net/net.h"

typedef enum issuer_document {
    ISSUER_DISCOVERY,
    ISSUER_KEYS,
    ISSUER_INTROSPECTION,
    ISSUER_STATUS_LIST,
} issuer_document;

/* What became of a transfer that brought no answer, with what is likely wrong. Returns its result.
 */
ost_result issuer_document_untransferred(const net_response *response, ost_error *error);

/* Is it an answer that may be read as JSON? OST_E_REMOTE: another status than 200, or a page;
 * otherwise what became of the transfer. */
OST_MUST_CHECK ost_result issuer_document_check(issuer_document kind, const char *url,
                                                const net_response *response, ost_error *error);

/* OST_E_ISSUER, of a discovery document that names this issuer in place of the one that is
 * expected, and what to configure. */
ost_result issuer_document_misnamed(ost_text named, const char *expected, ost_error *error);

/* "discovery: URL: why", of an URL without its query, which may hold a secret. Returns `result`. */
ost_result issuer_document_fail(issuer_document kind, const char *url, ost_result result,
                                const ost_error *why, ost_error *error);

#endif
