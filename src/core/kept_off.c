/* Words are compared as phone_title_plain writes them: small letters without accents, and nothing between them. */
#include "core/kept_off.h"

#include <string.h>

#include "base/ascii.h"
#include "base/check.h"
#include "core/phone_title.h"

enum {
    WORDS_BYTES_MAX = 80,
    PIECES_MAX = 6,
    KEY_LETTERS = 4,
    UNKNOWN_LETTER = 1,
    TAGS_BYTES = 8 /* of two at least, as "a,no sms" */
};

/* They say it wherever they stand. */
static const char phrases[] =
    " donottext donottexts donttext dontext dnt donotsms dontsms donottxt donottextmessage "
    "donotmessage "
    "dontmessage donotcontact dontcontact dnc donotsend donotwhatsapp donotdisturb nevertext "
    "notobetexted nottobetexted nottobecontacted nottobemessaged mustnotbetexted "
    "mustnotbecontacted shouldnotbetexted doesnotwanttexts doesntwanttexts doesnotwanttobetexted "
    "doesntwanttobetexted donottextorcall donotcallortext donttextorcall dontcallortext "
    "plsdonttext plsdonottext askedtoberemoved askedtoberemovedfromlist "
    "askedtoberemovedfromthelist askedtobetakenoff askedtobetakenoffthelist "
    "nocallsortexts notextsorcalls notexts notextsplease nomoretexts nosms nomessages nowhatsapp "
    "optedout optout hasoptedout smsoptedout globallyoptedout optouts optsout optoutlist "
    "optedoutofsms optedoutoftexts smsoptout "
    "optedoutat optedouton optedouttime optouttime optedoutreason optoutreason unsubscribedat "
    "unsubscribedon unsubscribetime unsubscribedtime unsubscribereason unsubscribedreason "
    "unsubscribed unsubscribe unsubscribes stoptexting stopmessaging removefromlist "
    "removefromthelist removedfromthelist "
    "removedfromlist takenoffthelist takeoffthelist suppressed suppressionlist blacklist "
    "blacklisted blocklist deceased passedaway wrongnumber wrongnumbers "
    "nichtanschreiben bittenichtanschreiben nichtkontaktieren nichttexten nichtsimsen keinesms "
    "keinesmsmehr "
    "keinenachrichten keinewhatsapp abgemeldet abgemeldete abmeldungen widersprochen sperrliste "
    "verstorben falschenummer falschenummern "
    "nepascontacter nepasenvoyer nepasenvoyerdesms nepasenvoyerdemessage nepastexter "
    "neplusenvoyer nepluscontacter pasdesms plusdesms pasdemessages desinscrit desinscrits "
    "desinscrite "
    "desinscrites desinscriptions desabonne desabonnes desabonnee desabonnees desabonnements "
    "decede decedes decedee fauxnumero mauvaisnumero "
    "nocontactar noenviar noenviarsms noenviarmensajes noenviarmensaje nomandarmensajes "
    "noescribir nomolestar nomensajes noquieremensajes bajas dadodebaja dadadebaja dadosdebaja "
    "fallecido "
    "fallecida fallecidos numeroequivocado numeroincorrecto listanegra "
    "naocontactar naoenviar naoenviarmensagem naoenviarmensagens naoenviarsms naomandarmensagem "
    "naomandarmensagens naoquermensagens naoperturbe naoperturbar naoincomodar descadastrado "
    "descadastrados "
    "descadastrada falecido falecida falecidos numeroerrado semsms "
    "noncontattare noninviare noninviaresms noninviaremessaggi nonscrivere nodisturbare "
    "nondisturbare disiscritto disiscritta disiscritti deceduto deceduta numerosbagliato "
    "nietberichten nietsmsen nietappen nietbenaderen nietcontacteren geensms geenberichten "
    "afgemeld uitgeschreven overleden verkeerdnummer "
    "niepisac niewysylac niewysylacsms niekontaktowac niekontaktowacsie bezsms wypisani "
    "wypisany wypisana zmarly zmarla blednynumer "
    "peidiwchathecstio peidiwchatecstio peidiwchachysylltu dimtecstio dimnegeseuon dimsms "
    "mesajatmayin mesajgondermeyin smsgondermeyin aboneliktencikti aboneliktencikan "
    "nutrimite nutrimitesms nucontactati dezabonat dezabonati faramesaje farasms decedat "
    "skickaejsms skickainte skickaintesms kontaktaej kontaktainte avregistrerad avanmald "
    "ikkesms ikkeskriv ikkekontakt ikkekontakte kontaktikke sendikke maikkekontaktes avmeldt "
    "afmeldt afmeldte alalaheta eialaheta alaotayhteytta "
    "неписать неотправлять нетревожить небеспокоить неконтактировать неслать отписались "
    "отписался отписалась отписавшиеся умер умерла неверныиномер чужоиномер "
    "неписати ненадсилати нетурбувати відписались відписалися відписався відписалась помер "
    "لاتراسل لاتراسلوا لاترسل لاترسلوا لاتتصل ممنوعالمراسلة الغىالاشتراك متوفى "
    "לאלשלוח לאלסמס הוסר הוסרו הוסרה נפטר נפטרה ";
