#pragma once
/* QR codes (libqrencode): a link as a picture that a phone's camera reads. */
#include "base/buf.h"
#include "base/slice.h"

enum { QR_TEXT_BYTES_MAX = 512 };

/* The modules of a code with the quiet border that readers want, as they are drawn. */
struct qr {
    int side;            /* [modules] of the whole, border included */
    unsigned char *dark; /* side * side, 1 or 0; owned: qr_done */
};
/* False: the text is too long. Any bytes. */
bool qr_make(struct slice text, struct qr *ret);
void qr_done(struct qr *q);
/* What stands in the attribute `d` of an SVG path of black modules, each a unit wide. */
void qr_path(const struct qr *q, struct buf *out);
/* Lines of half blocks for a terminal, dark on light whatever its colours are. */
void qr_blocks(const struct qr *q, struct buf *out);
