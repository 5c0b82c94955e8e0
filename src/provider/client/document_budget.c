/* SPDX-License-Identifier: Apache-2.0 */
/* The budget of each host; see document_budget.h. */
#include "provider/client/document_budget.h"

#include "base/text.h"

/* The host's place, a free one, or that of the host that has been quiet for longest. */
static struct budget_host *find(document_budget *b, ost_text host)
{
    struct budget_host *oldest = &b->hosts[0];
    for (size_t i = 0; i < b->count; i++) {
        if (text_equal_ignoring_case(host, text_of(b->hosts[i].name)))
            return &b->hosts[i];
        if (b->hosts[i].counted < oldest->counted)
            oldest = &b->hosts[i];
    }
    if (b->count < BUDGET_HOSTS)
        oldest = &b->hosts[b->count++];
    oldest->name[0] = '\0';
    return oldest;
}

static unsigned burst_of(const document_budget *b)
{
    return b->burst > 0 ? b->burst : BUDGET_BURST;
}

static void refill(const document_budget *b, struct budget_host *h, int64_t now_ms)
{
    int64_t each = b->refill_ms > 0 ? b->refill_ms : BUDGET_REFILL_MS, burst = burst_of(b);
    int64_t more = (now_ms - h->counted) / each;
    if (more <= 0)
        return;
    h->left = more >= burst - (int64_t)h->left ? burst_of(b) : h->left + (unsigned)more;
    h->counted += more * each;
}

bool document_budget_take(document_budget *b, ost_text host, int64_t now_ms)
{
    struct budget_host *h = find(b, host);
    if (h->name[0] == '\0') {
        h->left = burst_of(b);
        h->counted = now_ms;
        if (host.len == 0 || !text_to_string(host, h->name, sizeof h->name))
            return false;
    }
    refill(b, h, now_ms);
    if (h->left == 0)
        return false;
    h->left--;
    return true;
}
