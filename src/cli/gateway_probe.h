#pragma once
/* One account of muster.yaml, looked at from this machine. */
#include "app/config.h"
#include "base/buf.h"

/* Reads the provider's file, binds the account to it, and opens a TCP connection to where messages
 * would go; nothing is asked of the provider. `where` gets "Twilio at https://api.twilio.com".
 * Errors say what to mend. */
int gateway_probe(const struct config *config, const struct config_gateway *g, struct buf *where,
                  struct err *e) MUST_USE;