/* They say it above people, and over a column; beside a name they may be anything. */
static const char headings[] =
    " stop stops stopped stoplist removed removals removelist left leavers dead died dnd blocked "
    "exmembers formermembers nolongermembers nolongeramember nolongerinterested movedaway moved "
    "badnumbers askedustostop saidstop stopsms gesperrt ausgetreten verstorbene stoplista "
    "partis retires baja cancelados saidas usciti cancellati vertrokken opgezegd wystapili "
    "isdeceased hasdied отказ отказались стоп відмова ";
/* What may stand around them: all of it beside nobody's name, the first few anywhere. The first that fits is
 * taken: "these" stands before "the". */
static const char *const fronts[] = {
    "please",    "global",   "asked",    "marked",   "bitte",    "has",   "have", "sms",
    "text",      "texts",    "people",   "persons",  "person",   "those", "who",  "whom",
    "these",     "the",      "members",  "is",       "are",      "of",    "list", "numbers",
    "phone",     "cell",     "mobile",   "contacts", "contact",  "all",   "to",   "whatsapp",
    "personnes", "personas", "personen", "os",       "following"};
enum { FRONTS_ANYWHERE = 5 }; /* of four letters at least, which kept_off_init hashes */
static const char *const ends[] = {
    "list",    "people", "members", "numbers",  "contacts", "below",    "please",       "these",
    "only",    "them",   "us",      "anymore",  "status",   "date",     "flag",         "anyone",
    "here",    "bitte",  "svp",     "porfavor", "thelist",  "fromhere", "from",         "marketing",
    "persons", "bytext", "bysms",   "viatext",  "viasms",   "viastop",  "belowthisline"};

static bool is_phrase(const char *list, struct slice s)
{
    char between[WORDS_BYTES_MAX + 3];
    if (s.n == 0 || s.n > WORDS_BYTES_MAX) return false;
    between[0] = between[s.n + 1] = ' ';
    memcpy(between + 1, s.p, s.n);
    between[s.n + 2] = '\0';
    return strstr(list, between) != NULL;
}

/* "Opted out (3)", "2026 opt-outs" */
static struct slice without_digits(struct slice s)
{
    while (s.n && ascii_is_digit(s.p[0]))
        s = slice_from(s, 1);
    while (s.n && ascii_is_digit(s.p[s.n - 1]))
        s.n--;
    return s;
}

/* Where the words stand. */
enum kept_off_place { BESIDE_A_NUMBER, OVER_A_COLUMN, ABOVE_PEOPLE };

static bool one_says(struct slice s, enum kept_off_place where)
{
    return is_phrase(phrases, s) || (where == ABOVE_PEOPLE && is_phrase(headings, s));
}

/* "deceasedmovedaway": where the first of two that say so ends; 0: it does not begin so. "Opt-outs removed" says that they are not
 * there. */
static size_t first_of_two(struct slice s)
{
    if (slice_ends(s, "removed")) return 0;
    for (size_t n = s.n; n-- > 3;)
        if (one_says(slice_make(s.p, n), ABOVE_PEOPLE)) return n;
    return 0;
}

