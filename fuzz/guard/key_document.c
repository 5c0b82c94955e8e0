/* SPDX-License-Identifier: Apache-2.0 */
/* What an issuer sends: any bytes as its discovery document ('d' first) or as its key set ('k'). A
 * bad one changes nothing. */
#include <stdlib.h>

#include "base/context.h"
#include "base/text.h"
#include "guard/issuer.h"

static void check(bool holds)
{
    if (!holds)
        abort();
}

static issuer *make_issuer(void)
{
    static const char *const audiences[] = {"myapi"};
    const ost_issuer config = {
        .issuer = "https://id.example.org", .audiences = audiences, .audience_count = 1};
    issuer *made;
    check(issuer_new(&config, NULL, NULL, &made, NULL) == OST_OK);
    return made;
}

static void read_discovery(const issuer *i, ost_text document)
{
    static char untouched[] = "";
    discovery found = {.jwks_url = untouched};
    ost_error error = {0};
    if (discovery_read(&i->source, document, &found, &error) != OST_OK) {
        check(found.jwks_url == untouched && error.code != OST_OK && error.detail[0] != '\0');
        return;
    }
    check(net_url_check(text_of(found.jwks_url), false) == OST_OK);
    check(found.introspection_url == NULL ||
          net_url_check(text_of(found.introspection_url), false) == OST_OK);
    memory_free(found.jwks_url);
    memory_free(found.introspection_url);
}

static void publish(issuer *i, ost_text document)
{
    const key_snapshot *before = atomic_load(&i->source.keys.current);
    uint64_t generation = before != NULL ? before->generation : 0;
    bool changed = false;
    ost_error error = {0};
    ost_result result = key_document_publish(&i->source, document, &changed, &error);
    const key_snapshot *after = atomic_load(&i->source.keys.current);
    if (result != OST_OK) {
        check(after == before && !changed && error.code != OST_OK);
        return;
    }
    check(after != NULL && ost_keyset_count(after->keys) > 0);
    check(changed == (after->generation != generation));
    for (size_t k = 0; k < ost_keyset_count(after->keys); k++)
        check(!ost_key_is_private(ost_keyset_at(after->keys, k)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static issuer *shared;
    if (shared == NULL)
        shared = make_issuer();
    if (size < 1 || size > 262144)
        return 0;
    const ost_text document = {(const char *)data + 1, size - 1};
    if (data[0] == 'k')
        publish(shared, document);
    else
        read_discovery(shared, document);
    return 0;
}
