/* Every shape of webhook that comes from WhatsApp, and what it says. Webhooks are written with '
 * for ". */
#include "gateway_events.h"

PROVIDER(meta, "whatsapp_cloud")

struct shape_case {
    const char *value; /* of the change; or of one message, see below */
    const char *events;
};

static void quote(struct buf *out, const char *text)
{
    for (; *text; text++)
        buf_add_char(out, *text == '\'' ? '"' : *text);
}

/* `field` NULL: values are messages of one person, +447700900123. */
static void put_together(struct buf *out, const char *field, const char *value)
{
    quote(out, "{'object':'whatsapp_business_account','entry':[{'id':'9','time':1700000000,"
               "'changes':[{'field':'");
    buf_add_cstr(out, field ? field : "messages");
    quote(out, "','value':");
    if (!field)
        quote(out, "{'metadata':{'display_phone_number':'447700900000','phone_number_id':'111'},"
                   "'contacts':[{'profile':{'name':'Kim'},'wa_id':'447700900123'}],"
                   "'messages':[{'from':'447700900123','id':'w','timestamp':'1700000001',");
    quote(out, value);
    quote(out, field ? "}]}]}" : "}]}}]}]}");
}

static void read_shapes(const char *field, const struct shape_case *cases, size_t count,
                        const char *before)
{
    struct gateway *g = make_gateway(meta, meta_config());
    struct buf body = BUF_INIT(1 << 16), out = BUF_INIT(1 << 16);
    for (size_t i = 0; i < count; i++) {
        char expected[2048];
        (void)snprintf(expected, sizeof expected, "%s%s%s", before, cases[i].events,
                       before[0] ? "\n" : "");
        buf_clear(&body);
        put_together(&body, field, cases[i].value);
        enum hook_result r = read_hook(g, "POST", "/hooks/wa", buf_slice(&body), &out);
        if (r != HOOK_OK || !slice_is(buf_slice(&out), expected))
            fail_msg("%s\nresult %d, expected\n%s\ngot\n%.*s", cases[i].value, (int)r, expected,
                     SLICE_ARG(buf_slice(&out)));
    }
    buf_done(&body);
    buf_done(&out);
    gateway_free(g);
}

/* ---- what a person sends */

#define KIM_MEDIA(n)                                                                               \
    " id=w from=+447700900123 to=+447700900000 name=Kim media=" #n " at=1700000001000 text="
#define KIM KIM_MEDIA(0)
#define OWN " own=111"