static size_t front_of(struct slice s, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (s.n > strlen(fronts[i]) && slice_starts(s, fronts[i])) return strlen(fronts[i]);
    return 0;
}

static size_t end_of(struct slice s)
{
    for (size_t i = 0; i < COUNT_OF(ends); i++)
        if (s.n > strlen(ends[i]) && slice_ends(s, ends[i])) return strlen(ends[i]);
    return 0;
}

/* A piece less at a time, until what is left says so. */
static bool words_say(struct slice s, enum kept_off_place where)
{
    size_t count = where == BESIDE_A_NUMBER ? FRONTS_ANYWHERE : COUNT_OF(fronts);
    for (size_t pieces = 0; pieces < PIECES_MAX; pieces++) {
        s = without_digits(s);
        if (one_says(s, where)) return true;
        size_t front = front_of(s, count);
        size_t end = front ? 0 : end_of(s);
        if (front + end == 0 && where == ABOVE_PEOPLE) front = first_of_two(s);
        if (front + end == 0) return false;
        s = slice_make(s.p + front, s.n - front - end);
    }
    return false;
}

static bool text_says(struct slice text, enum kept_off_place where)
{
    char plain[PHONE_TITLE_PLAIN_BYTES];
    size_t n = text.n <= WORDS_BYTES_MAX ? phone_title_plain(text, plain) : 0;
    return n && words_say(slice_make(plain, n), where);
}

/* "Opted out: 0", "Unsubscribed (0)" */
static bool counts_nobody(struct slice s)
{
    while (s.n && strchr(") ]", s.p[s.n - 1]))
        s.n--;
    return s.n > 1 && s.p[s.n - 1] == '0' && !ascii_is_digit(s.p[s.n - 2]);
}

static bool has_one_of(struct slice s, const char *const *parts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (slice_holds_nocase(s, slice_of(parts[i]))) return true;
    return false;
}

/* "Stop 12" and "12 stops" are where a bus does; "STOP (12)" are twelve people. And The Left is a party. */
static bool is_of_a_route(struct slice s)
{
    static const char *const counts[] = {"(", "[", ":"};
    char plain[PHONE_TITLE_PLAIN_BYTES];
    struct slice all = slice_make(plain, phone_title_plain(s, plain)), word = without_digits(all);
    bool stop = slice_is(word, "stop") || slice_is(word, "stops");
    bool numbered = stop && word.n < all.n && !has_one_of(s, counts, COUNT_OF(counts));
    return numbered || slice_is(all, "theleft");
}

bool kept_off_heading(struct slice words)
{
    return text_says(words, ABOVE_PEOPLE) && !counts_nobody(words) && !is_of_a_route(words);
}

/* "Email status", "Gift aid", "Landline", "Next of kin" */
static bool is_of_something_else(struct slice plain)
{
    static const char *const texts[] = {"text", "sms", "mobile", "whatsapp"};
    static const char *const others[] = {"email",     "newsletter",    "courriel",  "correo",
                                         "giftaid",   "politicalfund", "pension",   "unionlevy",
                                         "donation",  "photo",         "landline",  "homephone",
                                         "workphone", "oldphone",      "nextofkin", "spouse"};
    static const char whole[] = " mail post postal husband wife partner father mother ";
    bool other = has_one_of(plain, others, COUNT_OF(others)) || is_phrase(whole, plain);
    return other && !has_one_of(plain, texts, COUNT_OF(texts));
}

bool kept_off_is_of_texts(struct slice words)
{
    static const char *const texts[] = {"text", "txt", "sms", "messag", "whatsapp", "contact"};
    char plain[PHONE_TITLE_PLAIN_BYTES];
    size_t n = phone_title_plain(words, plain);
    return has_one_of(slice_make(plain, n), texts, COUNT_OF(texts));
}

