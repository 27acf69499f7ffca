// SPDX-License-Identifier: EUPL-1.2
// What comes of a file whose columns are not those that the profile reads: refused with a sentence, or told.
#include "check.h"

#include "import/flag.h"
#include "import/reader.h"

static const char town[] =
    "[source]\nkey = town\nname = A town\n"
    "[identity]\nkind = stable\nkey = {id}\n"
    "[when]\nfrom = {date} {hour}\nto = {until}\nformat = %Y-%m-%d %H | %Y-%m-%d\n"
    "[where]\nlon = {lon | x : optional}\nlat = {lat : optional}\nplace = {place : optional}\n"
    "[what]\ncategory = {kind}\narrest = {arrest : optional} is true\n"
    "domestic = {domestic : optional} is true\n";

struct file_case {
    const char *name, *more, *bytes; // more: settings of [what]
    const char *refused;             // part of the sentence; NULL: the file is read
    const char *missing;             // what is told
    unsigned    untold;
};
#define ARREST (1u << SAYS_ARREST)
#define DOMESTIC (1u << SAYS_DOMESTIC)
#define ALL_OF "id,date,hour,until,lon,lat,place,kind,arrest,domestic"
#define EAST "[source]\nlike = town\nkey = other\n[where]\nlon = {easting}\nlat = {northing}\n"
#define FEATURE(properties)                                                                                  \
    "{\"type\":\"Feature\",\"geometry\":null,\"properties\":{\"id\":1,\"date\":\"2024-01-01\"," properties   \
    "}}"
#define BARE                                                                                                 \
    "[source]\nkey = bare\nname = B\n[identity]\nkind = stable\nkey = {id}\n"                                \
    "[when]\nfrom = {date}\nformat = %Y-%m-%d\n[what]\ncategory = {id}\n"
