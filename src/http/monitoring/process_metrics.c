/* SPDX-License-Identifier: Apache-2.0 */
/* Reads /proc/self; see process_metrics.h. */
#include "http/monitoring/process_metrics.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"

#define STAT_MAX 1024

/* Fields of /proc/self/stat behind the program's name, counted from the state, which is 0. */
#define FIELD_START 19
#define FIELD_VIRTUAL 20
#define FIELD_RESIDENT 21

static void append(buffer *to, const char *name, const char *type, const char *help, double value)
{
    buffer_append_format(to, "# HELP process_%s %s\n# TYPE process_%s %s\nprocess_%s %.15g\n", name,
                         help, name, type, name, value);
}

/* What stands behind the name, which may hold anything; empty: not to be had. */
static ost_text read_stat(char *ret, size_t size)
{
    int file = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
    ssize_t len = file >= 0 ? read(file, ret, size - 1) : -1;
    if (file >= 0)
        close(file);
    if (len <= 0)
        return (ost_text){0};
    ret[len] = '\0';
    const char *end = strrchr(ret, ')');
    return end != NULL && end[1] == ' ' ? text_of(end + 2) : (ost_text){0};
}

static bool read_field(ost_text stat, unsigned wanted, uint64_t *ret)
{
    ost_text field;
    for (unsigned at = 0; text_next(&stat, ' ', &field); at++) {
        if (at == wanted)
            return text_to_unsigned(field, UINT64_MAX, ret);
    }
    return false;
}

/* The kernel counts from its own start. */
static bool find_start(uint64_t ticks, double *ret_start)
{
    struct timespec now, up;
    long rate = sysconf(_SC_CLK_TCK);
    if (rate <= 0 || clock_gettime(CLOCK_REALTIME, &now) != 0 ||
        clock_gettime(CLOCK_BOOTTIME, &up) != 0)
        return false;
    double booted = (double)(now.tv_sec - up.tv_sec) + (double)(now.tv_nsec - up.tv_nsec) / 1e9;
    *ret_start = booted + (double)ticks / (double)rate;
    return true;
}

static bool count_descriptors(uint64_t *ret)
{
    DIR *folder = opendir("/proc/self/fd");
    uint64_t count = 0;
    if (folder == NULL)
        return false;
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(folder);
    *ret = count - 1; /* the folder itself was open */
    return true;
}

void process_metrics_append(buffer *to)
{
    char content[STAT_MAX];
    ost_text stat = read_stat(content, sizeof content);
    uint64_t number;
    double start;
    struct rusage used;
    struct rlimit limit;
    if (getrusage(RUSAGE_SELF, &used) == 0)
        append(to, "cpu_seconds_total", "counter", "Processor time of the process.",
               (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                   (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6);
    if (read_field(stat, FIELD_RESIDENT, &number))
        append(to, "resident_memory_bytes", "gauge", "Memory that is in use.",
               (double)number * (double)sysconf(_SC_PAGESIZE));
    if (read_field(stat, FIELD_VIRTUAL, &number))
        append(to, "virtual_memory_bytes", "gauge", "Address space.", (double)number);
    if (read_field(stat, FIELD_START, &number) && find_start(number, &start))
        append(to, "start_time_seconds", "gauge", "When the process began, since 1970.", start);
    if (count_descriptors(&number))
        append(to, "open_fds", "gauge", "Open descriptors.", (double)number);
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
        append(to, "max_fds", "gauge", "Descriptors at most.", (double)limit.rlim_cur);
}
