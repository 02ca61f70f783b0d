/* A title is folded (compatibility forms, no accents, small letters) and cut into words. It names a
 * phone column when at least one word says so and every other word is one that may stand beside it:
 * "Phone type" and "Phone consent" are about a phone, and hold none. */
#include "core/phone_title.h"

#include "base/check.h"

#include <unicase.h>
#include <uninorm.h>
#include <unistr.h>
#include <unictype.h>

#include <stdlib.h>

enum { TITLE_BYTES_MAX = 120, FOLDED_BYTES = 4 * TITLE_BYTES_MAX };

/* Folded words, each between blanks, letters and digits only. */
struct folded {
    char text[FOLDED_BYTES + 3];
    size_t n;
};

/* Letters that are no accent on another, and yet are written without. */
static ucs4_t plain_letter(ucs4_t c)
{
    switch (c) {
    case 0x142: /* l with stroke */
        return 'l';
    case 0xf8: /* o with stroke */
        return 'o';
    case 0x131: /* dotless i */
        return 'i';
    default:
        return c;
    }
}

static void fold_char(struct folded *f, ucs4_t c)
{
    if (uc_is_general_category(c, UC_NON_SPACING_MARK) || uc_is_general_category(c, UC_FORMAT))
        return;
    bool word = uc_is_general_category(c, UC_LETTER) || uc_is_general_category(c, UC_NUMBER) ||
                uc_is_general_category(c, UC_MARK);
    if (!word) {
        if (f->text[f->n - 1] != ' ') f->text[f->n++] = ' ';
        return;
    }
    int bytes = u8_uctomb((uint8_t *)f->text + f->n, plain_letter(uc_tolower(c)),
                          (ptrdiff_t)(FOLDED_BYTES - f->n));
    if (bytes > 0) f->n += (size_t)bytes;
}

/* Too long a title says nothing. */
static struct folded fold(struct slice title)
{
    struct folded f = {.text = " ", .n = 1};
    uint8_t spread[FOLDED_BYTES];
    size_t n = sizeof spread;
    if (title.n == 0 || title.n > TITLE_BYTES_MAX) return f;
    uint8_t *out = u8_normalize(UNINORM_NFKD, (const uint8_t *)title.p, title.n, spread, &n);
    if (!out) return f; /* not UTF-8, or much longer than it was */
    for (size_t at = 0; at < n && f.n < FOLDED_BYTES - 8;) {
        ucs4_t c;
        at += (size_t)u8_mbtouc(&c, out + at, n - at);
        fold_char(&f, c);
    }
    if (out != spread) free(out);
    if (f.text[f.n - 1] != ' ') f.text[f.n++] = ' ';
    return f;
}

/* ---- the words, folded ---- */

static const char mobile_words[] =
    " "
    "mob mobilszam mobiltelefonszam mobiltelefonnummer cellphones الجوال الموبايل المحمول "
    "موبایل همراه 手机号 手机号码 手機 手機號碼 手提電話 行動電話 携帯電話 携帯番号 携帯電話番号 "
    "휴대폰 휴대전화 휴대폰번호 "
    "휴대전화번호 핸드폰 핸드폰번호 κινητο κινητου "
    "мобилен мобилни mobitel mobitela "
    "mobitelu mobilo mobilus mobiil mobiilinumber hp handphone "
    "mobile mobil mobilephone mobilenumber mobiletelephone mobilno mobileno cell "
    "cellphone cellnumber cellular handy handynummer handynr mobilnummer mobilnr "
    "mobiltelefon matkapuhelinnumero matkapuh mobilfunk mobilfunknummer mobilrufnummer natel gsm "
    "msisdn movil celular "
    "portable telefonino cellulare mobiel mobieltje mobielnummer telemovel komorka "
    "komorkowy komorkowe komorkowego symudol ceptelefonu cep matkapuhelin kannykka "
    "mobilni mobilen iphone мобильныи мобильного мобільнии сотовыи جوال موبايل محمول נייד "
    "मोबाइल मोबाईल মোবাইল ਮਬਾਈਲ ਮਬਾਇਲ 手机 携帯 "
    "farsimi fartelefon mowbajl mugikorra celularit bimbit selfoon "
    "selfoonnommer مۆبایل mobilais mobilusis mobiltelefoni "
    "mobilna mobilne mobilu mobilnog komorki mobiele mobiltlf κιν моб "
    "мобилног الموبيل النقال نقال פלאפון "
    "ұялы જગમ મોબાઇલ ජංගම ";
static const char app_words[] = " "
                                "whatsapp whatsappnumber viber smsphone smsnumber smsphonenumber ";
