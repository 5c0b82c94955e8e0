/* SPDX-License-Identifier: Apache-2.0 */
/* Origins as browsers spell them (RFC 6454 §6.2): a scheme, a host, and a port where it is not the
 * scheme's own. They are compared byte by byte. */
#ifndef ORIGIN_H
#define ORIGIN_H

#include <ostiary/types.h>

/* http or https, a host name, an IPv4 address or an IPv6 address in brackets, all in lower case,
 * perhaps a port, and nothing else. *ret_origin is the part of `text` that a browser would send:
 * without a port that is the scheme's own. OST_E_ARGUMENT: that is no origin. */
OST_MUST_CHECK ost_result origin_read(ost_text text, ost_text *ret_origin);

/* The origin of what runs in a browser engine and came by no network: a page of Capacitor, Ionic or
 * Tauri ("capacitor://localhost"), of an extension ("chrome-extension://…") or of an editor. A
 * scheme that is not among these is more likely a slip of the pen. */
OST_MUST_CHECK bool origin_is_of_program(ost_text text);

#endif