static const struct shape_case MESSAGES[] = {
    {"'type':'text','text':{'body':'hello'}", "message" KIM "hello" OWN},
    {"'type':'text','text':{'body':'  '}", "message" KIM "  " OWN " note=An empty message"},
    {"'type':'text','text':{'body':'\\u3164'}",
     "message" KIM "\u3164" OWN " note=An empty message"},
    {"'type':'text','text':{'body':'hello'},'referral':{'headline':'Meet us','body':'on Thursday'}",
     "message" KIM "hello" OWN " note=Came from an advertisement: Meet us on Thursday"},
    {"'text':{'body':'no type'}", "message" KIM "no type" OWN},
    {"'type':'text','text':'STOP'",
     "message" KIM "STOP" OWN " note=A text in a form that Muster does not know"},
    {"'type':'text','text':['STOP']",
     "message" KIM OWN " note=A text in a form that Muster does not know"},
    /* changed, taken back, reacted to */
    {"'type':'edit','edit':{'original_message_id':'w0','message':{'context':{'id':'w0'},"
     "'type':'text','text':{'body':'STOP'}}}",
     "edit" KIM "STOP" OWN " about=w0 note=Changed an earlier message"},
    {"'type':'edit','edit':{'original_message_id':'w0','message':{'type':'image','image':{"
     "'caption':'stop','id':'i'}}}",
     "edit" KIM "stop" OWN " about=w0 note=Changed an earlier message"},
    {"'type':'edit','edit':{'original_message_id':'w0','text':'STOP'}",
     "edit" KIM "STOP" OWN " about=w0 note=Changed an earlier message"},
    {"'type':'revoke','revoke':{'original_message_id':'w0'}",
     "revoked" KIM OWN " about=w0 note=Took back an earlier message"},
    {"'type':'reaction','reaction':{'message_id':'w0','emoji':'\\ud83d\\udc4d'}",
     "reaction" KIM "\xf0\x9f\x91\x8d" OWN " about=w0"},
    {"'type':'reaction','reaction':{'message_id':'w0'}",
     "reaction" KIM OWN " about=w0 note=Took back a reaction"},
    {"'type':'reaction','reaction':{'message_id':'w0','emoji':''}", "reaction" KIM OWN " about=w0"},
    /* buttons and lists */
    {"'type':'button','button':{'payload':'STOP','text':'Nicht mehr senden'}",
     "message" KIM "Nicht mehr senden" OWN " action=STOP"},
    {"'type':'button','button':{'payload':'STOP'}", "message" KIM "STOP" OWN " action=STOP"},
    {"'type':'interactive','interactive':{'type':'button_reply','button_reply':{'id':'b1','title':"
     "'Yes'}}",
     "message" KIM "Yes" OWN " action=b1"},
    {"'type':'interactive','interactive':{'type':'list_reply','list_reply':{'id':'r1','title':"
     "'Hall','description':'d'}}",
     "message" KIM "Hall" OWN " action=r1"},
    {"'type':'interactive','interactive':{'type':'nfm_reply','nfm_reply':{'name':'flow','body':"
     "'Sent','response_json':'{\\\"seats\\\":\\\"2\\\"}'}}",
     "message" KIM OWN " note=Form flow was filled in: Sent {\"seats\":\"2\"}"},
    {"'type':'interactive','interactive':{'type':'call_permission_reply','call_permission_reply':{"
     "'response':'accept'}}",
     "note" KIM OWN " note=Answered whether we may call: accept"},
    {"'type':'interactive','interactive':{'type':'call_permission_reply'}",
     "note" KIM OWN " note=Answered whether we may call"},
    {"'type':'interactive','interactive':{'type':'new_reply'}",
     "message" KIM OWN " note=An answer of a kind that Muster does not know: new_reply"},
    {"'type':'interactive','interactive':{'type':'address_message','address_message':{}}",
     "message" KIM OWN " note=An answer of a kind that Muster does not know: address_message"},
    {"'type':'button','button':null",
     "message" KIM OWN " note=Something of a kind that Muster does not know: button"},
    /* pictures, sounds, papers */
    {"'type':'image','image':{'id':'i'}", "message" KIM_MEDIA(1) OWN " note=Picture"},
    {"'type':'image','image':{'id':'i','caption':'see'}",
     "message" KIM_MEDIA(1) "see" OWN " note=Picture"},
    {"'type':'sticker','sticker':{'id':'i','animated':false}",
     "message" KIM_MEDIA(1) OWN " note=Sticker"},
    {"'type':'audio','audio':{'id':'i','voice':true}",
     "message" KIM_MEDIA(1) OWN " note=Voice message"},
    {"'type':'audio','audio':{'id':'i'}", "message" KIM_MEDIA(1) OWN " note=Sound"},
    {"'type':'document','document':{'id':'i','filename':'a.pdf','caption':'here'}",
     "message" KIM_MEDIA(1) "here" OWN " note=Document: a.pdf"},
    /* places, cards, orders, polls */
    {"'type':'location','location':{'latitude':51.5,'longitude':-0.1}",
     "message" KIM OWN " note=Place: 51.5, -0.1"},
    {"'type':'location','location':{'latitude':51.5,'longitude':-0.1,'name':'Town hall',"
     "'address':'1 High St'}",
     "message" KIM OWN " note=Place: Town hall, 1 High St, 51.5, -0.1"},
    {"'type':'contacts','contacts':[{'name':{'formatted_name':'Jo'},'phones':[{'phone':"
     "'+447700900125'}]}]",
     "message" KIM OWN " note=Contact card: Jo, +447700900125"},
    {"'type':'contacts','contacts':[{'name':{'first_name':'Jo','last_name':'Li'},'phones':[{"
     "'wa_id':'447700900125'},{'phone':'+447700900126'}]},{'phones':[{'phone':'+447700900127'}],"
     "'emails':[{'email':'a@b.example'}]}]",
     "message" KIM OWN " note=Contact card: Jo Li, 447700900125, +447700900126; +447700900127, "
     "a@b.example"},
    {"'type':'order','order':{'catalog_id':'1','product_items':[]}",
     "message" KIM OWN " note=Order: nothing in it"},
    {"'type':'order','order':{'text':'please','product_items':[{'product_retailer_id':'shirt',"
     "'quantity':2,'item_price':9.5,'currency':'GBP'},{'product_retailer_id':'cap','quantity':1}]}",
     "message" KIM "please" OWN " note=Order: 2 x shirt at 9.5 GBP, 1 x cap"},
    {"'type':'unsupported','errors':[{'code':131051,'title':'t'}],'unsupported':{'type':"
     "'poll_creation'}",
     "message" KIM OWN " note=Poll: WhatsApp does not hand on what it asks; look at the phone, or "
     "ask in words"},
    {"'type':'poll','poll':{'name':'When?','options':[{'name':'Mon'},{'name':'Tue'}]}",
     "message" KIM OWN " note=Poll: When?: Mon, Tue"},
    {"'type':'poll','poll':{'name':'When?','options':[{'option_name':'Mon'},{'option_name':'Tue'}]"
     "}",
     "message" KIM OWN " note=Poll: When?: Mon, Tue"},
    {"'type':'unsupported','errors':[{'code':131051,'title':'Message type unknown'}]",
     "message" KIM OWN " note=Something that WhatsApp does not hand on: Message type unknown"},
    {"'type':'unsupported','text':{'body':'Hello'},'errors':[{'code':131051}]",
     "message" KIM "Hello" OWN},
    {"'type':'ephemeral'",
     "message" KIM OWN " note=A message that disappears: WhatsApp does not hand it on"},
    {"'type':'request_welcome'", "note" KIM OWN " note=Opened the chat for the first time"},
    {"'type':'hologram'",
     "message" KIM OWN " note=Something of a kind that Muster does not know: hologram"},
    /* another number */
    {"'type':'system','system':{'body':'User Kim changed from 447700900123 to 447700900124',"
     "'wa_id':'447700900124','type':'user_changed_number'}",
     "number_change" KIM OWN " new=+447700900124 note=Has a new number: 447700900124"},
    {"'type':'system','system':{'new_wa_id':'447700900124','user_id':'GB.2','previous_user_id':"
     "'GB.1','type':'user_changed_number'}",
     "number_change" KIM
     " user=GB.1 own=111 new=+447700900124 new_user=GB.2 note=Has a new number: 447700900124"},
    {"'type':'system','system':{'body':'Kim is verified','type':'customer_identity_changed'}",
     "note" KIM OWN " note=WhatsApp says: Kim is verified"},
    /* in a group */
    {"'type':'text','group_id':'G1','text':{'body':'stop'}", "message" KIM "stop" OWN " chat=G1"},
    /* repaired */
    {"'type':'text','text':{'body':'STOP \\ud83d\\u0000'}",
     "message" KIM "STOP \xef\xbf\xbd\xef\xbf\xbd" OWN},
    {"'type':'text','type':'text','text':{'body':'STOP'}", "message" KIM "STOP" OWN},
    {"'type':'text','big':1e999,'text':{'id':123456789012345678901234567890,'body':'caf\xe9'}",
     "message" KIM "caf\xef\xbf\xbd" OWN},
    {"'type':'text','text':{'body':'STOP'},'text':{'preview':1}", "message" KIM "STOP" OWN},
};

