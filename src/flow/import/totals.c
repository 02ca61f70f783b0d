/* In small lists the sum of two numbers has as many digits as they have, and the mean of a list has so in each: in Denmark almost
 * any eight digits are somebody's. */
#include "totals.h"

#include "base/ascii.h"
#include "core/phone_title.h"

enum { WORD_BYTES_MAX = 40 };

/* As phone_title_plain writes them. Not "min" and "max": those are numbers of the list, and names. */
static const char *const words[] = {
    "sum",        "sums",         "total",       "totals",       "subtotal",   "grandtotal",
    "sumtotal",   "average",      "avg",         "meanvalue",    "summe",      "zwischensumme",
    "gesamt",     "gesamtsumme",  "insgesamt",   "durchschnitt", "mittelwert", "somme",
    "soustotal",  "totalgeneral", "moyenne",     "suma",         "promedio",   "soma",
    "totalgeral", "somma",        "totale",      "media",        "totaal",     "subtotaal",
    "eindtotaal", "gemiddelde",   "razem",       "lacznie",      "ogolem",     "srednia",
    "toplam",     "ortalama",     "totalt",      "ialt",         "gennemsnit", "gjennomsnitt",
    "summa",      "medelvarde",   "yhteensa",    "keskiarvo",    "osszesen",   "celkem",
    "spolu",      "cyfanswm",     "cyfartaledd", "jumlah",       "итого",      "всего",
    "сумма",      "среднее",      "разом",       "усього",       "всього",     "сума",
    "المجموع",    "الاجمالي",     "סהכ",         "合计",         "合計",       "总计",
    "総計",       "συνολο"};

/* Most rows hold a name here, so that this is asked often: ASCII is folded by hand. */
static size_t plain(struct slice cell, char out[PHONE_TITLE_PLAIN_BYTES])
{
    size_t n = 0;
    for (size_t i = 0; i < cell.n; i++) {
        if (cell.p[i] & 0x80) return phone_title_plain(cell, out);
        if (ascii_is_letter(cell.p[i]))
            out[n++] = ascii_lower(cell.p[i]);
        else if (ascii_is_digit(cell.p[i]))
            return 0;
    }
    return n;
}

static bool says_total(struct slice cell)
{
    char out[PHONE_TITLE_PLAIN_BYTES];
    return cell.n <= WORD_BYTES_MAX &&
           slice_index(slice_make(out, plain(cell, out)), words, COUNT_OF(words)) >= 0;
}

bool import_totals_is(const struct import_header *h, const struct csv_record *rec,
                      struct slice *ret_word)
{
    size_t others = 0;
    struct slice number = slice_trim(import_header_cell(h, rec, h->phone));
    if (number.n == 0 || number.p[0] == '+') return false; /* no spreadsheet counts to a plus */
    for (size_t k = 0; k < h->width; k++) {
        struct slice cell = k == h->phone ? SLICE_NONE : slice_trim(import_header_cell(h, rec, k));
        if (cell.n == 0) continue;
        if (++others > 1) return false;
        *ret_word = cell;
    }
    return others == 1 && says_total(*ret_word);
}