enum kept_off_column kept_off_column(struct slice title)
{
    static const char questions[] =
        " canwetextyou maywetextyou canwetextthem canwesendyoutexts canwesendyoutextmessages "
        "canwesendyousms maywesendyoutexts oktotext okaytotext happytobetexted happytoreceivetexts "
        "wantstexts receivetexts receivesms receivesmsmessages textok smsok textsok "
        "textpermission smspermission permissiontotext permissiontosms consenttotext "
        "textmessagepermission smserlaubt podemosenviartesms peutonvousenvoyerdessms "
        "acceptezvousderecevoirdessms optedin smsoptedin optedintosms optedintotexts "
        "subscribedtosms subscribedtotexts acceptssms acceptssmsmarketing acceptstexts "
        "textconsentgiven smsconsentgiven ";
    char plain[PHONE_TITLE_PLAIN_BYTES];
    size_t n = phone_title_plain(title, plain);
    if (is_phrase(questions, slice_make(plain, n))) return KEPT_OFF_WHERE_NO;
    if (text_says(title, OVER_A_COLUMN)) return KEPT_OFF_WHERE_YES;
    return is_of_something_else(slice_make(plain, n)) ? KEPT_OFF_ELSEWHERE : KEPT_OFF_NOTHING;
}

/* ---- beside a number ---- */

/* The letter at `at`, small and without its accent as far as two bytes tell; 0: none. */
static uint32_t letter_at(struct slice s, size_t *at)
{
    static const char latin[] = "aaaaaaaceeeeiiiidnooooo*ouuuuypsaaaaaaaceeeeiiiidnooooo/ouuuuypy";
    unsigned char c = (unsigned char)s.p[(*at)++];
    if (c < 0x80) return ascii_is_letter((char)c) ? (uint32_t)ascii_lower((char)c) : 0;
    if (c < 0xc3 || c > 0xdf || *at == s.n) return 0; /* no word here has one of the others */
    uint32_t more = (unsigned char)s.p[(*at)++] & 63;
    if (c == 0xc3) return (uint32_t)latin[more];
    if (c < 0xd0) return UNKNOWN_LETTER;
    uint32_t code = ((c & 31u) << 6) | more;
    return code >= 0x410 && code < 0x430 ? code + 0x20 : code; /* Cyrillic capitals */
}

/* Four letters of ASCII in a row, small: most cells begin so, and each row asks. */
static bool begins_plain(struct slice s, uint32_t *ret)
{
    const unsigned char *p = (const unsigned char *)s.p;
    if (s.n < KEY_LETTERS) return false;
    uint32_t w = p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
    bool high = w & 0x80808080u;
    w |= 0x20202020u;
    *ret = w;
    return !high && !(((w - 0x61616161u) | (0x7a7a7a7au - w)) & 0x80808080u);
}

/* Of the first letters; 0: nobody knows. */
static uint32_t key_of(struct slice s)
{
    uint32_t key = 0, c;
    if (begins_plain(s, &key)) return key;
    key = 0;
    for (size_t at = 0, n = 0; at < s.n && n < KEY_LETTERS;) {
        c = letter_at(s, &at);
        if (c == UNKNOWN_LETTER) return 0;
        if (c) key ^= c << (8 * n++);
    }
    return key ? key : UNKNOWN_LETTER;
}

static uint32_t bit_of(uint32_t key)
{
    return key * 2654435761u >> (32 - 14); /* as many bits as `begins` has */
}

static void add_beginning(struct kept_off *k, struct slice word)
{
    uint32_t at = bit_of(key_of(word));
    k->begins[at / 32] |= 1u << at % 32;
}

void kept_off_init(struct kept_off *k)
{
    _Static_assert(sizeof k->begins == (1 << 14) / 8, "bit_of");
    struct slice rest = slice_of(phrases + 1), word;
    memset(k, 0, sizeof *k);
    while (slice_cut(&rest, ' ', &word))
        add_beginning(k, word);
    for (size_t i = 0; i < FRONTS_ANYWHERE; i++)
        add_beginning(k, slice_of(fronts[i]));
}

static bool may_say(const struct kept_off *k, struct slice s)
{
    uint32_t key = s.n < 3 ? UNKNOWN_LETTER : key_of(s), at = bit_of(key);
    return key == 0 || (k->begins[at / 32] >> at % 32 & 1);
}