static void test_messages(void **state)
{
    (void)state;
    read_shapes(NULL, MESSAGES, COUNT_OF(MESSAGES), "inbound ");
}

/* Neither counts, and it is kept. Who wrote is then who the only contact is. */
static void test_two_under_one_name(void **state)
{
    (void)state;
    static const struct shape_case cases[] = {
        {"'type':'text','id':'other','text':{'body':'STOP'}",
         "unread\ninbound message id= from=+447700900123 to=+447700900000 name=Kim media=0 "
         "at=1700000001000 text=STOP" OWN "\n"},
        {"'type':'text','from':'447700900124','text':{'body':'STOP'}",
         "unread\ninbound message" KIM "STOP" OWN "\n"},
    };
    read_shapes(NULL, cases, COUNT_OF(cases), "");
}

/* ---- who it is */

#define VALUE(rest)                                                                                \
    "{'metadata':{'display_phone_number':'447700900000','phone_number_id':'111'}," rest "}"
#define TEXT ",'id':'w','type':'text','text':{'body':'STOP'}}]"
#define SAID " text=STOP"

static const struct shape_case PEOPLE[] = {
    {VALUE("'contacts':[{'profile':{'name':'Kim'},'wa_id':'447700900123','user_id':'GB.9'}],"
           "'messages':[{'from':'447700900123','from_user_id':'GB.9','from_parent_user_id':"
           "'GB.ENT.7'" TEXT),
     "message id=w from=+447700900123 to=+447700900000 name=Kim media=0 at=0" SAID
     " user=GB.9 parent=GB.ENT.7" OWN},
    {VALUE("'contacts':[{'profile':{'name':'Kim'},'user_id':'GB.9'}],'messages':[{'from_user_id':"
           "'GB.9'" TEXT),
     "message id=w from= to=+447700900000 name=Kim media=0 at=0" SAID " user=GB.9" OWN},
    {VALUE("'contacts':[{'profile':{'username':'kfisher'},'user_id':'GB.9'}],'messages':[{'from':"
           "'','from_user_id':'GB.9'" TEXT),
     "message id=w from= to=+447700900000 name=kfisher media=0 at=0" SAID " user=GB.9" OWN},
    {VALUE("'messages':[{'from':'US.1349'" TEXT),
     "message id=w from= to=+447700900000 name= media=0 at=0" SAID " user=US.1349" OWN},
    /* only the address book says who */
    {VALUE("'contacts':[{'user_id':'GB.9'}],'messages':[{'z':0" TEXT),
     "message id=w from= to=+447700900000 name= media=0 at=0" SAID " user=GB.9" OWN},
    /* the address book is about somebody else */
    {VALUE("'contacts':[{'profile':{'name':'Jo'},'wa_id':'447700900124','user_id':'GB.8'}],"
           "'messages':[{'from_user_id':'GB.9'" TEXT),
     "message id=w from= to=+447700900000 name= media=0 at=0" SAID " user=GB.9" OWN},
    {VALUE("'contacts':[{'profile':{'name':'Jo'},'wa_id':'447700900124','user_id':'GB.8'}],"
           "'messages':[{'from':'447700900123'" TEXT),
     "message id=w from=+447700900123 to=+447700900000 name= media=0 at=0" SAID OWN},
    /* a name that nobody can see is none */
    {VALUE("'contacts':[{'profile':{'name':'\\u3164'},'wa_id':'447700900123'}],'messages':[{'from':"
           "'447700900123'" TEXT),
     "message id=w from=+447700900123 to=+447700900000 name= media=0 at=0" SAID OWN},
    /* who showed no number has one */
    {VALUE("'messages':[{'id':'w','from_user_id':'GB.1','type':'system','system':{'type':"
           "'user_changed_number','wa_id':'447700900124','user_id':'GB.2'}}]"),
     "number_change id=w from= to=+447700900000 name= media=0 at=0 text= user=GB.1" OWN
     " new=+447700900124 new_user=GB.2 note=Has a new number: 447700900124"},
    /* one where a list is wanted */
    {VALUE("'messages':{'from':'447700900123','id':'w','text':{'body':'STOP'}}"),
     "message id=w from=+447700900123 to=+447700900000 name= media=0 at=0" SAID OWN},
    /* the number is new and not to be told */
    {VALUE("'messages':[{'id':'w','type':'system','system':{'type':'user_changed_user_id',"
           "'previous_user_id':'GB.1','user_id':'GB.2'}}]"),
     "number_change id=w from= to=+447700900000 name= media=0 at=0 text= user=GB.1" OWN
     " new_user=GB.2 note=Has a new number"},
};

