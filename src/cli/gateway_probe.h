#pragma once
/* One account of muster.yaml, looked at from this machine. */
#include "config/config.h"
#include "base/buf.h"

/* Reads the provider's file, binds the account to it, opens a TCP connection to where messages
 * would go, and asks the provider, where its description says how (`probe`), whether the account is
 * right; nothing is sent. `where` gets "Twilio at https://api.twilio.com, which knows the account".
 * Errors say what to mend. */
int gateway_probe(const struct config *config, const struct config_gateway *g, struct buf *where,
                  struct err *e) MUST_USE;
