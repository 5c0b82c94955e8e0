/* SPDX-License-Identifier: Apache-2.0 */
/* Progress on standard error; see progress.h. */
#include "cli/provider/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "base/context.h"
#include "cli/command.h"

#define ON_TERMINAL_MS 100
#define FIRST_MS 2000 /* elsewhere; what is quicker says nothing */
#define ELSEWHERE_MS 5000

/* On the terminal over what is there, elsewhere on a line of its own; true when it is due. */
static bool is_due(progress *p, bool terminal)
{
    int64_t now = monotonic_ms();
    if (p->next_ms == 0)
        p->next_ms = now + (terminal ? ON_TERMINAL_MS : FIRST_MS);
    if (now < p->next_ms)
        return false;
    p->next_ms = now + (terminal ? ON_TERMINAL_MS : ELSEWHERE_MS);
    return true;
}

void progress_tell_realms(progress *p, size_t done)
{
    bool terminal = isatty(STDERR_FILENO) == 1;
    if (done < 2 || !is_due(p, terminal)) /* one alone is told at the end */
        return;
    if (terminal)
        fprintf(stderr, "\r\033[Kostiary: %zu realms", done);
    else
        command_say("%zu realms so far", done);
}

static void tell(progress *p, const char *of, const char *what, size_t done, size_t count)
{
    bool terminal = isatty(STDERR_FILENO) == 1;
    if (count == 0 || !is_due(p, terminal))
        return;
    if (terminal)
        fprintf(stderr, "\r\033[Kostiary: %zu of %zu %s%s", done, count, of, what);
    else
        command_say("%zu of %zu %s%s", done, count, of, what);
}

void progress_tell(progress *p, const char *what, size_t done, size_t count)
{
    tell(p, "users ", what, done, count);
}

void progress_tell_rows(progress *p, const char *what, size_t done, size_t count)
{
    tell(p, "", what, done, count);
}

void progress_tell_upgrade(progress *p, int number, const char *title, int64_t seconds,
                           uint64_t written, uint64_t size)
{
    static const char format[] = "the store becomes schema %d (%s): %lld s, %llu MiB written, of a "
                                 "store of %llu MiB";
    char line[256];
    bool terminal = isatty(STDERR_FILENO) == 1;
    if (!is_due(p, terminal))
        return;
    snprintf(line, sizeof line, format, number, title, (long long)seconds,
             (unsigned long long)written, (unsigned long long)size);
    if (terminal)
        fprintf(stderr, "\r\033[Kostiary: %s", line);
    else
        command_say("%s", line);
}

void progress_clear(progress *p)
{
    if (p->next_ms != 0 && isatty(STDERR_FILENO) == 1)
        fputs("\r\033[K", stderr);
    p->next_ms = 0;
}