static void test_people(void **state)
{
    (void)state;
    read_shapes("messages", PEOPLE, COUNT_OF(PEOPLE), "inbound ");
}

/* Two people in the address book, and a message of neither: kept, and nobody's. */
static void test_nobody(void **state)
{
    (void)state;
    static const struct shape_case cases[] = {
        {VALUE("'contacts':[{'wa_id':'447700900123'},{'wa_id':'447700900124'}],'messages':[{'z':"
               "0" TEXT),
         "unread\n"},
        {VALUE("'messages':[{'from':null" TEXT), "unread\n"},
        {VALUE("'messages':['x',7]"), "unread\nunread\n"},
        {VALUE("'statuses':[null,{'status':'deleted'}]"), "unread\n"},
    };
    read_shapes("messages", cases, COUNT_OF(cases), "");
}

/* One in the address book, and messages of several: who is not called there has no name and no id. */
static void test_several(void **state)
{
    (void)state;
    static const struct shape_case cases[] = {
        {VALUE("'contacts':[{'profile':{'name':'Kim'},'wa_id':'447700900123','user_id':'GB.9'}],"
               "'messages':[{'from':'447700900123','id':'v','type':'text','text':{'body':'yes'}},"
               "{'from':'447700900124'" TEXT),
         "inbound message id=v from=+447700900123 to=+447700900000 name=Kim media=0 at=0 text=yes "
         "user=GB.9" OWN "\n"
         "inbound message id=w from=+447700900124 to=+447700900000 name= media=0 at=0" SAID OWN
         "\n"},
        {VALUE("'contacts':[{'wa_id':'447700900123','user_id':'GB.9'}],'messages':[{'from_user_id':"
               "'GB.9','id':'v','type':'text','text':{'body':'yes'}},{'z':0" TEXT),
         "inbound message id=v from=+447700900123 to=+447700900000 name= media=0 at=0 text=yes "
         "user=GB.9" OWN "\nunread\n"},
        /* none names anybody: it is the one of the address book */
        {VALUE(
             "'contacts':[{'wa_id':'447700900123'}],'messages':[{'from':'','id':'v','type':'text',"
             "'text':{'body':'yes'}},{'from':null" TEXT),
         "inbound message id=v from=+447700900123 to=+447700900000 name= media=0 at=0 text=yes" OWN
         "\ninbound message id=w from=+447700900123 to=+447700900000 name= media=0 at=0" SAID OWN
         "\n"},
        /* an id that the book does not have may be another's */
        {VALUE("'contacts':[{'wa_id':'447700900123'}],'messages':[{'from_user_id':'GB.8','id':'v',"
               "'type':'text','text':{'body':'yes'}},{'z':0" TEXT),
         "inbound message id=v from= to=+447700900000 name= media=0 at=0 text=yes user=GB.8" OWN
         "\nunread\n"},
    };
    read_shapes("messages", cases, COUNT_OF(cases), "");
}

