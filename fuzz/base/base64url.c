/* base64url: what decodes encodes back to exactly the same characters, so that no byte string has
 * two spellings; and every byte string makes the round. */
#include <stdlib.h>
#include <string.h>

#include "base64url.h"
#include "text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static unsigned char bytes[8192];
    static char text[16384];
    size_t len;
    if (size > 4096)
        return 0;
    if (base64url_decode((ost_text){(const char *)data, size}, bytes, &len) == OST_OK &&
        (base64url_encode(bytes, len, text) != size || memcmp(text, data, size) != 0))
        abort();
    if (base64_decode((ost_text){(const char *)data, size}, bytes, &len) == OST_OK &&
        (base64_encode(bytes, len, text) != size || memcmp(text, data, size) != 0))
        abort();
    size_t encoded = base64url_encode(data, size, text);
    if (base64url_decode((ost_text){text, encoded}, bytes, &len) != OST_OK || len != size ||
        memcmp(bytes, data, size) != 0)
        abort();
    return 0;
}