#define BARE_UNTOLD 0
// clang-format off
static const struct file_case cases[] = {
    { "nothing is missing", "", ALL_OF "\n", NULL, "", 0 },
    { "what may be missing is", "", "id,date,hour,until,lon,lat,kind\n", NULL, "place? arrest? domestic?", ARREST | DOMESTIC },
    { "one of two choices is enough", "", "id,date,hour,until,x,lat,kind,arrest,domestic,place\n", NULL, "", 0 },
    { "part of the date", "", "id,date,until,lon,lat,kind,arrest,domestic,place\n", NULL, "hour", 0 },
    { "the place", "", "id,date,hour,until,kind,arrest,domestic,place\n", NULL, "lon|x? lat?", 0 },
    { "a place by another name", "", "id,date,hour,until,kind,arrest,domestic,place,Lat\n", "\"lat\", from which is read where it happened; is \"Lat\" meant?", NULL, 0 },
    { "a place by a name like it", "", "id,date,hour,until,kind,arrest,domestic,place,lats\n", NULL, "lon|x? lat?", 0 },
    { "half of a place", "", "id,date,hour,until,x,kind,arrest,domestic,place\n", "there is no column \"lat\", from which is read where it happened", NULL, 0 },
    { "a place that may not be missing", EAST "y = {north}\ncrs = 5514\nx = {east}\n", ALL_OF "\n", "\"easting\", from which is read where it happened", NULL, 0 },
    { "one of its ways is there", EAST "y = {north}\ncrs = 5514\nx = {east}\n", ALL_OF ",east,north\n", NULL, "easting northing", 0 },
    { "features whose place is a property", EAST, FEATURE("\"hour\":1,\"until\":1,\"kind\":1,\"arrest\":null,\"domestic\":null,\"place\":1"), "\"easting\", from which is read where it happened", NULL, 0 },
    { "the date", "", "id,kind\n", "none of the columns that the profile town reads the date from; it has: id, kind", NULL, 0 },
    { "the key", "", "date,kind\n", "there is no column \"id\", from which is read what tells incidents apart", NULL, 0 },
    { "a name in another encoding", "", "\xE8\xEDslo,date,kind\n", "there is no column \"id\", from which is read what tells incidents apart. The names that the file has cannot be read in the encoding", NULL, 0 },
    { "what happened", "", "id,date\n", "\"kind\", from which is read what happened", NULL, 0 },
    { "a flag that may not be missing", "attempted = {tried}\n", ALL_OF "\n", "there is no column \"tried\", from which is read whether it was attempted only. Rename", NULL, 0 },
    { "a flag with a header like it", "attempted = {Tried}\n", ALL_OF ",Was tried\n", "is \"Was tried\" meant?", NULL, 0 },
    { "another case", "", "id,date,kind,Domestic\n", "\"domestic\", from which is read whether it was domestic; is \"Domestic\" meant?", NULL, 0 },
    { "a longer name", "", "id,date,kind,is_domestic\n", "is \"is_domestic\" meant?", NULL, 0 },
    { "a slip", "", "id,date,kind,domesitc\n", "is \"domesitc\" meant?", NULL, 0 },
    { "an accent", "", "id,date,kind,dom\xC3\xA9stic\n", "meant?", NULL, 0 },
    { "a character that nobody sees", "", "id,date,kind,domestic\xE2\x80\x8B\n", "meant?", NULL, 0 },
    { "a no-break space", "", "id,date,kind,\xC2\xA0" "domestic\n", "meant?", NULL, 0 },
    { "a name that the profile had before it was replaced", "[source]\nlike = town\nkey = other\n[what]\ndomestic = {Domestic : optional} is 1\n", ALL_OF "\n", "is \"domestic\" meant?", NULL, 0 },
    { "twice", "", ALL_OF ",domestic\n", "\"domestic\" stands twice", NULL, 0 },
    { "the end of the time twice", "", ALL_OF ",until\n", "\"until\" stands twice", NULL, 0 },
    { "the date twice", "", ALL_OF ",date\n", "\"date\" stands twice", NULL, 0 },
    { "a place twice", "", ALL_OF ",place\n", "\"place\" stands twice", NULL, 0 },
    { "a choice twice", "", ALL_OF ",x,x\n", "\"x\" stands twice", NULL, 0 },
    { "a number twice, with blanks around it", "", ALL_OF ", lat \n", "\"lat\" stands twice", NULL, 0 },
    { "the outcome twice", "outcome = {end}\n", ALL_OF ",end,end\n", "\"end\" stands twice", NULL, 0 },
    { "an area twice", "[where]\narea = {beat}\n", ALL_OF ",beat,beat\n", "\"beat\" stands twice", NULL, 0 },
    { "twice, and read no more", "[source]\nlike = town\nkey = other\n[when]\nto = {end}\n", ALL_OF ",until,end\n", NULL, "", 0 },
    { "twice, and nothing reads it", "", ALL_OF ",ward,ward\n", NULL, "", 0 },
    { "a flag that protects nobody, in another case", "", "id,date,kind,ARREST,domestic\n", "is \"ARREST\" meant?", NULL, 0 },
    { "a flag that protects nobody, and a longer name", "", "id,date,hour,until,lon,lat,kind,place,arrest date,domestic\n", NULL, "arrest?=arrest date", ARREST },
    { "where it happened", "[where]\nelsewhere = {rel} is not 1\n", ALL_OF "\n", "\"rel\", from which is read whether the point is where it happened", NULL, 0 },
    { "a byte-order mark", "", "\xEF\xBB\xBF" ALL_OF "\n", NULL, "", 0 },
    { "features", "", FEATURE("\"hour\":1,\"until\":\"\",\"lon\":1,\"lat\":1,\"kind\":1,\"arrest\":null,\"domestic\":null"), NULL, "place?", 0 },
    { "features that do not tell", "", FEATURE("\"kind\":1"), NULL, "hour until lon|x? lat? place? arrest? domestic?", ARREST | DOMESTIC },
    { "features without what happened", "", FEATURE("\"what\":1"), "there is no property \"kind\"", NULL, 0 },
    { "features with another name", "", FEATURE("\"kind\":1,\"Domestic\":true"), "is \"Domestic\" meant?", NULL, 0 },
    { "a column that nothing reads, and may be domestic", BARE, "id,date,\xD0\x94\xD0\xBE\xD0\xBC. \xD0\xBD\xD0\xB0\xD1\x81\xD0\xB8\xD0\xBB\xD1\x8C\xD1\x81\xD1\x82\xD0\xB2\xD0\xBE\n", "which may tell which incidents are domestic. Read it there (\"domestic = ", NULL, 0 },
    { "in Czech, other letters", BARE, "id,date,Domaci NASILI?\n", "the column \"Domaci NASILI?\", which may tell which incidents are domestic", NULL, 0 },
    { "domestic, as programs write it", BARE, "id,date,isDomestic\n", "which incidents are domestic", NULL, 0 },
    { "none does not read it", BARE "domestic = none\n", "id,date,dv\n", "which incidents are domestic", NULL, 0 },
    { "looked at", BARE "unread = dv | Child seat\n", "id,date,dv,Child seat\n", NULL, "", BARE_UNTOLD },
    { "looked at under another name", BARE "unread = DV\n", "id,date,dv\n", "which incidents are domestic", NULL, 0 },
    { "read as something else", BARE "outcome = {dv}\n", "id,date,dv\n", NULL, "", BARE_UNTOLD },
    { "the law", BARE, "id,date,\xD0\xA1\xD1\x82\xD0\xB0\xD1\x82\xD1\x82\xD1\x8F \xD0\x9A\xD0\x9A\xD0\xA3\n", "which law was broken. Read it there (\"code = ", NULL, 0 },
    { "the sign of a paragraph", BARE, "id,date,\xC2\xA7\n", "which law was broken", NULL, 0 },
    { "a child", BARE, "id,date,victim_minor\n", "whether the victim is a child", NULL, 0 },
    { "another place", BARE, "id,date,Elsewhere\n", "whether the point is where it happened", NULL, 0 },
    { "one word of several", BARE, "id,date,VicSex\n", "who the victim is", NULL, 0 },
    { "small and capital", BARE, "id,date,pachatelVztah\n", "how victim and offender are related", NULL, 0 },
    { "without a separator", BARE, "id,date,DOMVIOL\n", "which incidents are domestic", NULL, 0 },
    { "Cyrillic capitals", BARE, "id,date,ДомНасильство\n", "which incidents are domestic", NULL, 0 },
    { "domestic by other names", BARE, "id,date,DA flag\n", "which incidents are domestic", NULL, 0 },
    { "domestic by other names", BARE, "id,date,DA_Flag\n", "which incidents are domestic", NULL, 0 },
    { "domestic by other names", BARE, "id,date,DA\n", "which incidents are domestic", NULL, 0 },
    { "domestic by other names", BARE, "id,date,dom_abuse\n", "which incidents are domestic", NULL, 0 },
    { "domestic by other names", BARE, "id,date,DomAbuse\n", "which incidents are domestic", NULL, 0 },
    { "domestic by other names", BARE, "id,date,abuse\n", "which incidents are domestic", NULL, 0 },
    { "domestic by other names", BARE, "id,date,Násilí\n", "which incidents are domestic", NULL, 0 },
    { "domestic by other names", BARE, "id,date,насильство\n", "which incidents are domestic", NULL, 0 },
    { "domestic by other names", BARE, "id,date,Gewalt\n", "which incidents are domestic", NULL, 0 },
    { "domestic by other names", BARE, "id,date,DVind\n", "which incidents are domestic", NULL, 0 },
    { "domestic by other names", BARE, "id,date,isdv\n", "which incidents are domestic", NULL, 0 },
    { "domestic by other names", BARE, "id,date,d.v.\n", "which incidents are domestic", NULL, 0 },
    { "domestic by other names", BARE, "id,date,HBV\n", "which incidents are domestic", NULL, 0 },
    { "domestic by other names", BARE, "id,date,DV1\n", "which incidents are domestic", NULL, 0 },
    { "domestic by other names", BARE, "id,date,violence\n", "which incidents are domestic", NULL, 0 },
    { "not to be told", BARE, "id,date,do_not_publish\n", "which incidents are not to be told", NULL, 0 },
    { "not to be told", BARE, "id,date,DoNotPublish\n", "which incidents are not to be told", NULL, 0 },
    { "not to be told", BARE, "id,date,confidential\n", "which incidents are not to be told", NULL, 0 },
    { "not to be told", BARE, "id,date,utajeno\n", "which incidents are not to be told", NULL, 0 },
    { "not to be told", BARE, "id,date,Neveřejné\n", "which incidents are not to be told", NULL, 0 },
    { "not to be told", BARE, "id,date,не розголошувати\n", "which incidents are not to be told", NULL, 0 },
    { "not to be told", BARE, "id,date,конфіденційно\n", "which incidents are not to be told", NULL, 0 },
    { "not to be told", BARE, "id,date,safeguarding\n", "which incidents are not to be told", NULL, 0 },
    { "not to be told", BARE, "id,date,Nicht veröffentlichen\n", "which incidents are not to be told", NULL, 0 },
    { "not to be told", BARE, "id,date,publikovat\n", "is no not yes", NULL, 0 },
    { "not to be told", BARE, "id,date,zveřejnit\n", "is no not yes", NULL, 0 },
    { "not to be told", BARE, "id,date,veřejné\n", "is no not yes", NULL, 0 },
    { "not to be told", BARE, "id,date,public\n", "is no not yes", NULL, 0 },
    { "not to be told", BARE, "id,date,is_public\n", "is no not yes", NULL, 0 },
    { "not to be told", BARE, "id,date,private\n", "which incidents are not to be told", NULL, 0 },
    { "not to be told", BARE, "id,date,internal\n", "which incidents are not to be told", NULL, 0 },
    { "not to be told", BARE, "id,date,GDPR\n", "which incidents are not to be told", NULL, 0 },
    { "not to be told", BARE, "id,date,anonymizovat\n", "which incidents are not to be told", NULL, 0 },
    { "not to be told", BARE, "id,date,do_not_map\n", "which incidents are not to be told", NULL, 0 },
    { "not to be told", BARE, "id,date,DoNotMap\n", "which incidents are not to be told", NULL, 0 },
    { "not to be told", BARE, "id,date,hide\n", "which incidents are not to be told", NULL, 0 },
    { "not to be told", BARE, "id,date,hidden\n", "which incidents are not to be told", NULL, 0 },
    { "not to be told", BARE, "id,date,Visible\n", "is no not yes", NULL, 0 },
    { "not to be told", BARE, "id,date,show_on_map\n", "is no not yes", NULL, 0 },
    { "not to be told", BARE, "id,date,mappable\n", "is no not yes", NULL, 0 },
    { "not to be told", BARE, "id,date,публікувати\n", "is no not yes", NULL, 0 },
    { "not to be told", BARE, "id,date,публічно\n", "is no not yes", NULL, 0 },
    { "not to be told", BARE, "id,date,оприлюднити\n", "is no not yes", NULL, 0 },
    { "not to be told", BARE, "id,date,ДСК\n", "which incidents are not to be told", NULL, 0 },
    { "not to be told", BARE, "id,date,обмежено\n", "which incidents are not to be told", NULL, 0 },
    { "not to be told", BARE, "id,date,публиковать\n", "is no not yes", NULL, 0 },
    { "not to be told", BARE, "id,date,Öffentlich\n", "is no not yes", NULL, 0 },
    { "not to be told", BARE, "id,date,DSGVO\n", "which incidents are not to be told", NULL, 0 },
    { "not to be told", BARE, "id,date,anonymisiert\n", "which incidents are not to be told", NULL, 0 },
    { "the law by other names", BARE, "id,date,předpis\n", "which law was broken", NULL, 0 },
    { "the law by other names", BARE, "id,date,predpis\n", "which law was broken", NULL, 0 },
    { "the law by other names", BARE, "id,date,zákon\n", "which law was broken", NULL, 0 },
    { "the law by other names", BARE, "id,date,skutková podstata\n", "which law was broken", NULL, 0 },
    { "the law by other names", BARE, "id,date,offence\n", "which law was broken", NULL, 0 },
    { "the law by other names", BARE, "id,date,Offence\n", "which law was broken", NULL, 0 },
    { "the law by other names", BARE, "id,date,legislation\n", "which law was broken", NULL, 0 },
    { "the law by other names", BARE, "id,date,crime_code\n", "which law was broken", NULL, 0 },
    { "the law by other names", BARE, "id,date,home_office_code\n", "which law was broken", NULL, 0 },
    { "the law by other names", BARE, "id,date,норма\n", "which law was broken", NULL, 0 },
    { "the law by other names", BARE, "id,date,ст\n", "which law was broken", NULL, 0 },
    { "the law by other names", BARE, "id,date,ч_ст\n", "which law was broken", NULL, 0 },
    { "the law by other names", BARE, "id,date,par_tz\n", "which law was broken", NULL, 0 },
    { "the law by other names", BARE, "id,date,tz_par\n", "which law was broken", NULL, 0 },
    { "the law by other names", BARE, "id,date,TZ\n", "which law was broken", NULL, 0 },
    { "the law by other names", BARE, "id,date,ust.\n", "which law was broken", NULL, 0 },
    { "the law by other names", BARE, "id,date,Закон\n", "which law was broken", NULL, 0 },
    { "the law by other names", BARE, "id,date,Rechtsnorm\n", "which law was broken", NULL, 0 },
    { "by other names", BARE, "id,date,DASH\n", "which incidents are domestic", NULL, 0 },
    { "by other names", BARE, "id,date,dash_risk\n", "which incidents are domestic", NULL, 0 },
    { "by other names", BARE, "id,date,u18\n", "whether the victim is a child", NULL, 0 },
    { "by other names", BARE, "id,date,nezl.\n", "whether the victim is a child", NULL, 0 },
    { "by other names", BARE, "id,date,rasový\n", "out of hatred", NULL, 0 },
    { "a name that says nothing of the kind", BARE, "id,date,Public place\n", NULL, "", BARE_UNTOLD },
    { "a name that says nothing of the kind", BARE, "id,date,internal_id\n", NULL, "", BARE_UNTOLD },
    { "a name that says nothing of the kind", BARE, "id,date,Private property\n", NULL, "", BARE_UNTOLD },
    { "a name that says nothing of the kind", BARE, "id,date,datum_zverejneni\n", NULL, "", BARE_UNTOLD },
    { "a name that says nothing of the kind", BARE, "id,date,section\n", NULL, "", BARE_UNTOLD },
    { "a name that says nothing of the kind", BARE, "id,date,act\n", NULL, "", BARE_UNTOLD },
    { "a name that says nothing of the kind", BARE, "id,date,flag\n", NULL, "", BARE_UNTOLD },
    { "a name that says nothing of the kind", BARE, "id,date,dom\n", NULL, "", BARE_UNTOLD },
    { "a name that says nothing of the kind", BARE, "id,date,visibility\n", NULL, "", BARE_UNTOLD },
    { "a name that says nothing of the kind", BARE, "id,date,Offense Number\n", NULL, "", BARE_UNTOLD },
    { "a name that says nothing of the kind", BARE, "id,date,public transport\n", NULL, "", BARE_UNTOLD },
    { "why it was done", BARE, "id,date,CSE flag\n", "out of hatred", NULL, 0 },
    { "why it was done", BARE, "id,date,FGM\n", "out of hatred", NULL, 0 },
    { "why it was done", BARE, "id,date,Motive\n", "out of hatred", NULL, 0 },
    { "why it was done", BARE, "id,date,Мотив\n", "out of hatred", NULL, 0 },
    { "why it was done", BARE, "id,date,Motiv\n", "out of hatred", NULL, 0 },
    { "names that only look so", BARE, "id,date,Data,DAY1,DVD,Dveře,Dvoustopé,Motor,Publisher,Ward2,Beat\n", NULL, "", BARE_UNTOLD },
    { "code of the offence", BARE, "id,date,Offense Code\n", "which law was broken", NULL, 0 },
    { "crime in Czech", BARE, "id,date,Trestný čin\n", "which law was broken", NULL, 0 },
    { "words within words", BARE, "id,date,Minority,Detailing,Particle,Domain,Location,FBI Code,Context\n", NULL, "", BARE_UNTOLD },
    { "features", BARE, FEATURE("\"domestic\":1"), "the property \"domestic\", which may tell", NULL, 0 },
    { "a later feature alone", BARE, FEATURE("\"what\":1") "\n" FEATURE("\"what\":1,\"domestic\":1"), "the property \"domestic\", which may tell", NULL, 0 },
    { "a later feature tells more", "", FEATURE("\"kind\":1") "\n" FEATURE("\"kind\":1,\"domestic\":true"), "the first feature has no property that tells whether it was domestic", NULL, 0 },
};
// clang-format on

