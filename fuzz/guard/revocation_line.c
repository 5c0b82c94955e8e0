/* SPDX-License-Identifier: Apache-2.0 */
/* Any line of a file of revocations: what is read is written the same way again. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "guard/status/revocation_file.h"

static void check(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ost_revocation what, again;
    ost_text line;
    ost_arena *arena = ost_arena_new((size_t)1 << 20);
    check(arena != NULL);
    if (revocation_line_read((ost_text){(const char *)data, size}, arena, &what) == OST_OK) {
        ost_result result = revocation_line_write(&what, arena, &line);
        /* Escapes may make it longer than a line may be. */
        check(result == OST_OK || result == OST_E_CEILING);
        if (result == OST_OK) {
            check(text_ends(line, "\n") && text_count(line, '\n') == 1);
            line.len--;
            check(revocation_line_read(line, arena, &again) == OST_OK);
            check(what.kind == again.kind && text_equal(what.value, again.value));
            check(strcmp(what.issuer, again.issuer) == 0);
            check(what.not_before == again.not_before && what.until == again.until);
        }
    }
    ost_arena_free(arena);
    return 0;
}