/* "--- DO NOT CONTACT ---" */
static struct slice from_letter(struct slice s)
{
    while (s.n && !ascii_is_letter(s.p[0]) && !(s.p[0] & 0x80))
        s = slice_from(s, 1);
    return s;
}

static bool is_break(char c)
{
    return strchr(":;,.!-/(\n", c) != NULL;
}

/* "DO NOT TEXT - rang to complain", "Opted out, June": up to a sign that may end it. */
static bool beginning_says(struct slice cell, struct slice *ret)
{
    for (size_t i = 3; i < cell.n && i <= WORDS_BYTES_MAX; i++) {
        *ret = slice_trim(slice_make(cell.p, i));
        if (cell.p[i] && is_break(cell.p[i]) && text_says(*ret, BESIDE_A_NUMBER)) return true;
    }
    return false;
}

/* "(do not text)" at the end. */
static bool remark_of(struct slice cell, struct slice *ret)
{
    char last = cell.n > 2 ? cell.p[cell.n - 1] : 0;
    if (last != ')' && last != ']') return false;
    const char *open = memrchr(cell.p, last == ')' ? '(' : '[', cell.n);
    if (!open) return false;
    *ret = slice_trim(slice_make(open + 1, (size_t)(cell.p + cell.n - 1 - (open + 1))));
    return true;
}

/* "Member; do not text": one of several tags, of texts or any contact, for "Tom, deceased" may be another one. */
static bool tag_says(const struct kept_off *k, struct slice cell, struct slice *ret)
{
    for (size_t i = 0; i < cell.n; i++) {
        if (cell.p[i] != ';' && cell.p[i] != ',' && cell.p[i] != '|') continue;
        size_t to = i + 1;
        while (to < cell.n && cell.p[to] != ';' && cell.p[to] != ',' && cell.p[to] != '|')
            to++;
        *ret = slice_trim(slice_make(cell.p + i + 1, to - i - 1));
        if (may_say(k, *ret) && text_says(*ret, BESIDE_A_NUMBER) && kept_off_is_of_texts(*ret))
            return true;
        i = to - 1;
    }
    return false;
}

bool kept_off_cell(const struct kept_off *k, struct slice cell, struct slice *ret)
{
    struct slice remark;
    if (remark_of(cell, &remark) && may_say(k, remark) && text_says(remark, BESIDE_A_NUMBER)) {
        *ret = remark;
        return true;
    }
    cell = from_letter(cell);
    if (may_say(k, cell)) {
        *ret = cell;
        if (text_says(cell, BESIDE_A_NUMBER) || beginning_says(cell, ret)) return true;
    }
    return cell.n >= TAGS_BYTES && tag_says(k, cell, ret);
}

/* ---- in a column of its own ---- */

static bool says_yes(struct slice cell, struct slice word)
{
    static const char no[] =
        " off none null na nil never jamais nunca optedin optin subscribed active notoptedout "
        "notunsubscribed notsuppressed current fine oktotext okaytotext cantext textok "
        "happytobetexted nonegiven norestrictions ";
    static const char *const empty[] = {"\xe2\x98\x90", "\xe2\x96\xa1", "\xe2\x80\x93",
                                        "\xe2\x80\x94"}; /* an empty box, a dash */
    if (word.n == 0)                                     /* nothing but signs: a tick is a yes */
        return cell.n && cell.p[0] & 0x80 && slice_index(cell, empty, COUNT_OF(empty)) < 0;
    while (word.n && word.p[0] == '0')
        word = slice_from(word, 1);
    return word.n > 0 && !is_phrase(no, word);
}

bool kept_off_value(enum kept_off_column column, struct slice cell)
{
    static const char no[] =
        " no n false f non nein nao nie nee nej nei ei nu nage hayir нет ні لا "
        "לא faux falso falsch ";
    char plain[PHONE_TITLE_PLAIN_BYTES];
    struct slice word = slice_make(plain, phone_title_plain(cell, plain));
    bool is_no = is_phrase(no, word) || slice_is(word, "0") || slice_is(word, "00");
    return column == KEPT_OFF_WHERE_NO ? is_no : !is_no && says_yes(cell, word);
}