static void list_missing(struct scope *sc, const struct profile *p, const struct file_columns *f,
                         struct buf *to)
{
    const struct missing_column *m;
    size_t                       n;
    ok_err(sc, missing_list(sc, p, f, &m, &n), OK);
    for (size_t i = 0; i < n; i++) {
        if (i) buf_add_c(to, ' ');
        for (size_t k = 0; k < m[i].column.n; k++)
            if (m[i].column.p[k] != ' ') buf_add_c(to, m[i].column.p[k]);
        if (m[i].optional) buf_add_c(to, '?');
        if (m[i].meant.n) buf_printf(to, "=%.*s", STR(m[i].meant));
    }
}

static void check_case(const struct file_case *c)
{
    struct scope              sc = test_scope();
    struct profile            p;
    struct stream            *from;
    struct reader            *r = NULL;
    struct record             record;
    str                       bytes = str_of(c->bytes);
    AUTO(buf_free) struct buf told;
    buf_init(&told, 1 << 12);
    struct profile like;
    ok_err(&sc, profile_parse(&sc, "test", str_of(town), NULL, 0, &like), OK);
    str text = arena_printf(sc.mem, "%s%s", str_starts(str_of(c->more), S("[source]")) ? "" : town, c->more);
    ok_err(&sc, profile_parse(&sc, "test", text, &like, 1, &p), OK);
    if (c->bytes[0] == '{')
        for (size_t i = 0; i < bytes.n; i++) // one after another: RFC 8142 without its separators is not read
            if (bytes.p[i] == '\n')
                bytes = arena_printf(sc.mem, "{\"type\":\"FeatureCollection\",\"features\":[%.*s,%s]}",
                                     (int)i, bytes.p, bytes.p + i + 1);
    ok_err(&sc, stream_open_bytes(&sc, bytes, "file", &from), OK);
    enum err e = reader_open(&sc, from, &p, &r);
    while (!e && reader_next(r, &record))
        ok(record.untold == c->untold || c->refused, "%s: untold %u", c->name, record.untold);
    if (!e) e = reader_end(&sc, r);
    ok(e == (c->refused ? ERR_INVALID : OK), "%s: %s", c->name, sc.fault.text);
    if (c->refused) ok(str_has(str_of(sc.fault.text), str_of(c->refused)), "%s: %s", c->name, sc.fault.text);
    else {
        list_missing(&sc, &p, reader_columns(r), &told);
        ok(str_eq(buf_str(&told), str_of(c->missing)), "%s: told \"%.*s\", wanted \"%s\"", c->name,
           STR(buf_str(&told)), c->missing);
        ok(missing_untold(&p, reader_columns(r)) == c->untold, "%s: flags", c->name);
    }
    reader_close(r);
    stream_close(from);
    test_scope_end(&sc);
}

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) check_case(&cases[i]);
}

