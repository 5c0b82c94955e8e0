/* SPDX-License-Identifier: Apache-2.0 */
/* QR codes (ISO/IEC 18004) for pages, by libqrencode. */
#ifndef QR_PICTURE_H
#define QR_PICTURE_H

#include <ostiary/types.h>

#define QR_TEXT_MAX 666 /* bytes: what a telephone reads from a screen without trouble */
#define QR_QUIET 4      /* modules around it that stay light */

/* The path of an SVG that draws a code of the text (error correction level M), one unit a module,
 * in a box of *ret_side with the quiet zone; in the arena. OST_E_CEILING: more than QR_TEXT_MAX
 * bytes; OST_E_ARGUMENT: none; OST_E_MEMORY. Any thread. */
OST_MUST_CHECK ost_result qr_picture(ost_text text, ost_arena *arena, ost_text *ret_path,
                                     unsigned *ret_side);

#endif
