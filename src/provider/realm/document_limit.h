/* SPDX-License-Identifier: Apache-2.0 */
/* How large a realm may be. */
#ifndef DOCUMENT_LIMIT_H
#define DOCUMENT_LIMIT_H

#include <ostiary/json.h>

/* Bytes of a realm's document, as a file and as what is held of it in memory. */
#define DOCUMENT_MAX ((size_t)64 << 20)

/* And of reading it, or a part of it, as JSON. */
static const ost_json_limits document_limits = {
    .max_bytes = DOCUMENT_MAX, .max_depth = 64, .max_values = (size_t)1 << 22};

#endif