/// Who has many columns that may protect hears of all of them at once, with the line to paste.
static void test_many_at_once(void **state)
{
    (void)state;
    static const struct {
        const char *profile, *columns;
        const char *says[12];
    } files[] = {
        { "",
          "DV,Victim sex,Age,article,Notes,Relationship,public,Religion,Beat",
          { "nothing reads 8 columns that may protect: \"DV\" (which incidents are domestic: "
            "domestic); ",
            "\"public\" (which incidents may be told, so that the others may not: domestic); ",
            "\"article\" (which law was broken: code); ",
            "\"Victim sex\", \"Age\" (who the victim is: detail); ",
            "\"Relationship\" (how victim and offender are related: detail or domestic); ",
            "\"Notes\" (in free text what happened: detail); ", "\"Religion\" (",
            ". Read them by these settings, or, if you have looked and they protect nobody, write ",
            "\"unread = DV | public | article | Victim sex | Age | Relationship | Notes | Religion\" into "
            "the "
            "profile's [what]" } },
        { "unread = Beat | Age\n",
          "DV,Age,Notes,Beat",
          { "nothing reads 2 columns",
            "write \"unread = Beat | Age | DV | Notes\" into the profile's [what] in "
            "place of its line \"unread\"" } },
        { "unread = Beat\n",
          "Dv flag,Beat",
          { "the profile does not read the column \"Dv flag\", which may tell which incidents are domestic. "
            "Read "
            "it there (\"domestic = {Dv flag} is yes not no\"), or, if you have looked and it protects "
            "nobody, "
            "write \"unread = Beat | Dv flag\" into" } },
        { "", "Victim sex", { "Read it there (\"detail = {Victim sex}\"), or" } },
        { "",
          "Child",
          { "(\"detail = {Child}\" where words stand in it, or else \"domestic = {Child} is yes not "
            "no\")" } },
        { "", "Article", { "(\"code = {Article} by LIST\")" } },
    };
    for (size_t i = 0; i < COUNT(files); i++) {
        struct scope   sc = test_scope();
        struct profile p;
        struct stream *from;
        struct reader *r = NULL;
        str            bytes = arena_printf(sc.mem, "id,date,%s\n", files[i].columns);
        str            text = arena_printf(sc.mem, "%s%s", BARE, files[i].profile);
        ok_err(&sc, profile_parse(&sc, "test", text, NULL, 0, &p), OK);
        ok_err(&sc, stream_open_bytes(&sc, bytes, "file", &from), OK);
        ok_err(&sc, reader_open(&sc, from, &p, &r), ERR_INVALID);
        for (size_t k = 0; k < COUNT(files[i].says) && files[i].says[k]; k++)
            ok(strstr(sc.fault.text, files[i].says[k]), "%s: %s", files[i].says[k], sc.fault.text);
        stream_close(from);
        test_scope_end(&sc);
    }
}

