/* Whatever the cell: no crash; what is taken is a plus and digits, in the order in which the cell
 * has them, and reads the same again. Titles and the numbering plan are asked on the way. */
#include "fuzz.h"

#include "core/phone_cell.h"
#include "core/phone_title.h"
#include "flow/list_number.h"
#include "core/number.h"

static void check_taken(const struct phone_text *t)
{
    check(t->n == strlen(t->digits));
    check(t->n > 0 && t->n < sizeof t->digits);
    for (size_t i = 0; i < t->n; i++)
        check((t->digits[i] >= '0' && t->digits[i] <= '9') || (i == 0 && t->digits[i] == '+'));
}

/* ASCII digits come in the order of the cell; digits of other scripts stand between them. The plus of
 * an address of WhatsApp's is not in the cell. */
static void check_order(struct slice cell, const struct phone_text *t)
{
    size_t at = t->digits[0] == '+' && !memchr(cell.p, '+', cell.n);
    for (size_t i = 0; i < cell.n && at < t->n; i++)
        at += cell.p[i] == t->digits[at];
    for (size_t i = 0; i < cell.n; i++)
        if (cell.p[i] & 0x80) return;
    check(at == t->n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const char *const countries[] = {"GB", "DE", "US", "BR", "AU", ""};
    struct slice cell = slice_make(data, n);
    struct phone_text once, again;
    uint64_t number = 0;
    (void)phone_title_rank(cell);
    check(n == 0 || phone_title_same(cell, cell));
    if (phone_cell_read(cell, &once) == PHONE_CELL_NUMBER) {
        check_taken(&once);
        check_order(cell, &once);
        enum phone_cell kind = phone_cell_read(slice_make(once.digits, once.n), &again);
        check(kind == PHONE_CELL_ROUNDED || strcmp(once.digits, again.digits) == 0);
    }
    for (size_t i = 0; i < COUNT_OF(countries); i++) {
        struct list_number l = {.country = countries[i]};
        if (list_number_read(&l, cell, &number) == IMPORT_FINE) check(number_is_valid(number));
    }
    return 0;
}
