/* SPDX-License-Identifier: Apache-2.0 */
/* Fields by which a client would be taken for somebody else, or its request for another one, behind
 * a proxy that hands them on. */
#ifndef GATE_SMUGGLED_H
#define GATE_SMUGGLED_H

#include "gate/gate_rules.h"
#include "http/http.h"

/* NULL, or why the request is refused (a static sentence): an identity field, whatever its hyphens
 * are; an upgrade to something else than a WebSocket; where rules look at paths, one that some
 * applications take for the path, or for a part of it that is not theirs; where they look at
 * methods, one that some take for the method, and it says another one. */
const char *gate_smuggled(const http_request *request, const gate_site *site,
                          const gate_rules *rules, ost_text method);

#endif
