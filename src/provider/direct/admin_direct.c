/* SPDX-License-Identifier: Apache-2.0 */
/* The admin API without a server; see admin_direct.h. */
#include "provider/direct/admin_direct.h"

#include "base/context.h"
#include "base/text.h"
#include "provider/admin/admin_call.h"
#include "provider/realm/document_limit.h"

static ost_result run(admin_call *a, const admin_match *match)
{
    if (match->route == NULL)
        return admin_refuse(a, match->known ? 405 : 404, "error", "HTTP 404 Not Found");
    if (match->route->run == NULL)
        return admin_refuse(a, 501, "error", "This operation of the admin API is not carried out");
    return admin_call_run(a, match->values[0].data != NULL, NULL);
}

ost_result admin_direct(store *s, http_method method, ost_text path, ost_text query, ost_text body,
                        ost_arena *arena, int *ret_status, ost_text *ret_body)
{
    admin_match match;
    const http_request request = {.method = method, .path = path, .query = query, .body = body};
    provider *p = ost_arena_alloc(arena, sizeof *p);
    if (p == NULL)
        return OST_E_MEMORY;
    *p = (provider){.store = s};
    logout_bell_init(&p->logouts_bell);
    admin_route_find(method, path, &match);
    call c = {.provider = p, .request = &request, .arena = arena, .base = "", .now = ost_now(NULL)};
    admin_call a = {.call = &c,
                    .route = match.route,
                    .path = path,
                    .values = match.values,
                    .rest = match.rest,
                    .asker = {.everything = true},
                    .rights = admin_right_over(&(admin_asker){.everything = true}, (ost_text){0}),
                    .arena = arena};
    ost_result result = http_form_read(query, arena, &a.query);
    if (result == OST_OK && match.takes_text)
        a.text = body;
    else if (result == OST_OK && body.len > 0)
        result = ost_json_read(body, &document_limits, arena, &a.body, NULL);
    if (result == OST_OK)
        result = run(&a, &match);
    logout_bell_free(&p->logouts_bell);
    if (result == OST_OK && a.status == 0)
        result = OST_E_STATE;
    if (result == OST_OK) {
        *ret_status = a.status;
        *ret_body = a.answer;
    }
    return result;
}
