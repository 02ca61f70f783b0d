#include "io/qr.h"

#include <stdlib.h>

#include <qrencode.h>

#include "base/check.h"

enum { BORDER = 4 }; /* [modules] as ISO 18004 wants it */

bool qr_make(struct slice text, struct qr *ret)
{
    if (text.n == 0 || text.n > QR_TEXT_BYTES_MAX) return false;
    QRcode *code = QRcode_encodeData((int)text.n, (const unsigned char *)text.p, 0, QR_ECLEVEL_M);
    if (!code) return false;
    int side = code->width + 2 * BORDER;
    *ret = (struct qr){side, xcalloc((unsigned long)side, (unsigned long)side)};
    for (int y = 0; y < code->width; y++)
        for (int x = 0; x < code->width; x++)
            ret->dark[(y + BORDER) * side + x + BORDER] = code->data[y * code->width + x] & 1;
    QRcode_free(code);
    return true;
}

void qr_done(struct qr *q)
{
    free(q->dark);
    *q = (struct qr){0};
}

static bool dark(const struct qr *q, int x, int y)
{
    return y < q->side && q->dark[y * q->side + x];
}

/* A run of dark modules of one row at a time. */
void qr_path(const struct qr *q, struct buf *out)
{
    for (int y = 0; y < q->side; y++)
        for (int x = 0; x < q->side; x++) {
            int n = 0;
            while (x + n < q->side && dark(q, x + n, y))
                n++;
            if (n) buf_addf(out, "M%d %dh%dv1h-%dz", x, y, n, n);
            x += n;
        }
}

void qr_blocks(const struct qr *q, struct buf *out)
{
    static const char *const blocks[2][2] = {{" ", "▄"}, {"▀", "█"}}; /* [upper][lower] */
    for (int y = 0; y < q->side; y += 2) {
        buf_add_cstr(out, "\x1b[30;107m"); /* black on white */
        for (int x = 0; x < q->side; x++)
            buf_add_cstr(out, blocks[dark(q, x, y)][dark(q, x, y + 1)]);
        buf_add_cstr(out, "\x1b[0m\n");
    }
}
