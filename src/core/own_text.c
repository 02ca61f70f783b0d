/* The texts, a language each. Whoever speaks one can mend it here; a new language is one more table. Letters that
 * a text message has in its own alphabet (é, ü, ñ …) cost nothing, others halve its length. */
#include "core/own_text.h"

#include "base/check.h"

static const char *const english[OWN_TEXT_COUNT] = {
#define X(name, text) [name] = text,
    OWN_TEXT_ROWS(X)
#undef X
};

static const struct {
    const char *code;
    const char *texts[OWN_TEXT_COUNT];
} languages[] = {
    {"cy",
     {[OWN_STOPPED] = "Rydych wedi dad-danysgrifio ac ni chewch ragor o negeseuon gennym.",
      [OWN_HELP] = "Atebwch STOP i beidio â chael rhagor o negeseuon gennym.",
      [OWN_LOGIN] = ": mewngofnodwch o fewn 15 munud: ",
      [OWN_LOGIN_AFTER] = " Nid chi? Anwybyddwch hwn.",
      [OWN_PLEDGE_MADE] = "diolch! Rydych yn dod: ",
      [OWN_PLEDGE_WAITS] = "mae'n llawn, rydych ar y rhestr aros: ",
      [OWN_PLEDGE_UP] = "mae lle i chi nawr: ",
      [OWN_PLEDGE_GONE] = "rydych oddi ar y rhestr: ",
      [OWN_PLEDGE_DAY] = "welwn ni chi yfory: ",
      [OWN_PLEDGE_HOURS] = "welwn ni chi cyn hir: ",
      [OWN_PLEDGE_MOVED] = "mae hyn wedi newid: ",
      [OWN_PLEDGE_OFF] = "mae'n ddrwg gennym, canslwyd hyn: ",
      [OWN_CANT] = "Methu dod? Atebwch CANT neu ",
      [OWN_WE_TEXT] = "Anfonwn neges pan fydd lle. ",
      [OWN_CHANGED_MIND] = "Wedi newid eich meddwl? ",
      [OWN_WHERE_ELSE] = "Ble arall? ",
      [OWN_IS_NOW] = " - nawr ",
      [OWN_MEET] = "Cwrdd: ",
      [OWN_DAYS] = "Sul Llun Maw Mer Iau Gwe Sad",
      [OWN_MONTHS] = "Ion Chw Maw Ebr Mai Meh Gor Aws Medi Hyd Tach Rhag"}},
    {"de",
     {[OWN_STOPPED] = "Sie sind abgemeldet und bekommen keine SMS mehr von uns.",
      [OWN_HELP] = "Antworten Sie STOP, um keine SMS mehr von uns zu bekommen.",
      [OWN_LOGIN] = ": Anmelden in den nächsten 15 Minuten: ",
      [OWN_LOGIN_AFTER] = " Das waren nicht Sie? Dann ist nichts zu tun.",
      [OWN_PLEDGE_MADE] = "danke! Sie kommen: ",
      [OWN_PLEDGE_WAITS] = "es ist voll, Sie stehen auf der Warteliste: ",
      [OWN_PLEDGE_UP] = "jetzt ist ein Platz für Sie frei: ",
      [OWN_PLEDGE_GONE] = "Sie stehen nicht mehr auf der Liste: ",
      [OWN_PLEDGE_DAY] = "bis morgen: ",
      [OWN_PLEDGE_HOURS] = "bis gleich: ",
      [OWN_PLEDGE_MOVED] = "das hat sich geändert: ",
      [OWN_PLEDGE_OFF] = "leider abgesagt: ",
      [OWN_CANT] = "Sie können nicht? Antworten Sie CANT oder ",
      [OWN_WE_TEXT] = "Wir schreiben, sobald ein Platz frei ist. ",
      [OWN_CHANGED_MIND] = "Doch kommen? ",
      [OWN_WHERE_ELSE] = "Wo sonst? ",
      [OWN_IS_NOW] = " ist jetzt ",
      [OWN_MEET] = "Treffpunkt: ",
      [OWN_DAYS] = "So Mo Di Mi Do Fr Sa",
      [OWN_MONTHS] = "Jan Feb März Apr Mai Juni Juli Aug Sep Okt Nov Dez"}},
    {"es",
     {[OWN_STOPPED] = "Se ha dado de baja y no recibirá más mensajes nuestros.",
      [OWN_HELP] = "Responda STOP para no recibir más mensajes nuestros.",
      [OWN_LOGIN] = ": entre en los próximos 15 minutos: ",
      [OWN_LOGIN_AFTER] = " ¿No es usted? No haga nada.",
      [OWN_PLEDGE_MADE] = "¡gracias! Usted viene: ",
      [OWN_PLEDGE_WAITS] = "está completo, está en la lista de espera: ",
      [OWN_PLEDGE_UP] = "ya hay una plaza para usted: ",
      [OWN_PLEDGE_GONE] = "ya no está en la lista: ",
      [OWN_PLEDGE_DAY] = "hasta mañana: ",
      [OWN_PLEDGE_HOURS] = "hasta pronto: ",
      [OWN_PLEDGE_MOVED] = "esto ha cambiado: ",
      [OWN_PLEDGE_OFF] = "lo sentimos, se ha cancelado: ",
      [OWN_CANT] = "¿No puede venir? Responda CANT o ",
      [OWN_WE_TEXT] = "Le escribiremos cuando haya una plaza. ",
      [OWN_CHANGED_MIND] = "¿Ha cambiado de idea? ",
      [OWN_WHERE_ELSE] = "¿Dónde más? ",
      [OWN_IS_NOW] = " es ahora ",
      [OWN_MEET] = "Encuentro: ",
      [OWN_DAYS] = "dom lun mar mié jue vie sáb",
      [OWN_MONTHS] = "ene feb mar abr may jun jul ago sep oct nov dic"}},
    {"fr",
     {[OWN_STOPPED] = "Vous êtes désinscrit et ne recevrez plus de SMS de notre part.",
      [OWN_HELP] = "Répondez STOP pour ne plus recevoir de SMS de notre part.",
      [OWN_LOGIN] = " : connectez-vous dans les 15 minutes : ",
      [OWN_LOGIN_AFTER] = " Ce n'est pas vous ? Ignorez ce message.",
      [OWN_PLEDGE_MADE] = "merci ! Vous venez : ",
      [OWN_PLEDGE_WAITS] = "c'est complet, vous êtes sur la liste d'attente : ",
      [OWN_PLEDGE_UP] = "il y a une place pour vous : ",
      [OWN_PLEDGE_GONE] = "vous n'êtes plus sur la liste : ",
      [OWN_PLEDGE_DAY] = "à demain : ",
      [OWN_PLEDGE_HOURS] = "à tout de suite : ",
      [OWN_PLEDGE_MOVED] = "ceci a changé : ",
      [OWN_PLEDGE_OFF] = "désolé, c'est annulé : ",
      [OWN_CANT] = "Vous ne pouvez pas venir ? Répondez CANT ou ",
      [OWN_WE_TEXT] = "Nous vous écrirons quand il y aura une place. ",
      [OWN_CHANGED_MIND] = "Vous avez changé d'avis ? ",
      [OWN_WHERE_ELSE] = "Où d'autre ? ",
      [OWN_IS_NOW] = " est maintenant ",
      [OWN_MEET] = "Rendez-vous : ",
      [OWN_DAYS] = "dim. lun. mar. mer. jeu. ven. sam.",
      [OWN_MONTHS] = "janv. févr. mars avril mai juin juil. août sept. oct. nov. déc."}},
    {"it",
     {[OWN_STOPPED] = "La sua iscrizione è cancellata: non riceverà più SMS da noi.",
      [OWN_HELP] = "Risponda STOP per non ricevere più SMS da noi.",
      [OWN_LOGIN] = ": acceda entro 15 minuti: ",
      [OWN_LOGIN_AFTER] = " Non è lei? Ignori questo SMS.",
      [OWN_PLEDGE_MADE] = "grazie! Lei viene: ",
      [OWN_PLEDGE_WAITS] = "è tutto pieno, lei è in lista d'attesa: ",
      [OWN_PLEDGE_UP] = "ora c'è un posto per lei: ",
      [OWN_PLEDGE_GONE] = "lei non è più in lista: ",
      [OWN_PLEDGE_DAY] = "a domani: ",
      [OWN_PLEDGE_HOURS] = "a presto: ",
      [OWN_PLEDGE_MOVED] = "questo è cambiato: ",
      [OWN_PLEDGE_OFF] = "purtroppo è annullato: ",
      [OWN_CANT] = "Non può venire? Risponda CANT o ",
      [OWN_WE_TEXT] = "Le scriviamo quando c'è un posto. ",
      [OWN_CHANGED_MIND] = "Ha cambiato idea? ",
      [OWN_WHERE_ELSE] = "Dove altro? ",
      [OWN_IS_NOW] = " è ora ",
      [OWN_MEET] = "Ritrovo: ",
      [OWN_DAYS] = "dom lun mar mer gio ven sab",
      [OWN_MONTHS] = "gen feb mar apr mag giu lug ago set ott nov dic"}},
    {"pl",
     {[OWN_STOPPED] = "Wypisano z listy. Nie wyślemy już więcej SMS-ów.",
      [OWN_HELP] = "Odpowiedz STOP, aby nie dostawać więcej SMS-ów.",
      [OWN_LOGIN] = ": zaloguj się w ciągu 15 minut: ",
      [OWN_LOGIN_AFTER] = " To nie ty? Nic nie rób.",
      [OWN_PLEDGE_MADE] = "dziękujemy! Do zobaczenia: ",
      [OWN_PLEDGE_WAITS] = "brak miejsc, jesteś na liście oczekujących: ",
      [OWN_PLEDGE_UP] = "jest już miejsce dla ciebie: ",
      [OWN_PLEDGE_GONE] = "nie ma cię już na liście: ",
      [OWN_PLEDGE_DAY] = "do jutra: ",
      [OWN_PLEDGE_HOURS] = "do zobaczenia wkrótce: ",
      [OWN_PLEDGE_MOVED] = "zmiana: ",
      [OWN_PLEDGE_OFF] = "niestety odwołane: ",
      [OWN_CANT] = "Nie możesz przyjść? Odpowiedz CANT lub ",
      [OWN_WE_TEXT] = "Napiszemy, gdy zwolni się miejsce. ",
      [OWN_CHANGED_MIND] = "Zmiana zdania? ",
      [OWN_WHERE_ELSE] = "Gdzie indziej? ",
      [OWN_IS_NOW] = " - teraz ",
      [OWN_MEET] = "Zbiórka: ",
      [OWN_DAYS] = "nd pn wt śr cz pt sob",
      [OWN_MONTHS] = "sty lut mar kwi maj cze lip sie wrz paź lis gru"}},
};

static bool is_of(struct slice language, const char *code)
{
    size_t n = strlen(code);
    bool ends =
        language.n == n || (language.n > n && (language.p[n] == '-' || language.p[n] == '_'));
    return ends && slice_is_nocase(slice_make(language.p, n), code);
}

const char *own_text(struct slice language, enum own_text which)
{
    for (size_t i = 0; i < COUNT_OF(languages); i++)
        if (is_of(language, languages[i].code)) return languages[i].texts[which];
    return english[which];
}

struct slice own_word(struct slice language, enum own_text which, unsigned n)
{
    struct slice rest = slice_of(own_text(language, which)), one = SLICE_NONE;
    for (unsigned i = 0; i <= n && slice_cut(&rest, ' ', &one); i++)
        ;
    return one;
}

size_t own_language_count(void)
{
    return COUNT_OF(languages);
}

const char *own_language(size_t i)
{
    return languages[i].code;
}
