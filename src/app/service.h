#pragma once
/* What the service manager is told: sd_notify(3)'s protocol, datagrams to the socket that
 * $NOTIFY_SOCKET names. Without one all of it is nothing. */
#include <stdint.h>

#include "base/check.h"

/* Lines such as "READY=1\nSTATUS=…"; what does not arrive is lost. */
void service_tell(const char *fmt, ...) PRINTF_LIKE(1, 2);
/* [us] a "WATCHDOG=1" is wanted at least that often; 0 = never. */
int64_t service_watchdog_us(void);