static const char phone_words[] =
    " "
    "电话号码 電話號碼 联系电话 聯絡電話 전화 전화번호 연락처 τηλεφωνο "
    "τηλεφωνου đien telepon telpon "
    "telefons telefonas telefona telefonit simu taleefan taleefanka taleefoonka تلفن тел "
    "тэлефон телефонот ስልክ தொலைபேசி கைபேசி ఫన ફોન ഫോൺ ಫೂೕನ เบอรโทร เบอรมอถอ เบอรโทรศพท "
    "โทรศพท มอถอ ទរសពទ ဖနး հեռախոս ტელეფონი "
    "phone phones phonenumber phoneno phonenr telephone telephonenumber telephoneno tel "
    "telno telnumber telnr telefon telefonnummer telefonnr rufnummer fon telefono "
    "telefone telefoon telefoonnummer tlf tlfnr tfno fono puh puhelin puhelinnumero telefonu "
    "telefonul telefoni telefonszam telefoonnr ffon teleffon contactno contactnumber "
    "телефон телефона телефону هاتف الهاتف تلفون فون טלפון फोन ফোন ਫਨ 电话 電話 電話番号 "
    "simi simanumer telefonnummar telefown telefonoa guthan ghuthain "
    "theileafoin telefoonnommer foonu දරකථන تلیفون "
    "التليفون تەلەفۆن ቴሌፎን ስልኪ talrunis "
    "talruna telefonska telefonne telefonni contactnummer τηλ "
    "тэлефона телефонски телефонен "
    "দরভাষ sđt ";
static const char weak_words[] =
    " "
    "number contact numero num nummer nr no home work business office other private "
    "landline fixe fijo fisso festnetz ";
/* What may stand beside a word that says phone. */
static const char beside_words[] =
    " "
    "number no nr num numero nummer numer n value 1 first primary main preferred default "
    "best contact your my the e164 de di do du da del of member customer client attendee "
    "voter person user full sms what is can2 e 164 principal perso personnel personal "
    "personale preferito preferido haupt haupttelefon for texts text kontaktowy kontakt "
    "ya i 번호 thoai so broj broja numri numurs numeris nomor αριθμος номер број شماره namba "
    "nambari "
    "lambarka numara ቁጥር எண నంబర નબર നമപർ ಸಂಖಯ daytime "
    "required optional mandatory obligatoire facultatif pflichtfeld obligatorio opcional "
    "obbligatorio verplicht wymagane "
    "numar numaras numarasi numaraniz номер رقم מספר नबर नमबर নমবর ਨਬਰ نمبر rhif eich "
    "poca uimhir aireamh nomrə nomrəsi нөмірі raqami ng nombor "
    "nommer nomba අංකය hejmara ژمارەی د شمېره ቁጽሪ "
    "cislo stevilka kom επικοινωνιας нумар "
    "контактныи контактнии מס न নামবার "
    "đong destan ";

static bool has_word(const char *list, struct slice word)
{
    for (const char *at = list; (at = strstr(at, " ")) != NULL && at[1]; at++)
        if (strncmp(at + 1, word.p, word.n) == 0 && at[1 + word.n] == ' ') return true;
    return false;
}

static bool next_word(const struct folded *f, size_t *at, struct slice *ret)
{
    size_t from = *at + 1, to = from;
    while (to < f->n && f->text[to] != ' ')
        to++;
    if (to >= f->n) return false;
    *ret = slice_make(f->text + from, to - from);
    *at = to;
    return true;
}

static bool is_index(struct slice word)
{
    uint64_t n;
    return slice_to_u64(word, 99, &n) && n > 1;
}

/* "Number", "Contact", "No.": a phone number only where no other column is. */
static bool is_alone(const struct folded *f)
{
    static const char *const titles[] = {" number ",     " contact ", " contact number ",
                                         " contact no ", " numero ",  " nummer ",
                                         " sms "};
    for (size_t i = 0; i < COUNT_OF(titles); i++)
        if (f->n == strlen(titles[i]) && memcmp(f->text, titles[i], f->n) == 0) return true;
    return false;
}

/* What a word of a title says. */
enum {
    SAYS_MOBILE = 1,
    SAYS_APP = 2,
    SAYS_PHONE = 4,
    SAYS_BESIDE = 8,
    SAYS_WEAK = 16,
    SAYS_LATER = 32,
    SAYS_SMS = 64 /* beside a phone: "SMS Phone Number" */
};

