/* SPDX-License-Identifier: Apache-2.0 */
/* What browsers say of themselves: every word ends within its room, is printable, and is there. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "provider/session/user_agent.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require_word(const char word[USER_AGENT_WORD])
{
    size_t len = strnlen(word, USER_AGENT_WORD);
    if (len == 0 || len == USER_AGENT_WORD)
        abort();
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)word[i] < 0x20 || (unsigned char)word[i] == 0x7f)
            abort();
    }
    if (!text_is_utf8(text_of(word)))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    user_agent agent;
    user_agent_read(text_of_bytes(data, size), &agent);
    require_word(agent.browser);
    require_word(agent.os);
    require_word(agent.version);
    require_word(agent.device);
    if (strchr(agent.browser, '/') == NULL)
        abort();
    return 0;
}