/* ---- other fields */

static void test_echoes(void **state)
{
    (void)state;
    static const struct shape_case cases[] = {
        {VALUE("'message_echoes':[{'from':'447700900000','to':'447700900123','id':'w','timestamp':"
               "'1700000001','type':'text','text':{'body':'At the hall'}}]"),
         "echo id=w from=+447700900123 to=+447700900000 name= media=0 at=1700000001000 text=At the "
         "hall" OWN},
        {VALUE("'message_echoes':[{'from':'447700900000','to_user_id':'GB.9','id':'w','type':"
               "'image','image':{'id':'i'}}]"),
         "echo id=w from= to=+447700900000 name= media=1 at=0 text= user=GB.9" OWN " note=Picture"},
        {VALUE("'message_echoes':[{'from':'447700900000','to':'447700900123','id':'w','type':"
               "'revoke','revoke':{'original_message_id':'w0'}}]"),
         "note id=w from=+447700900123 to=+447700900000 name= media=0 at=0 text=" OWN
         " note=We took back an earlier message, on the phone"},
        {VALUE("'message_echoes':[{'from':'447700900000','to':'447700900123','id':'w','type':"
               "'reaction','reaction':{'message_id':'w0'}}]"),
         "note id=w from=+447700900123 to=+447700900000 name= media=0 at=0 text=" OWN
         " note=We took back a reaction, on the phone"},
        {VALUE("'contacts':[{'wa_id':'447700900123','user_id':'GB.9'}],'message_echoes':[{'from':"
               "'447700900000','id':'w','type':'text','text':{'body':'Here'}}]"),
         "echo id=w from=+447700900123 to=+447700900000 name= media=0 at=0 text=Here "
         "user=GB.9" OWN},
    };
    read_shapes("smb_message_echoes", cases, COUNT_OF(cases), "inbound ");
}