static unsigned word_says(struct slice word)
{
    static const struct {
        const char *words;
        unsigned bit;
    } lists[] = {{mobile_words, SAYS_MOBILE},
                 {app_words, SAYS_APP},
                 {phone_words, SAYS_PHONE},
                 {beside_words, SAYS_BESIDE},
                 {weak_words, SAYS_WEAK}};
    unsigned said = is_index(word) ? SAYS_LATER : 0;
    if (slice_is(word, "sms")) said |= SAYS_SMS;
    for (size_t i = 0; i < COUNT_OF(lists); i++)
        if (has_word(lists[i].words, word)) said |= lists[i].bit;
    return said & SAYS_BESIDE ? said & ~(unsigned)SAYS_WEAK : said;
}

static enum phone_title rank(const struct folded *f)
{
    struct slice word;
    unsigned said = 0;
    for (size_t at = 0; next_word(f, &at, &word);) {
        unsigned says = word_says(word);
        if (!says) return PHONE_TITLE_NONE;
        said |= says;
    }
    if (!(said & (SAYS_MOBILE | SAYS_APP | SAYS_PHONE)))
        return is_alone(f) ? PHONE_TITLE_WEAK : PHONE_TITLE_NONE;
    if (said & SAYS_LATER) return PHONE_TITLE_LATER;
    if (said & SAYS_MOBILE) return PHONE_TITLE_MOBILE;
    if (said & (SAYS_APP | SAYS_SMS)) return PHONE_TITLE_APP;
    return said & SAYS_WEAK ? PHONE_TITLE_WEAK : PHONE_TITLE_PHONE;
}

/* ---- how the numbers are written ---- */

/* "Phone (incl. country code)", "Handynummer (ohne Leerzeichen)", "Portable (10 chiffres)": such a remark begins with one of
 * these, or with a count of digits. */
static const char opening_words[] = " incl including include with without no only just in ohne mit "
                                    "inkl inklusive nur avec sans con "
                                    "sin com sem senza met zonder z bez med utan uden uten ";
static const char written_words[] =
    " country code codes dialling dialing calling area international national local format prefix "
    "space spaces gaps dashes leading zero zeros plus digit digits numbers please the or and "
    "vorwahl landervorwahl landesvorwahl landerkennung leerzeichen fuhrende null ziffern stellen "
    "stellig internationale indicatif pays prefixe espace espaces chiffres prefijo codigo de del "
    "pais area espacio espacios digitos cifras ddd ddi espaco espacos prefisso spazi cifre "
    "internazionale landcode landnummer spaties cijfers kierunkowy kierunkowego spacji cyfr "
    "landskod "
    "landkode riktnummer mellanslag mellemrum siffror siffer ";

static bool is_count(struct slice word)
{
    uint64_t n;
    return slice_to_u64(word, 99, &n);
}

static bool is_about_writing(struct slice remark)
{
    struct folded f = fold(remark);
    struct slice word;
    size_t words = 0;
    for (size_t at = 0; next_word(&f, &at, &word); words++) {
        bool opens = has_word(opening_words, word) || is_count(word);
        if (!opens && (words == 0 || !has_word(written_words, word))) return false;
    }
    return words > 1;
}

/* Without such a remark at its end. Any other one stays, and makes it no phone column: "Phone (mother)", "Phone (type)", and
 * "Mobile (+353)", whose numbers are not of the list's country. */
static struct slice without_remark(struct slice title)
{
    title = slice_trim(title);
    if (title.n < 2 || title.p[title.n - 1] != ')') return title;
    const char *open = memrchr(title.p, '(', title.n);
    if (!open || memchr(open, '+', (size_t)(title.p + title.n - open))) return title;
    struct slice remark = slice_make(open + 1, (size_t)(title.p + title.n - 1 - (open + 1)));
    return is_about_writing(remark) ? slice_make(title.p, (size_t)(open - title.p)) : title;
}

enum phone_title phone_title_rank(struct slice title)
{
    struct folded f = fold(without_remark(title));
    return rank(&f);
}

/* Blanks do not count here: "first_name" and "First Name". */
static size_t squeeze(struct folded *f)
{
    size_t n = 0;
    for (size_t i = 0; i < f->n; i++)
        if (f->text[i] != ' ') f->text[n++] = f->text[i];
    return n;
}

bool phone_title_same(struct slice a, struct slice b)
{
    if (slice_eq(a, b)) return true;
    struct folded x = fold(a), y = fold(b);
    size_t n = squeeze(&x);
    return n > 0 && n == squeeze(&y) && memcmp(x.text, y.text, n) == 0;
}

size_t phone_title_plain(struct slice title, char out[PHONE_TITLE_PLAIN_BYTES])
{
    _Static_assert(sizeof((struct folded *)0)->text <= PHONE_TITLE_PLAIN_BYTES, "room for it");
    struct folded f = fold(title);
    size_t n = squeeze(&f);
    memcpy(out, f.text, n);
    return n;
}
