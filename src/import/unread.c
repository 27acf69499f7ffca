// SPDX-License-Identifier: EUPL-1.2
#include "import/unread.h"

#include "base/arena.h"
#include "import/words.h"
#include "model/letters.h"
#include <assert.h>

enum { PHRASES_MAX = 128, SIGN_LANGUAGES = 4, LAW = 3 };

// clang-format off
// A mark says with yes or no what the column's name says: as a text, "yes" means nothing.
#define WORDS_OR_MARK                                                                                        \
    "detail = {Column}\" where words stand in it, or else \"domestic = {Column} is yes not no"
static const struct sign { // that a column protects
    const char *tells, *read;
    const char *phrases[SIGN_LANGUAGES]; // English; Czech; Ukrainian and Russian; German
    const char *alone;                   // that are all of a name: "public" is one, "public_place" is none
} signs[] = {
    { "which incidents are domestic", "domestic = {Column} is yes not no",
      { "*domestic* | violen* | *abuse* | abusive | dv | ipv | dva | da | hbv | hbva | vawg | d v | dom viol* | domviol* | dom ab* | domab* | "
        "daflag | darelated | isda | dvflag | dvind* | dvyn | dvrelated | isdv | marac | dash risk*",
        "násil* | domác* nás* | dom nás* | domnas* | týran* | domácí | zneužív* | zneužit*",
        "насил* | домнасил* | дн | домашн* | сімейне | родинне | жорсток* | жесток*",
        "häuslich* | haeuslich* | gewalt* | *gewalt | missbr* | misshandl*" }, "dash" },
    { "which incidents are not to be told", "domestic = {Column} is yes not no",
      { "do not publ* | donotpubl* | not publi* | no publi* | nopubli* | not disclos* | nondisclos* | *confidential* | "
        "restricted | suppress* | redact* | withh* | embargo* | safeguard* | protected | not map* | no map | nomap | "
        "donotmap* | do not show* | gdpr | anonymi* | pseudonymi*",
        "utajen* | utaj* | neveřejn* | nezveřejň* | nezveřejn* | nepublik* | důvěrn* | tajn* | chráněn* | anonymiz* | skrýt",
        "не публік* | не публик* | не розголош* | нерозголош* | не оприлюдн* | не разглаш* | неразглаш* | конфіденц* | "
        "конфиденц* | секретн* | таємн* | тайна | закрит* інформ* | службов* користув* | дск | дсп | обмеж* доступ* | "
        "огранич* доступ* | знеособ* | обезлич* | приховати | скрыть",
        "vertraulich* | geheim* | nicht veröffent* | gesperrt* | schutzbed* | dsgvo | anonymis* | nicht anzeig* | "
        "verbergen | ausblenden | sperrvermerk*" },
      "private | internal | internal only | hide | hidden | interní | soukrom* | skryt* | обмежен* | внутрішн* | "
      "прихован* | ограничен* | внутренн* | скрыт* | intern | privat | versteckt" },
    { "which incidents may be told, so that the others may not", "domestic = {Column} is no not yes",
      { "show map | showmap | showonmap | mappable | public releas* | releas* public | public visib* | visib* public | "
        "public view* | publicly | for publication",
        "publikovat | zveřejnit | na mapě | na mapu",
        "публікувати | публиковать | оприлюднити | обнародовать | на карті | на мапі | на карте",
        "zur veröffentlichung" },
      "public | publish | publishable | visible | show | veřejn* | publikován* | publikace | zveřejněn* | viditeln* | "
      "публічн* | оприлюднен* | видимий | видиме | видимо | публичн* | обнародован* | öffentlich | oeffentlich | "
      "veröffentlichen | veroeffentlichen | sichtbar" },
    { "which law was broken", "code = {Column} by LIST",
      { "iucr | ucr | nibrs* | offence code* | offense code* | offencecode* | offensecode* | charge | charges | legal code* | "
        "legalcode* | lawcode* | crm cd* | ho code* | local qualifier* | article | articles | statute* | penal code | criminal code | law | law code | law section | "
        "home office code* | home office class* | crime code* | crimecode* | legislation* | act section | section act",
        "paragraf* | delikt* | tsk | kód tsk | trestn* čin | kvalifikac* | ustanoven* zákon* | předpis | předpisu | předpisy | zákon | "
        "zákona | zákony | skutkov* podstat* | par tz | tz par | č zák*",
        "статт* | кваліфікац* | ст кк* | кк | кку | купап | статья | статьи | квалификац* | норма закон* | норма права | "
        "закон | закону | закона | ч ст | номер ст",
        "paragraph* | gesetz* | straftatbestand* | tatbestand* | stgb | pks | delikt* | rechtsnorm* | vorschrift*" },
      "offence | offences | offense | offenses | tz | par | ust | ст | норма | норми | norm" },
    { "whether the victim is a child", WORDS_OR_MARK,
      { "child* | *child | minor | minors | juvenile* | underage | under age | under 18 | under18 | u 18 | u 16 | youth | youths",
        "dítě | dítěte | děti | dětí | dětsk* | nezletil* | nezl | mladistv*",
        "дитин* | дитяч* | діти | дітей | неповнол* | малоліт* | ребен* | дети | детей | несовершеннол* | малолет*",
        "kind | kinder* | minderjähr* | minderjaehr* | jugendl*" } },
    { "whether the point is where it happened", "elsewhere = {Column} is yes not no",
      { "elsewhere | other place | relevance", "jinde | jiné místo | relevance",
        "інше місце | іншому місці | деінде | другое место", "anderer ort | andernorts | woanders" } },
    { "whether the act was sexual, out of hatred, trafficking or against oneself", WORDS_OR_MARK,
      { "*sexual* | sex crime* | sex offen* | sexoffen* | sex assault* | rape* | hate* | bias* | prejudice* | motiv* | cse | csa | csea | fgm | honour* | honor based | honor violen* | *traffick* | exploitation | slavery | "
        "*suicid* | self harm* | self inflict* | sensitive | sensitivity",
        "sexu* | znásil* | nenávist* | pohnutk* | předsud* | obchod* lid* | vykořisť* | sebevra* | sebepoš* | citliv* | rasov* | rasis* | rasist*",
        "секс* | зґвалт* | ненавист* | расов* | расист* | мотив* | упередж* | торгівл* людьми | експлуатац* | самогуб* | суїцид* | самоушкодж* | изнасил* | "
        "предубежд* | торговл* людьми | самоуб* | суицид* | чутлив*",
        "*sexuel* | sexual* | vergewalt* | hass* | beweggr* | tatmotiv* | vorurteil* | menschenhandel* | ausbeutung* | suizid* | selbstmord* | "
        "selbsttötung* | selbstverletz*" } },
    { "who the victim is", "detail = {Column}",
      { "vict* | vic | vicsex | vicage | complainant* | vulnerab* | injured part* | age | ages | sex | gender | age group | age range",
        "oběť* | oběti* | obětí | poškozen* | věk | věku | pohlaví",
        "жертв* | потерпіл* | постражд* | вік | віку | стать | статі | потерпевш* | возраст* | пол",
        "opfer* | geschädigt* | geschaedigt* | alter | geschlecht*" } },
    { "how victim and offender are related", WORDS_OR_MARK,
      { "relation | relations | relationship* | related | family | familial | partner* | spous* | household* | intimate*",
        "*vztah | vztahu | vztahy | osob* blízk* | rodin* | příbuz* | partner* | manžel* | domácnost*",
        "стосунк* | родин* | родич* | сім* | партнер* | подруж* | отношени* | семь* | родств* | супруг*",
        "beziehung* | familie* | partner* | ehe* | haushalt* | verwandt*" } },
    { "in free text what happened", "detail = {Column}",
      { "description* | descr | desc | narrative* | note | notes | comment* | remark* | summary | synopsis | modus* | mo | "
        "circumstance* | details | free text | freetext",
        "popis* | poznám* | okolnost* | způsob* | skutek | skutku",
        "опис* | примітк* | обставин* | фабул* | спосіб | способ* | описан* | примечан* | обстоятельств*",
        "beschreib* | sachverhalt* | bemerkung* | notiz* | tathergang* | modus* | anmerkung*" } },
    { "of whose faith, origin, orientation or disability it was", WORDS_OR_MARK,
      { "religio* | faith | ethnic* | race | racial | nationalit* | descent | orientation | lgbt* | disab* | migra*",
        "nábožen* | víra | etnik* | etnic* | národnost* | rasa | orientac* | postižen*",
        "релігі* | віра | етніч* | національн* | раса | орієнтац* | інвалідн* | религ* | этнич* | националь* | ориентац* | инвалид*",
        "religion* | glaube* | ethni* | herkunft* | nationalität* | orientierung* | behinder*" } },
};

