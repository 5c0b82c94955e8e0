/* SPDX-License-Identifier: Apache-2.0 */
/* Giving up what is not needed; see signing_jail.h. */
#include "provider/signing/signing_jail.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/array.h"

#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define FILTER_ARCHITECTURE 0
#elif defined __x86_64__
#define FILTER_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined __aarch64__
#define FILTER_ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#define FILTER_ARCHITECTURE 0
#endif

/* ---- files ---- */

/* Every right that the first version knows is handled, and none is granted. */
static bool give_up_files(void)
{
    const struct landlock_ruleset_attr rules = {.handled_access_fs =
                                                    (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1};
    int fd = (int)syscall(SYS_landlock_create_ruleset, &rules, sizeof rules, 0);
    if (fd < 0)
        return false;
    bool done = syscall(SYS_landlock_restrict_self, fd, 0) == 0;
    close(fd);
    return done;
}

ost_result signing_jail_prepare(signing_jail *ret_jail)
{
    const struct rlimit none = {0};
    signing_jail jail = {0};
    prctl(PR_SET_NAME, "ostiary-signing", 0, 0, 0);
    if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 ||
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return OST_E_SYSTEM;
    jail.landlock = give_up_files();
    *ret_jail = jail;
    return OST_OK;
}

/* ---- memory ---- */

/* What comes later is locked as well where that can never fail for want of a limit. */
static bool lock_memory(void)
{
    struct rlimit limit = {0};
    bool unlimited = getrlimit(RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_cur == RLIM_INFINITY;
    return mlockall(unlimited ? MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT
                              : MCL_CURRENT | MCL_ONFAULT) == 0;
}

/* ---- system calls ---- */

#define LOAD(member) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, member))
#define EQUALS(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), (yes), (no))
#define HAS(bits, yes, no) BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, (bits), (yes), (no))
#define ANSWER(what) BPF_STMT(BPF_RET | BPF_K, (what))
#define ALLOW(number) EQUALS((number), 0, 1), ANSWER(SECCOMP_RET_ALLOW)
/* The third argument is the protection; both machines have little end first. */
#define ALLOW_UNLESS_CODE(number)                                                                  \
    EQUALS((number), 0, 4), LOAD(args[2]), HAS(PROT_EXEC, 0, 1), ANSWER(SECCOMP_RET_KILL_PROCESS), \
        ANSWER(SECCOMP_RET_ALLOW)

static ost_result filter_calls(void)
{
    static const struct sock_filter steps[] = {
        LOAD(arch),
        EQUALS(FILTER_ARCHITECTURE, 1, 0),
        ANSWER(SECCOMP_RET_KILL_PROCESS),
        LOAD(nr),
        ALLOW(SYS_recvfrom),
        ALLOW(SYS_sendto),
        ALLOW(SYS_futex),
        ALLOW(SYS_read),
        ALLOW(SYS_write),
        ALLOW(SYS_getrandom),
        ALLOW(SYS_clock_gettime),
        ALLOW(SYS_getpid), /* the cryptographic library looks whether it was forked */
        ALLOW(SYS_gettid),
        ALLOW(SYS_munmap),
        ALLOW(SYS_mremap),
        ALLOW(SYS_madvise),
        ALLOW(SYS_brk),
        ALLOW(SYS_sched_yield),
        ALLOW(SYS_sched_getaffinity), /* the allocator counts processors */
        ALLOW(SYS_rt_sigreturn),
        ALLOW(SYS_rt_sigprocmask),
        ALLOW(SYS_restart_syscall),
        ALLOW(SYS_exit),
        ALLOW(SYS_exit_group),
        ALLOW_UNLESS_CODE(SYS_mmap),
        ALLOW_UNLESS_CODE(SYS_mprotect),
        ANSWER(SECCOMP_RET_KILL_PROCESS),
    };
    const struct sock_fprog program = {.len = ARRAY_LEN(steps),
                                       .filter = (struct sock_filter *)(uintptr_t)steps};
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) == 0
               ? OST_OK
               : OST_E_SYSTEM;
}

ost_result signing_jail_close(signing_jail *jail)
{
    jail->locked = lock_memory();
    if (FILTER_ARCHITECTURE == 0)
        return OST_OK;
    ost_result result = filter_calls();
    jail->filtered = result == OST_OK;
    return result;
}
