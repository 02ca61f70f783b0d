#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/check.h"
#include "core/phone_title.h"

static void expect(enum phone_title rank, const char *const *titles, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (phone_title_rank(slice_of(titles[i])) != rank)
            fail_msg("'%s' is %d and not %d", titles[i], (int)phone_title_rank(slice_of(titles[i])),
                     (int)rank);
}

static void test_titles(void **state)
{
    (void)state;
    static const char *const mobile[] = {
        "Mobile",
        "mobile_number",
        "Mobile Phone",
        "Mobile Phone Number",
        "Cell",
        "Cell Phone",
        "Phone Number (mobile)",
        "msisdn",
        "MSISDN",
        "m\xc3\xb3vil",
        "Tel\xc3\xa9"
        "fono m\xc3\xb3vil",
        "celular",
        "Telefone celular",
        "T\xc3\xa9l\xc3\xa9phone portable",
        "Num\xc3\xa9ro de portable",
        "Handy",
        "Handy-Nr.",
        "Handynummer",
        "Mobilnummer",
        "Mobiltelefon",
        "cellulare",
        "N. cellulare",
        "Telefon kom\xc3\xb3rkowy",
        "Telem\xc3\xb3vel",
        "Mobiel",
        "Cep telefonu",
        "\xd0\x9c\xd0\xbe\xd0\xb1\xd0\xb8\xd0\xbb\xd1\x8c\xd0\xbd\xd1\x8b\xd0\xb9 "
        "\xd1\x82\xd0\xb5\xd0\xbb\xd0\xb5\xd1\x84\xd0\xbe\xd0\xbd",
        "\xd8\xac\xd9\x88\xd8\xa7\xd9\x84",
        "\xd7\xa0\xd7\x99\xd7\x99\xd7\x93",
        "Mobile Number (E.164)",
        "Mobile Phone Number (required)",
        "Handynummer (Pflichtfeld)",
        "Mob. tel.",
        "Mobile number (with country code)",
        "Handynummer (ohne Leerzeichen)",
        "Téléphone portable (10 chiffres)",
        "Telefone celular (com DDD)",
        "Tel. cellulare (senza spazi)",
        "Mobilnummer (8 siffror)",
        "Matkapuhelinnumero",
        "Mobiele nummer",
        "Numer komórki",
        "Моб. тел.",
        "Мобилни телефон",
        "Mobilné číslo",
        "Mobilní telefon",
        "رقم الهاتف النقال",
        "פלאפון",
        "मोबाइल नं.",
        "মোবাইল নাম্বার",
        "مۆبایل",
        "Farsími",
        "Mobilais tālrunis",
        "Mobilusis telefonas",
        "Selfoonnommer",
        "Telefon bimbit",
        "الجوال",
        "手机号码",
        "携帯電話",
        "휴대폰 번호",
        "휴대전화번호",
        "Κινητό",
        "شماره موبایل",
        "Мобилен телефон",
        "Broj mobitela",
        "No. HP",
        "Mobilszám",
    };
    static const char *const phone[] = {
        "phone",
        "Phone",
        "PHONE NUMBER",
        "Phone No.",
        "Phone #",
        "Điện thoại",
        "Số điện thoại",
        "전화번호",
        "Τηλέφωνο",
        "Nomor telepon",
        "Namba ya simu",
        "Taleefan",
        "เบอร์โทร",
        "Број телефона",
        "Numri i telefonit",
        "Telefona numurs",
        "ስልክ ቁጥር",
        "தொலைபேசி",
        "ఫోన్",
        "ફોન",
        " phone ",
        "phone\xc2\xa0number",
        "\xef\xbb\xbfphone",
        "phone_number",
        "Phone 1 - Value",
        "Primary Phone",
        "Telephone",
        "Tel",
        "T\xc3\xa9l.",
        "t\xc3\xa9l\xc3\xa9phone",
        "Num\xc3\xa9ro de t\xc3\xa9l\xc3\xa9phone",
        "N\xc2\xb0 de t\xc3\xa9l\xc3\xa9phone",
        "tel\xc3\xa9"
        "fono",
        "N\xc3\xbamero de tel\xc3\xa9"
        "fono",
        "Telefon",
        "Telefonnummer",
        "Rufnummer",
        "Telefone",
        "Telefono",
        "Nr telefonu",
        "Numer telefonu",
        "Telefoonnummer",
        "Ff\xc3\xb4n",
        "Rhif ff\xc3\xb4n",
        "Num\xc4\x83r de telefon",
        "Telefon numaras\xc4\xb1",
        "\xd8\xb1\xd9\x82\xd9\x85 \xd8\xa7\xd9\x84\xd9\x87\xd8\xa7\xd8\xaa\xd9\x81",
        "\xd7\x98\xd7\x9c\xd7\xa4\xd7\x95\xd7\x9f",
        "\xe0\xa4\xab\xe0\xa4\xbc\xe0\xa5\x8b\xe0\xa4\xa8 "
        "\xe0\xa4\xa8\xe0\xa4\x82\xe0\xa4\xac\xe0\xa4\xb0",
        "What is your phone number?",
        "Phone (incl. country code)",
        "Phone (10 digits)",
        "Puh. ",
        "Tel. kom.",
        "Telefonní číslo",
        "Telefonska številka",
        "Контактный телефон",
        "Контактний телефон",
        "מס' טלפון",
        "Uimhir theileafóin",
        "Hejmara telefonê",
        "ቁጽሪ ስልኪ",
        "Điện thoại di động",
        "Contactnummer",
        "Contact Phone"};
    static const char *const none[] = {"",
                                       "name",
                                       "Phone 1 - Type",
                                       "Phone 1 - Label",
                                       "Phone type",
                                       "Phone consent",
                                       "mobile_opt_in",
                                       "phone_normalized",
                                       "is_mobile_bad",
                                       "Phone country code",
                                       "Fax",
                                       "Membership number",
                                       "House no",
                                       "Contact person",
                                       "Assistant's Phone",
                                       "Cellar",
                                       "telephone_carrier",
                                       "Phone list",
                                       "Číslo",
                                       "Kom.",
                                       "Đồng",
                                       "Destan",
                                       "Phone (mother)",
                                       "Phone (type)",
                                       "Phone (yes/no)",
                                       "Phone (country code)",
                                       "Phone (with mum)",
                                       "Mobile (+353)",
                                       "Mobile (with +353)",
                                       "\xff\xfe"};
    static const char *const weak[] = {"Number",      "Home phone",     "work_phone_number",
                                       "Contact No.", "Business Phone", "Telefono fisso"};
    expect(PHONE_TITLE_MOBILE, mobile, COUNT_OF(mobile));
    expect(PHONE_TITLE_PHONE, phone, COUNT_OF(phone));
    expect(PHONE_TITLE_NONE, none, COUNT_OF(none));
    expect(PHONE_TITLE_WEAK, weak, COUNT_OF(weak));
    assert_int_equal(phone_title_rank(SLICE_LIT("Phone 2 - Value")), PHONE_TITLE_LATER);
    assert_int_equal(phone_title_rank(SLICE_LIT("WhatsApp")), PHONE_TITLE_APP);
    assert_int_equal(phone_title_rank(SLICE_LIT("SMS Phone Number")), PHONE_TITLE_APP);
    assert_int_equal(phone_title_rank(SLICE_LIT("SMSPHONE")), PHONE_TITLE_APP);
    assert_int_equal(phone_title_rank(SLICE_LIT("SMS phone opt-in")), PHONE_TITLE_NONE);
}

static void test_same(void **state)
{
    (void)state;
    assert_true(phone_title_same(SLICE_LIT("T\xc3\xa9l\xc3\xa9phone"), SLICE_LIT("telephone")));
    assert_true(phone_title_same(SLICE_LIT("Phone-Number "), SLICE_LIT("phone_number")));
    assert_false(phone_title_same(SLICE_LIT("Phone 2"), SLICE_LIT("Phone 1")));
    assert_false(phone_title_same(SLICE_LIT("a"), SLICE_NONE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_titles), cmocka_unit_test(test_same)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