// Names that say too little to refuse a file by themselves, but do where nothing but yes and no stands below them. A day of the month
// is "dom", too, and a police's district "section".
static const struct doubt {
    const char *tells, *read, *alone;
} doubts[] = {
    { "which incidents are domestic", "domestic = {Column} is yes not no", "dom" },
    { "which incidents are not to be told", "domestic = {Column} is yes not no",
      "flag | flags | marker | markers | qualifier | qualifiers | restriction* | příznak* | znak | обмеж* | ознак* | признак* | огранич* | kennzeichen | "
      "merkmal | vermerk" },
    { "which incidents may be told, so that the others may not", "domestic = {Column} is no not yes", "visibility" },
    { "which law was broken", "code = {Column} by LIST", "act | acts | section | sections" },
};
static const char fillers[] = "is | flag | flags | ind | indicator | marker | yn | y | n | znak | příznak* | ознак* | признак* | kz | kennzeichen";
// clang-format on

struct readied { // the phrases of one sign
    struct phrase phrase[PHRASES_MAX];
    size_t        n;
};

/// A phrase too many would be left out in silence, so none may be.
static enum err ready_more(struct scope *sc, const char *phrases, struct readied *out)
{
    str rest = str_of(phrases), part;
    while (str_cut(&rest, '|', &part)) {
        assert(out->n < PHRASES_MAX);
        TRY(phrase_read(sc, str_trim(part), &out->phrase[out->n++]));
    }
    return OK;
}

