/* SPDX-License-Identifier: Apache-2.0 */
/* QR codes as paths; see qr_picture.h. */
#include "provider/action_page/qr_picture.h"

#include <errno.h>
#include <qrencode.h>

#include "base/buffer.h"

#define PATH_MAX_BYTES ((size_t)64 << 10)

static bool is_dark(const QRcode *code, unsigned row, unsigned column)
{
    return (code->data[row * (unsigned)code->width + column] & 1U) != 0;
}

/* A run of dark modules is one rectangle. */
static void draw(const QRcode *code, buffer *path)
{
    unsigned size = (unsigned)code->width;
    for (unsigned row = 0; row < size; row++) {
        for (unsigned column = 0; column < size; column++) {
            unsigned from = column;
            while (column < size && is_dark(code, row, column))
                column++;
            if (column > from)
                buffer_append_format(path, "M%u %uh%uv1H%uz", from + QR_QUIET, row + QR_QUIET,
                                     column - from, from + QR_QUIET);
        }
    }
}

ost_result qr_picture(ost_text text, ost_arena *arena, ost_text *ret_path, unsigned *ret_side)
{
    buffer_auto buffer path = {0};
    if (text.len > QR_TEXT_MAX)
        return OST_E_CEILING;
    if (text.len == 0)
        return OST_E_ARGUMENT;
    QRcode *code =
        QRcode_encodeData((int)text.len, (const unsigned char *)text.data, 0, QR_ECLEVEL_M);
    if (code == NULL)
        return errno == ENOMEM ? OST_E_MEMORY : OST_E_CEILING;
    buffer_init(&path, PATH_MAX_BYTES);
    draw(code, &path);
    unsigned side = (unsigned)code->width + 2 * QR_QUIET;
    QRcode_free(code);
    const char *copy =
        path.failed == OST_OK ? ost_arena_copy(arena, (ost_text){path.data, path.len}) : NULL;
    if (copy == NULL)
        return path.failed != OST_OK ? path.failed : OST_E_MEMORY;
    *ret_path = (ost_text){copy, path.len};
    *ret_side = side;
    return OST_OK;
}
