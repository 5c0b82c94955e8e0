/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as what a provider answers: its discovery document, its tokens. What is taken from it
 * goes into headers and pages, so it must be plain. */
#include <stdlib.h>

#include "base/text.h"
#include "login/login_exchange.h"
#include "login/login_provider.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_be_url(const char *url)
{
    if (!text_starts(text_of(url), "http://") && !text_starts(text_of(url), "https://"))
        abort();
    for (; *url != '\0'; url++)
        if (*url <= ' ' || *url > '~' || *url == '"' || *url == '<' || *url == ';')
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ost_text body = {(const char *)data, size};
    ost_arena *arena = ost_arena_new(1 << 20);
    const login_endpoints *endpoints;
    login_tokens tokens;
    ost_error error;
    if (login_endpoints_read(body, "https://idp/", "https://idp", true, &endpoints, &error) ==
        OST_OK) {
        must_be_url(endpoints->authorization);
        must_be_url(endpoints->token);
        if (endpoints->end_session != NULL)
            must_be_url(endpoints->end_session);
        login_provider_give(endpoints);
    }
    if (login_tokens_read(200, body, arena, &tokens, &error) == OST_OK &&
        (tokens.access_token.len == 0 || tokens.lifetime <= 0))
        abort();
    if (login_tokens_read(400, body, arena, &tokens, &error) == OST_OK)
        abort();
    ost_arena_free(arena);
    return 0;
}
