/* SPDX-License-Identifier: Apache-2.0 */
/* Fills templates in:
 *   {{field}}              the value, escaped; there is no other way
 *   {{#field}}…{{/field}}  when it is there: a text or an address that is not empty, a flag that is
 *                          set; for rows, once for each
 *   {{^field}}…{{/field}}  when it is not
 *   {{.key}}               the message of that key in the page's language, escaped
 *   {{@key}}…{{/key}}      the same, with what stands between in the place of its {0}
 *   {{>content}} {{>languages}} {{>page_style}} {{>page_script}}  files of web/page, whose content
 *                          is ours */
#ifndef PAGE_FILL_H
#define PAGE_FILL_H

#include "base/buffer.h"
#include "page/page_fields.h"

/* Appends the page in its frame. Errors stick to the buffer. OST_E_FORMAT: a template has a mistake
 * (no value can make one); OST_E_MEMORY. */
OST_MUST_CHECK ost_result page_fill(const page *page, ost_arena *arena, buffer *to);

/* The same for a template of one's own, without the frame. */
OST_MUST_CHECK ost_result page_fill_template(ost_text source, const page *page, ost_arena *arena,
                                             buffer *to);

#endif
