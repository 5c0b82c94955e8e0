/* SPDX-License-Identifier: Apache-2.0 */
/* A client's own metadata: what is accepted has redirect URIs that no browser runs and that have no
 * fragment and no wildcard, links to the web, logouts by https, and is encrypted for keys alone. */
#include <stdlib.h>

#include "base/array.h"
#include "base/text.h"
#include "one_realm.h"
#include "provider/registration/client_metadata.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool held)
{
    if (!held)
        abort();
}

static void check_uris(const ost_text *uris, size_t count)
{
    require(count <= METADATA_URIS_MAX);
    for (size_t i = 0; i < count; i++) {
        ost_text scheme = text_slice(uris[i], 0, text_find(uris[i], ':', 0));
        require(scheme.len > 0 && scheme.len < uris[i].len);
        require(text_find(uris[i], '#', 0) == uris[i].len);
        require(text_find(uris[i], '*', 0) == uris[i].len);
        require(!text_equal_ignoring_case(scheme, OST_TEXT("javascript")));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    call *c = one_realm_call();
    const ost_json *document;
    client_metadata m;
    if (ost_json_read((ost_text){(const char *)data, size}, NULL, c->arena, &document, NULL) !=
        OST_OK)
        return 0;
    if (!client_metadata_read(c, document, &m)) {
        require(c->error.status == 400 && c->error.error != NULL);
        return 0;
    }
    require(c->error.status == 0);
    check_uris(m.redirect_uris, m.redirect_count);
    check_uris(m.post_logout_uris, m.post_logout_count);
    const ost_text links[] = {m.client_uri, m.logo_uri, m.policy_uri, m.tos_uri, m.jwks_uri};
    for (size_t i = 0; i < ARRAY_LEN(links); i++)
        require(links[i].len == 0 || text_starts(links[i], "http"));
    const ost_text logouts[] = {m.logout.back_uri, m.logout.front_uri};
    for (size_t i = 0; i < ARRAY_LEN(logouts); i++)
        require(logouts[i].len == 0 || text_starts(logouts[i], "https://"));
    require(m.logout.front_uri.len == 0 || m.redirect_count > 0);
    for (size_t i = 0; i < ANSWER_METADATA_COUNT; i++) {
        require(!text_is(m.answers.values[i], "none"));
        require(!text_starts(m.answers.values[i], "RSA-OAEP") || m.jwks.len > 0 ||
                m.jwks_uri.len > 0);
    }
    require(m.ciba.notified.len == 0 || text_starts(m.ciba.notified, "https://"));
    require(!text_is(m.ciba.mode, "ping") || m.ciba.notified.len > 0);
    require(m.public_client == text_is(m.auth_method, "none"));
    require(m.jwks.len == 0 || m.jwks_uri.len == 0);
    require(!text_is(m.auth_method, "private_key_jwt") || m.jwks.len > 0 || m.jwks_uri.len > 0);
    return 0;
}