/* The same, in the box of a conversation that another app of the number has. */
static void test_standby(void **state)
{
    (void)state;
    static const struct shape_case cases[] = {
        {VALUE("'standby':{'contacts':[{'profile':{'name':'Kim'},'wa_id':'447700900123'}],"
               "'messages':[{'from':'447700900123','id':'w','timestamp':'1700000001','type':'text',"
               "'text':{'body':'STOP'}}]}"),
         "inbound message" KIM "STOP" OWN "\n"},
        {VALUE("'standby':{'contacts':[{'profile':{'username':'kim'},'user_id':'GB.9'}],"
               "'messages':[{'from_user_id':'GB.9','id':'w','type':'button','button':{'payload':"
               "'STOP','text':'No more'}}]}"),
         "inbound message id=w from= to=+447700900000 name=kim media=0 at=0 text=No more "
         "user=GB.9" OWN " action=STOP\n"},
        {VALUE("'standby':{'messages':[{'from':'447700900123','id':'w','type':'edit','edit':{"
               "'original_message_id':'w0','message':{'type':'text','text':{'body':'STOP'}}}}]}"),
         "inbound edit id=w from=+447700900123 to=+447700900000 name= media=0 at=0 text=STOP" OWN
         " about=w0 note=Changed an earlier message\n"},
        {VALUE("'standby':{'message_echoes':[{'id':'e','timestamp':'1700000001','message':{'to':"
               "'+447700900123','type':'text','text':{'body':'At 7'}}}]}"),
         "inbound echo id=e from=+447700900123 to=+447700900000 name= media=0 at=1700000001000 "
         "text=At 7" OWN " note=By Meta's Business Agent, or another app of this number\n"},
        {VALUE("'standby':{'message_echoes':[{'id':'e','message':{'recipient':'GB.9','type':"
               "'template','template':{'name':'sale'}}}]}"),
         "inbound echo id=e from= to=+447700900000 name= media=0 at=0 text= user=GB.9" OWN
         " note=By Meta's Business Agent, or another app of this number: template sale\n"},
        {VALUE("'standby':{'message_echoes':[{'id':'e','message':{'recipient_type':'group','to':"
               "'HBgG','text':{'body':'x'}}}]}"),
         ""},
        {VALUE("'standby':{'statuses':[{'id':'w','status':'failed','timestamp':'1700000001',"
               "'recipient_id':'447700900123','errors':[{'code':131050}]}]}"),
         "receipt undelivered ref= id=w code=131050 reason=unsubscribed to=+447700900123 "
         "at=1700000001000 suppress\n"},
        {VALUE("'standby':{'statuses':[{'id':'w','status':'read','recipient_id':'447700900123',"
               "'biz_opaque_callback_data':'r'}]}"),
         "receipt read ref=r id=w code= reason= to=+447700900123 at=0\n"},
        /* in another form: kept, since there may be a STOP in it */
        {VALUE("'standby':[{'messages':[{'from':'447700900123','id':'w','type':'text','text':{"
               "'body':'STOP'}}]}]"),
         "unread\naccount warning reason=unknown at=1700000000000 account=9 text=standby in a form "
         "that Muster does not know\n"},
    };
    read_shapes("standby", cases, COUNT_OF(cases), "");
}

static void test_preferences(void **state)
{
    (void)state;
    static const struct shape_case cases[] = {
        {VALUE("'user_preferences':[{'wa_id':'447700900123','detail':'d','category':"
               "'marketing_messages','value':'stop','timestamp':1700000001}]"),
         "opt_out handled id= from=+447700900123 to=+447700900000 name= media=0 at=1700000001000 "
         "text=" OWN " note=Stopped our marketing messages in WhatsApp: d"},
        {VALUE("'contacts':[{'wa_id':'447700900124','user_id':'GB.8'}],'user_preferences':[{"
               "'user_id':'GB.9','value':'stop'}]"),
         "opt_out handled id= from= to=+447700900000 name= media=0 at=0 text= user=GB.9" OWN
         " note=Stopped our marketing messages in WhatsApp"},
        {VALUE("'contacts':[{'profile':{'name':'Jo'},'user_id':'GB.9'}],'user_preferences':[{"
               "'user_id':'GB.9','value':'resume','timestamp':1700000001.0}]"),
         "opt_in handled id= from= to=+447700900000 name=Jo media=0 at=1700000001000 text= "
         "user=GB.9" OWN " note=Allows our marketing messages again in WhatsApp"},
        {VALUE("'user_preferences':[{'wa_id':'447700900123','value':'signup','signup_id':'s'}]"),
         "note handled id= from=+447700900123 to=+447700900000 name= media=0 at=0 text=" OWN
         " note=Signed up for our marketing messages in WhatsApp"},
        {VALUE("'user_preferences':[{'wa_id':'447700900123','category':'c','value':'pause'}]"),
         "note id= from=+447700900123 to=+447700900000 name= media=0 at=0 text=" OWN
         " note=Changed a preference in WhatsApp: c pause"},
    };
    read_shapes("user_preferences", cases, COUNT_OF(cases), "inbound ");
}

