/* SPDX-License-Identifier: Apache-2.0 */
/* What the build has embedded of web/page, and which fields there are. */
#ifndef PAGE_FILES_H
#define PAGE_FILES_H

#include "page/page_fields.h"

typedef enum page_kind {
    PAGE_IS_TEXT,
    PAGE_IS_FLAG,
    PAGE_IS_ADDRESS,
    PAGE_IS_TARGET,
    PAGE_IS_ROWS,
    PAGE_IS_CELL,
} page_kind;

typedef struct page_field_type {
    const char *name; /* as templates spell it */
    page_kind kind;
} page_field_type;
extern const page_field_type page_fields[PAGE_FIELDS];

typedef struct page_file {
    ost_text text;
    ost_text digest; /* SHA-256 in base64, for a Content-Security-Policy */
} page_file;

page_file page_frame(void); /* what stands around each template */
page_file page_style(void);
page_file page_menu(void); /* of languages */
page_file page_body(page_template template);
page_file page_script(page_template template); /* empty: it has none */

#endif