/// As many as a sentence holds, with a path before it and the profile behind it.
static void test_more_than_a_sentence(void **state)
{
    (void)state;
    struct scope              sc = test_scope();
    struct profile            p;
    struct stream            *from;
    struct reader            *r = NULL;
    AUTO(buf_free) struct buf header;
    buf_init(&header, 1 << 16);
    buf_add(&header, S("id,date"));
    for (int i = 0; i < 100; i++) buf_printf(&header, ",domestic violence %d", i);
    buf_add_c(&header, '\n');
    ok_err(&sc, profile_parse(&sc, "test", str_of(BARE), NULL, 0, &p), OK);
    ok_err(&sc, stream_open_bytes(&sc, buf_str(&header), "file", &from), OK);
    ok_err(&sc, reader_open(&sc, from, &p, &r), ERR_INVALID);
    ok(strstr(sc.fault.text, "nothing reads 100 columns") &&
           strstr(sc.fault.text, " more, which are told once") &&
           strstr(sc.fault.text, "| domestic violence 5") &&
           strstr(sc.fault.text, "into the profile's [what]") &&
           strlen(sc.fault.text) <= sizeof sc.fault.text - 260,
       "%s", sc.fault.text);
    stream_close(from);
    test_scope_end(&sc);
}

static const struct CMUnitTest tests[] = { cmocka_unit_test(test_cases), cmocka_unit_test(test_many_at_once),
                                           cmocka_unit_test(test_more_than_a_sentence) };
TEST_MAIN(tests)
