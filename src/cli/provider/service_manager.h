/* SPDX-License-Identifier: Apache-2.0 */
/* What a service manager is told (sd_notify(3)): one datagram to the socket that NOTIFY_SOCKET
 * names. Without that variable nothing happens, and nobody is told that it failed: the manager's
 * own time-out says so. */
#ifndef SERVICE_MANAGER_H
#define SERVICE_MANAGER_H

/* Takes the variable, so that no child tells the manager anything. Once, before threads begin. */
void service_manager_find(void);

/* "READY=1". Any thread. */
void service_manager_tell(const char *state);

#endif
