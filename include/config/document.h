#pragma once
/* The keys of muster.yaml as a table for people: key, value, default, what (Markdown). */
#include "base/buf.h"

void config_document(struct buf *out); /* appends */