static void test_calls(void **state)
{
    (void)state;
    static const struct shape_case cases[] = {
        {VALUE("'contacts':[{'profile':{'name':'Kim'},'wa_id':'447700900123'}],'calls':[{'id':'c',"
               "'from':'447700900123','to':'447700900000','event':'terminate','timestamp':"
               "'1700000001','direction':'USER_INITIATED','duration':20,'status':'COMPLETED'}]"),
         "inbound note id=c from=+447700900123 to=+447700900000 name=Kim media=0 at=1700000001000 "
         "text=" OWN " note=Called us on WhatsApp, 20 s\n"},
        {VALUE("'calls':[{'id':'c','from':'447700900123','event':'terminate','direction':"
               "'USER_INITIATED','status':'FAILED'}]"),
         "inbound message id=c from=+447700900123 to=+447700900000 name= media=0 at=0 text=" OWN
         " note=Called us on WhatsApp, and nobody took the call\n"},
        {VALUE("'calls':[{'id':'c','from':'447700900000','to':'447700900123','event':'terminate',"
               "'direction':'BUSINESS_INITIATED','duration':7}]"),
         "inbound echo id=c from=+447700900123 to=+447700900000 name= media=0 at=0 text=" OWN
         " note=We called on WhatsApp, 7 s\n"},
        {VALUE("'calls':[{'id':'c','from':'447700900123','event':'connect','direction':"
               "'USER_INITIATED','session':{'sdp_type':'offer','sdp':'v=0'}}]"),
         ""},
        {VALUE("'calls':[{'id':'c','from':'447700900123','event':'voicemail','direction':"
               "'USER_INITIATED'}]"),
         "inbound message id=c from=+447700900123 to=+447700900000 name= media=0 at=0 text=" OWN
         " note=Called us on WhatsApp; Muster does not know what came of it: voicemail\n"},
        {VALUE("'calls':[{'id':'c','from':'447700900123','event':'terminate'}]"),
         "inbound message id=c from=+447700900123 to=+447700900000 name= media=0 at=0 text=" OWN
         " note=A call on WhatsApp: terminate\n"},
        /* what it is about ends with the call; its states are no receipts of ours */
        {VALUE("'calls':[{'id':'c','from':'447700900123','event':'connect','direction':"
               "'USER_INITIATED'}],'statuses':[{'id':'c','type':'call','status':'RINGING'}]"),
         ""},
    };
    read_shapes("calls", cases, COUNT_OF(cases), "");
}

static void test_user_id_update(void **state)
{
    (void)state;
    static const struct shape_case cases[] = {
        {VALUE("'user_id_update':[{'wa_id':'447700900123','detail':'d','user_id':{'previous':"
               "'GB.1','current':'GB.2'},'timestamp':'1700000001'}]"),
         "number_change id= from=+447700900123 to=+447700900000 name= media=0 at=1700000001000 "
         "text= user=GB.1" OWN " new_user=GB.2 note=Has a new user id: d"},
    };
    read_shapes("user_id_update", cases, COUNT_OF(cases), "inbound ");
}

/* ---- the account */

static void test_templates(void **state)
{
    (void)state;
    static const struct shape_case cases[] = {
        {"{'event':'PAUSED','message_template_id':5,'message_template_name':'meeting',"
         "'message_template_language':'en_GB','reason':'NONE','other_info':{'title':'FIRST_PAUSE',"
         "'description':'three hours'}}",
         "blocked reason=bad_template at=1700000000000 account=9 template=meeting language=en_GB "
         "text=template meeting (en_GB) is PAUSED, NONE: FIRST_PAUSE three hours"},
        {"{'event':'FLAGGED','message_template_name':'meeting','message_template_language':'en'}",
         "warning reason=template_at_risk at=1700000000000 account=9 template=meeting language=en "
         "text=template meeting (en) is FLAGGED"},
        {"{'event':'APPROVED','message_template_name':'meeting','message_template_language':'en'}",
         "info reason=template_news at=1700000000000 account=9 template=meeting language=en "
         "text=template meeting (en) is APPROVED"},
    };
    read_shapes("message_template_status_update", cases, COUNT_OF(cases), "account ");
}

