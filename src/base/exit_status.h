/* SPDX-License-Identifier: Apache-2.0 */
/* The exit statuses of our programs, as the man page lists them. */
#ifndef EXIT_STATUS_H
#define EXIT_STATUS_H

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

#endif
