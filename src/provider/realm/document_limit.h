/* SPDX-License-Identifier: Apache-2.0 */
/* How large a realm may be. */
#ifndef DOCUMENT_LIMIT_H
#define DOCUMENT_LIMIT_H

/* Bytes of a realm's document, as a file and as what is held of it in memory. */
#define DOCUMENT_MAX ((size_t)64 << 20)

#endif