static void test_account_updates(void **state)
{
    (void)state;
    static const struct shape_case cases[] = {
        {"{'event':'DISABLED_UPDATE','ban_info':{'waba_ban_state':'DISABLE','waba_ban_date':"
         "'October 9'}}",
         "blocked reason=account_restricted"
         " at=1700000000000 account=9 "
         "text=the account is disabled: DISABLE October 9"},
        {"{'event':'DISABLED_UPDATE','ban_info':{'waba_ban_state':'REINSTATE'}}",
         "info reason=account_news at=1700000000000 account=9 text=the account may be used again"},
        {"{'event':'ACCOUNT_RESTRICTION','restriction_info':[{'restriction_type':"
         "'RESTRICTED_ADD_PHONE_NUMBER_ACTION','expiration':1},{'restriction_type':"
         "'RESTRICTED_BIZ_INITIATED_MESSAGING','expiration':2}]}",
         "blocked reason=account_restricted at=1700000000000 account=9 text=the account may not "
         "begin conversations, RESTRICTED_ADD_PHONE_NUMBER_ACTION until 1, "
         "RESTRICTED_BIZ_INITIATED_MESSAGING until 2"},
        {"{'event':'ACCOUNT_VIOLATION','violation_info':{'violation_type':'SCAM'}}",
         "blocked reason=account_restricted at=1700000000000 account=9 text=the account broke a "
         "rule: SCAM"},
        {"{'event':'ACCOUNT_RESTRICTION','restriction_info':[{'restriction_type':"
         "'RESTRICTED_ADD_PHONE_NUMBER_ACTION','expiration':1}]}",
         "warning reason=account_at_risk at=1700000000000 account=9 text=the account is "
         "restricted, "
         "RESTRICTED_ADD_PHONE_NUMBER_ACTION until 1"},
        {"{'event':'ACCOUNT_RESTRICTION'}",
         "blocked reason=account_restricted at=1700000000000 account=9 text=the account may not "
         "begin conversations"},
        {"{'event':'VERIFIED_ACCOUNT'}",
         "info reason=account_news at=1700000000000 account=9 text=news of the account: "
         "VERIFIED_ACCOUNT"},
    };
    read_shapes("account_update", cases, COUNT_OF(cases), "account ");
}

static void test_other_news(void **state)
{
    (void)state;
    static const struct shape_case quality[] = {
        {"{'display_phone_number':'447700900000','event':'FLAGGED','current_limit':'TIER_1K'}",
         "warning reason=quality at=1700000000000 account=9 text=the quality of our number is "
         "FLAGGED, limit TIER_1K"}};
    static const struct shape_case history[] = {
        {"{'history':[{'threads':[]}]}",
         "warning reason=ignored at=1700000000000 account=9 text=what was written on the phone "
         "before "
         "is not read: who said STOP there is not known here (muster suppress import)"}};
    static const struct shape_case errors[] = {
        {VALUE("'errors':[{'code':0,'title':'no'},{'code':1,'title':'yes'}]"),
         "warning reason=provider_error at=1700000000000 account=9 text=0 no, 1 yes"}};
    read_shapes("phone_number_quality_update", quality, 1, "account ");
    read_shapes("history", history, 1, "account ");
    read_shapes("messages", errors, 1, "account ");
}

/* ---- two numbers behind one address */

static struct gateway *with_number(const char *number_id, const char *secret)
{
    struct gateway_pair account[] = {{"phone_number_id", number_id},
                                     {"access_token", "t"},
                                     {"app_secret", secret},
                                     {"verify_token", "v"}};
    struct gateway_config config = meta_config();
    config.account = account;
    config.account_count = COUNT_OF(account);
    return make_gateway(meta, config);
}

static void test_whose(void **state)
{
    (void)state;
    struct gateway *one = with_number("111", "s"), *two = with_number("222", "s"),
                   *other = with_number("333", "another");
    assert_true(gateway_has_number(one, one, SLICE_LIT("111")));
    assert_false(gateway_has_number(one, one, SLICE_LIT("222")));
    assert_true(gateway_has_number(two, one, SLICE_LIT("222")));
    /* signed with a secret that does not vouch for it */
    assert_false(gateway_has_number(other, one, SLICE_LIT("333")));
    assert_false(gateway_has_number(two, one, SLICE_LIT("999")));
    /* not said: it is of the one whose address it came by */
    assert_true(gateway_has_number(one, one, SLICE_NONE));
    assert_false(gateway_has_number(two, one, SLICE_NONE));
    assert_true(gateway_has_account(two, one, SLICE_LIT("9")));
    assert_false(gateway_has_account(other, one, SLICE_LIT("9")));
    gateway_free(one);
    gateway_free(two);
    gateway_free(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_messages),   cmocka_unit_test(test_two_under_one_name),
        cmocka_unit_test(test_people),     cmocka_unit_test(test_nobody),
        cmocka_unit_test(test_several),    cmocka_unit_test(test_echoes),
        cmocka_unit_test(test_standby),    cmocka_unit_test(test_preferences),
        cmocka_unit_test(test_calls),      cmocka_unit_test(test_user_id_update),
        cmocka_unit_test(test_templates),  cmocka_unit_test(test_account_updates),
        cmocka_unit_test(test_other_news), cmocka_unit_test(test_whose),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
