#include "labels.h"

#include <stdio.h>
#include <string.h>

#include "core/phone_title.h"

/* Kinds of phone that no title of a column names, as phone_title_plain writes them. */
static const char kinds[] =
    " arbeit b bureau buro c casa cellphone custom dienstlich dom domicile dum fixed fixedline "
    "fixedvoip geschaftlich googlevoice h hem hjem jobb koti l lavoro lakas m maison mobilework "
    "munka nonfixedvoip oficina other otro outro altro andere annat autre inny p particular praca "
    "praxis privat prive privato residencial school sonstige thuis trabajo trabalho travail ty "
    "ufficio unknown voice voip w werk wireless work arbete arbejde дом домашнии рабочии ";

/* Without "Value", as in "Phone 1 - Value", or "Number". */
static size_t without_end(const char *plain, size_t n)
{
    static const char *const ends[] = {"value", "number"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        size_t end = strlen(ends[i]);
        if (n > end && memcmp(plain + n - end, ends[i], end) == 0) return n - end;
    }
    return n;
}

/* "phone1label" for "phone1value", "preferredphonetype" for "preferredphone", "phonenumbertype" and "phonetype" for "phonenumber". */
static bool is_label_of(struct slice title, const char *phone, size_t n)
{
    char plain[PHONE_TITLE_PLAIN_BYTES];
    struct slice rest = slice_make(plain, phone_title_plain(title, plain));
    if (slice_ends(rest, "label"))
        rest.n -= strlen("label");
    else if (slice_ends(rest, "type"))
        rest.n -= strlen("type");
    else
        return false;
    return slice_eq(rest, slice_make(phone, n)) ||
           slice_eq(rest, slice_make(phone, without_end(phone, n)));
}

void import_labels_begin(struct import_labels *l, const struct import_header *h)
{
    char phone[PHONE_TITLE_PLAIN_BYTES];
    size_t n = phone_title_plain(h->titles[h->phone], phone), k = 0;
    while (k < h->width && (k == h->phone || n == 0 || !is_label_of(h->titles[k], phone, n)))
        k++;
    *l = (struct import_labels){.column = k};
}

static bool is_kind(struct slice label)
{
    char title[IMPORT_LABEL_BYTES + 8], plain[PHONE_TITLE_PLAIN_BYTES],
        between[PHONE_TITLE_PLAIN_BYTES + 3];
    int n = snprintf(title, sizeof title, "phone %.*s", SLICE_ARG(label));
    if (phone_title_rank(slice_make(title, (size_t)n)) != PHONE_TITLE_NONE) return true;
    n = (int)phone_title_plain(label, plain);
    (void)snprintf(between, sizeof between, " %.*s ", n, plain);
    return n > 0 && strstr(kinds, between) != NULL;
}

bool import_labels_doubt(struct import_labels *l, const struct import_header *h,
                         const struct csv_record *rec, struct slice *ret_label)
{
    if (l->column == h->width) return false;
    struct slice label = slice_trim(import_header_cell(h, rec, l->column));
    if (label.n == 0 || slice_is(label, l->fine)) return false;
    *ret_label = label;
    if (label.n >= sizeof l->fine || !is_kind(label)) return true;
    (void)snprintf(l->fine, sizeof l->fine, "%.*s", SLICE_ARG(label));
    return false;
}