struct ready_sign {
    struct readied phrases, alone, filler;
};

static enum err ready(struct scope *sc, const struct sign *s, struct ready_sign *out)
{
    out->phrases.n = out->alone.n = out->filler.n = 0;
    for (size_t i = 0; i < SIGN_LANGUAGES; i++) TRY(ready_more(sc, s->phrases[i], &out->phrases));
    if (s->alone) TRY(ready_more(sc, s->alone, &out->alone));
    return ready_more(sc, fillers, &out->filler);
}

/// The name with a blank before each capital letter behind a small one, and before digits: VictimAge and DV1 are two words.
static enum err part_words(struct scope *sc, str column, str *out)
{
    AUTO(buf_free) struct buf b;
    bool                      small = false, letter = false;
    buf_init(&b, 2 * column.n + 1);
    for (str rest = column; rest.n;) {
        str      from = rest;
        uint32_t c = letters_next(&rest);
        bool     digit = letters_digit(c) >= 0;
        if ((small && letters_capital(c)) || (digit && letter)) buf_add_c(&b, ' ');
        small = letters_small(c);
        letter = !digit && letters_make_words(c);
        buf_add(&b, str_slice(from, 0, from.n - rest.n));
    }
    *out = arena_str(sc->mem, buf_str(&b));
    return out->p && !b.failed ? OK : fail(&sc->fault, ERR_NOMEM, "no room for the name of a column");
}

/// Does the name have one of the phrases, or is it one of those that stand alone?
static enum err has_phrase(struct scope *sc, const struct ready_sign *r, str name, bool *out)
{
    TRY(phrases_any(sc, r->phrases.phrase, r->phrases.n, name, out));
    if (*out || !r->alone.n) return OK;
    return phrases_only(sc, r->alone.phrase, r->alone.n, r->filler.phrase, r->filler.n, name, out);
}

/// "§" is no letter, and a sign of its own.
static enum err has_sign(struct scope *sc, bool law, const struct ready_sign *r, str column, bool *out)
{
    str parted;
    *out = law && str_has(column, S("§"));
    if (!*out) TRY(has_phrase(sc, r, column, out));
    if (*out) return OK;
    TRY(part_words(sc, column, &parted));
    return parted.n == column.n ? OK : has_phrase(sc, r, parted, out);
}

