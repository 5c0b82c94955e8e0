/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as the text of a name, and as a name of a certificate: what is written of the second
 * reads as the same. */
#include <stdlib.h>

#include <openssl/x509.h>

#include "base/text.h"
#include "provider/proof/distinguished_name.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    distinguished_name *read;
    ost_text text;
    if (size > 4096)
        return 0;
    ost_arena *arena = ost_arena_new((size_t)1 << 20);
    const unsigned char *at = data;
    X509_NAME *name = d2i_X509_NAME(NULL, &at, (long)size);
    if (distinguished_name_read((ost_text){(const char *)data, size}, arena, &read) == OST_OK &&
        name != NULL)
        (void)distinguished_name_is(read, name);
    if (name != NULL && distinguished_name_write(name, arena, &text) == OST_OK &&
        (distinguished_name_read(text, arena, &read) != OST_OK ||
         !distinguished_name_is(read, name)))
        abort();
    X509_NAME_free(name);
    ost_arena_free(arena);
    return 0;
}
