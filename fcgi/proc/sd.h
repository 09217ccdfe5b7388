#ifndef CVN_PROC_SD_H
#define CVN_PROC_SD_H
/*
 * What a service tells systemd: a datagram to the socket that NOTIFY_SOCKET names.
 * Nothing of systemd is linked.
 */
#include <stdbool.h>
#include <stdint.h>

/* words: "READY=1", "STOPPING=1", "WATCHDOG=1". False: socket is NULL (nobody asked), or nobody takes it. */
bool sd_say(const char *socket, const char *words);

/*
 * How often to say WATCHDOG=1, in milliseconds: half of WATCHDOG_USEC, where WATCHDOG_PID (may
 * be NULL) is ours. 0: nobody watches.
 */
int64_t sd_watchdog_ms(const char *usec, const char *pid);

#endif