str unread_profile(struct scope *sc, const struct profile *p)
{
    struct scope          try = { .mem = sc->mem };
    const struct profile *is = NULL;
    if (p->path.n) return arena_printf(sc->mem, "; the profile is %.*s", STR(p->path));
    if (profile_find(&try, p->source.key, &is)) return S("");
    return arena_printf(sc->mem, ": %.*s", STR(profile_own(sc, p)));
}

bool unread_watches(const struct profile *p, str column)
{
    if (missing_reads(p, column)) return false;
    for (size_t i = 0; i < p->n_unread; i++)
        if (str_eq(p->unread[i], column)) return false;
    return true;
}

static enum err refuse(struct scope *sc, const struct profile *p, const struct sign *s, str column,
                       bool features)
{
    str shown = str_slice(column, 0, 60);
    return fail(&sc->fault, ERR_INVALID,
                "the profile does not read the %s \"%.*s\", which may tell %s. Read it there "
                "(\"%s\"), or, if you "
                "have looked and it protects nobody, write \"unread = %.*s\" into its [what]%.*s",
                features ? "property" : "column", STR(shown), s->tells, s->read, STR(shown),
                STR(unread_profile(sc, p)));
}

enum err unread_check(struct scope *sc, const struct profile *p, const struct file_columns *f)
{
    struct arena_mark  before = arena_mark(sc->mem);
    struct ready_sign *r = arena_new(sc->mem, struct ready_sign);
    enum err           e = r ? OK : fail(&sc->fault, ERR_NOMEM, "no room for the signs of columns");
    for (size_t s = 0; !e && s < COUNT(signs); s++) {
        e = ready(sc, &signs[s], r);
        for (size_t i = 0; !e && i < f->n; i++) {
            bool has = false;
            if (unread_watches(p, f->name[i])) e = has_sign(sc, s == LAW, r, f->name[i], &has);
            if (!e && has) e = refuse(sc, p, &signs[s], f->name[i], f->features);
        }
    }
    arena_back(sc->mem, before);
    return e;
}

static enum err find_doubt(struct scope *sc, str column, const struct doubt **out)
{
    struct ready_sign *r = arena_new(sc->mem, struct ready_sign);
    if (!r) return fail(&sc->fault, ERR_NOMEM, "no room for the signs of columns");
    *out = NULL;
    for (size_t i = 0; i < COUNT(doubts) && !*out; i++) {
        bool has = false;
        r->phrases.n = r->alone.n = r->filler.n = 0;
        TRY(ready_more(sc, doubts[i].alone, &r->alone));
        TRY(ready_more(sc, fillers, &r->filler));
        TRY(has_sign(sc, false, r, column, &has));
        if (has) *out = &doubts[i];
    }
    return OK;
}

enum err unread_marks(struct scope *sc, const struct profile *p, str column, bool features)
{
    struct arena_mark   before = arena_mark(sc->mem);
    const struct doubt *is = NULL;
    enum err            e = find_doubt(sc, column, &is);
    arena_back(sc->mem, before);
    if (e || !is) return e;
    str shown = str_slice(column, 0, 60);
    return fail(
        &sc->fault, ERR_INVALID,
        "nothing reads the %s \"%.*s\", all values of which are yes or no, and which may tell %s. Read it in "
        "a "
        "profile (\"%s\"), or, if you have looked and it protects nobody, write \"unread = %.*s\" into its "
        "[what]%.*s",
        features ? "property" : "column", STR(shown), is->tells, is->read, STR(shown),
        STR(unread_profile(sc, p)));
}

enum err unread_list(struct scope *sc, const struct profile *p, const struct file_columns *f,
                     struct unread *out)
{
    str *column = arena_array(sc->mem, str, UNREAD_LISTED);
    if (!column) return fail(&sc->fault, ERR_NOMEM, "no room for the names of columns");
    *out = (struct unread){ .column = column };
    for (size_t i = 0; i < f->n; i++) {
        if (!f->name[i].n || missing_reads(p, f->name[i])) continue;
        if (out->n == UNREAD_LISTED) {
            out->more++;
            continue;
        }
        column[out->n] = arena_str(sc->mem, str_slice(f->name[i], 0, 200));
        if (!column[out->n++].p) return fail(&sc->fault, ERR_NOMEM, "no room for the names of columns");
    }
    return OK;
}
