// SPDX-License-Identifier: EUPL-1.2
#include "import/signs.h"

#include "base/arena.h"
#include "base/buf.h"
#include "import/words.h"
#include "model/category.h"
#include "model/letters.h"
#include <assert.h>
#include <string.h>

enum { PHRASES_MAX = 128, LAW = 3 };

// clang-format off
// A mark says with yes or no what the column's name says: as a text, "yes" means nothing.
const struct reading        sign_words = { "detail", "detail = {}" };
static const struct reading as_mark = { "domestic", "domestic = {} is yes not no" },
    as_no_mark = { "domestic", "domestic = {} is no not yes" }, as_law = { "code", "code = {} by LIST" },
    as_elsewhere = { "elsewhere", "elsewhere = {} is yes not no" },
    as_words_or_mark = { "detail or domestic", "detail = {}\" where words stand in it, or else \"domestic = {} is yes not no" };

const struct sign signs[] = {
    { "which incidents are domestic", SIGN_MARK, SENSITIVITY_DOMESTIC, &as_mark,
      { "*domestic* | violen* | *abuse* | abusive | dv | ipv | dva | da | hbv | hbva | vawg | d v | dom viol* | domviol* | dom ab* | domab* | "
        "daflag | darelated | isda | dvflag | dvind* | dvyn | dvrelated | isdv | marac | dash risk*",
        "násil* | domác* nás* | dom nás* | domnas* | týran* | domácí | zneužív* | zneužit*",
        "насил* | домнасил* | дн | домашн* | сімейне | родинне | жорсток* | жесток*",
        "häuslich* | haeuslich* | gewalt* | *gewalt | missbr* | misshandl*" }, "dash" },
    { "which incidents are not to be told", SIGN_MARK, SENSITIVITY_DOMESTIC, &as_mark,
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
    { "which incidents may be told, so that the others may not", SIGN_RELEASE, SENSITIVITY_DOMESTIC, &as_no_mark,
      { "show map | showmap | showonmap | mappable | public releas* | releas* public | public visib* | visib* public | "
        "public view* | publicly | for publication",
        "publikovat | zveřejnit | na mapě | na mapu",
        "публікувати | публиковать | оприлюднити | обнародовать | на карті | на мапі | на карте",
        "zur veröffentlichung" },
      "public | publish | publishable | visible | show | veřejn* | publikován* | publikace | zveřejněn* | viditeln* | "
      "публічн* | оприлюднен* | видимий | видиме | видимо | публичн* | обнародован* | öffentlich | oeffentlich | "
      "veröffentlichen | veroeffentlichen | sichtbar" },
    { "which law was broken", SIGN_SILENT, 0, &as_law,
      { "iucr | ucr | nibrs* | offence code* | offense code* | offencecode* | offensecode* | charge | charges | legal code* | "
        "legalcode* | lawcode* | crm cd* | ho code* | local qualifier* | article | articles | statute* | penal code | criminal code | law | law code | law section | "
        "home office code* | home office class* | crime code* | crimecode* | legislation* | act section | section act",
        "paragraf* | delikt* | tsk | kód tsk | trestn* čin | kvalifikac* | ustanoven* zákon* | předpis | předpisu | předpisy | zákon | "
        "zákona | zákony | skutkov* podstat* | par tz | tz par | č zák*",
        "статт* | кваліфікац* | ст кк* | кк | кку | купап | статья | статьи | квалификац* | норма закон* | норма права | "
        "закон | закону | закона | ч ст | номер ст",
        "paragraph* | gesetz* | straftatbestand* | tatbestand* | stgb | pks | delikt* | rechtsnorm* | vorschrift*" },
      "offence | offences | offense | offenses | tz | par | ust | ст | норма | норми | norm" },
    { "whether the victim is a child", SIGN_MARK_OR_WORDS, SENSITIVITY_CHILD, &as_words_or_mark,
      { "child* | *child | minor | minors | juvenile* | underage | under age | under 18 | under18 | u 18 | u 16 | youth | youths",
        "dítě | dítěte | děti | dětí | dětsk* | nezletil* | nezl | mladistv*",
        "дитин* | дитяч* | діти | дітей | неповнол* | малоліт* | ребен* | дети | детей | несовершеннол* | малолет*",
        "kind | kinder* | minderjähr* | minderjaehr* | jugendl*" } },
    { "whether the point is where it happened", SIGN_SILENT, 0, &as_elsewhere,
      { "elsewhere | other place | relevance", "jinde | jiné místo | relevance",
        "інше місце | іншому місці | деінде | другое место", "anderer ort | andernorts | woanders" } },
    { "whether the act was sexual, out of hatred, trafficking or against oneself", SIGN_MARK_OR_WORDS, SENSITIVITY_SEXUAL, &as_words_or_mark,
      { "*sexual* | sex crime* | sex offen* | sexoffen* | sex assault* | rape* | hate* | bias* | prejudice* | motiv* | cse | csa | csea | fgm | honour* | honor based | honor violen* | *traffick* | exploitation | slavery | "
        "*suicid* | self harm* | self inflict* | sensitive | sensitivity",
        "sexu* | znásil* | nenávist* | pohnutk* | předsud* | obchod* lid* | vykořisť* | sebevra* | sebepoš* | citliv* | rasov* | rasis* | rasist*",
        "секс* | зґвалт* | ненавист* | расов* | расист* | мотив* | упередж* | торгівл* людьми | експлуатац* | самогуб* | суїцид* | самоушкодж* | изнасил* | "
        "предубежд* | торговл* людьми | самоуб* | суицид* | чутлив*",
        "*sexuel* | sexual* | vergewalt* | hass* | beweggr* | tatmotiv* | vorurteil* | menschenhandel* | ausbeutung* | suizid* | selbstmord* | "
        "selbsttötung* | selbstverletz*" } },
    { "who the victim is", SIGN_SILENT, 0, &sign_words,
      { "vict* | vic | vicsex | complainant* | vulnerab* | injured part* | sex | gender",
        "oběť* | oběti* | obětí | poškozen* | pohlaví",
        "жертв* | потерпіл* | постражд* | стать | статі | потерпевш* | пол",
        "opfer* | geschädigt* | geschaedigt* | geschlecht*" } },
    { "who the victim is", SIGN_AGE, SENSITIVITY_CHILD, &sign_words,
      { "age | ages | vicage | age group | age range | aged", "věk | věku | věková", "вік | віку | возраст*", "alter | altersgruppe" } },
    { "how victim and offender are related", SIGN_MARK_OR_WORDS, SENSITIVITY_DOMESTIC, &as_words_or_mark,
      { "relation | relations | relationship* | related | family | familial | partner* | spous* | household* | intimate*",
        "*vztah | vztahu | vztahy | osob* blízk* | rodin* | příbuz* | partner* | manžel* | domácnost*",
        "стосунк* | родин* | родич* | сім* | партнер* | подруж* | отношени* | семь* | родств* | супруг*",
        "beziehung* | familie* | partner* | ehe* | haushalt* | verwandt*" } },
    { "in free text what happened", SIGN_SILENT, 0, &sign_words,
      { "description* | descr | desc | narrative* | note | notes | comment* | remark* | summary | synopsis | modus* | mo | "
        "circumstance* | details | free text | freetext",
        "popis* | poznám* | okolnost* | způsob* | skutek | skutku",
        "опис* | примітк* | обставин* | фабул* | спосіб | способ* | описан* | примечан* | обстоятельств*",
        "beschreib* | sachverhalt* | bemerkung* | notiz* | tathergang* | modus* | anmerkung*" } },
    { "of whose faith, origin, orientation or disability it was", SIGN_MARK_OR_WORDS, SENSITIVITY_HATE, &as_words_or_mark,
      { "religio* | faith | ethnic* | race | racial | nationalit* | descent | orientation | lgbt* | disab* | migra*",
        "nábožen* | víra | etnik* | etnic* | národnost* | rasa | orientac* | postižen*",
        "релігі* | віра | етніч* | національн* | раса | орієнтац* | інвалідн* | религ* | этнич* | националь* | ориентац* | инвалид*",
        "religion* | glaube* | ethni* | herkunft* | nationalität* | orientierung* | behinder*" } },
    // Names that say too little to refuse a file by themselves, but do where nothing but yes and no stands below them. A day of the
    // month is "dom", too, and a police's district "section".
    { "which incidents are domestic", SIGN_YES, SENSITIVITY_DOMESTIC, &as_mark, { NULL }, "dom", true },
    { "which incidents are not to be told", SIGN_YES, SENSITIVITY_DOMESTIC, &as_mark, { NULL },
      "flag | flags | marker | markers | qualifier | qualifiers | restriction* | příznak* | znak | обмеж* | ознак* | признак* | огранич* | kennzeichen | "
      "merkmal | vermerk", true },
    { "which incidents may be told, so that the others may not", SIGN_NO, SENSITIVITY_DOMESTIC, &as_no_mark, { NULL }, "visibility", true },
    { "which law was broken", SIGN_SILENT, 0, &as_law, { NULL }, "act | acts | section | sections", true },
};
const size_t signs_n = COUNT(signs);
// Words beside one that stands alone.
// Words of a name that say nothing there, though one of them would: how it was reported or closed, not how it was done.
static const char *const harmless[] = { "kind of", "způsob vyřízení", "způsob ukončení", "způsob oznámení", "způsob nahlášení",
                                        "způsob podání", "způsob přijetí", "způsob zjištění", "způsob evidence" };
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
    for (size_t i = 0; i < SIGN_LANGUAGES; i++)
        if (s->phrases[i]) TRY(ready_more(sc, s->phrases[i], &out->phrases));
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

/// The name, as category_key spells it, without words that are harmless there; itself where there are none.
static enum err without_harmless(struct scope *sc, str name, str *out)
{
    char   term[64];
    size_t room = 2 * name.n + 2;
    char  *key = arena_alloc(sc->mem, room);
    if (!key) return fail(&sc->fault, ERR_NOMEM, "no room for the name of a column");
    str text = { key, category_key(name, key, room) };
    *out = name;
    for (size_t i = 0; i < COUNT(harmless) && category_key_is_whole(name); i++) {
        size_t n = category_key(str_of(harmless[i]), term, sizeof term);
        char  *at = memmem(key, text.n, term, n), *end = at ? at + n : NULL;
        if (!at || (at > key && at[-1] != '-') || (end < key + text.n && *end != '-')) continue;
        memset(at, '-', n);
        *out = text;
    }
    return OK;
}

/// Does the name have one of the phrases, or is it one of those that stand alone?
static enum err has_phrase(struct scope *sc, const struct ready_sign *r, str name, bool *out)
{
    str rest;
    TRY(without_harmless(sc, name, &rest));
    TRY(phrases_any(sc, r->phrases.phrase, r->phrases.n, rest, out));
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

static enum err find_sign(struct scope *sc, size_t sign, struct ready_sign *r, const str *column, size_t n,
                          uint32_t *out)
{
    TRY(ready(sc, &signs[sign], r));
    for (size_t i = 0; i < n; i++) {
        bool has = false;
        TRY(has_sign(sc, sign == LAW, r, column[i], &has));
        if (has) out[i] |= 1u << sign;
    }
    return OK;
}

enum err signs_find(struct scope *sc, const str *column, size_t n, uint32_t *out)
{
    struct arena_mark  before = arena_mark(sc->mem);
    struct ready_sign *r = arena_new(sc->mem, struct ready_sign);
    if (!r) return fail(&sc->fault, ERR_NOMEM, "no room for the signs of columns");
    for (size_t i = 0; i < n; i++) out[i] = 0;
    enum err e = OK;
    for (size_t s = 0; !e && s < COUNT(signs); s++) e = find_sign(sc, s, r, column, n, out);
    arena_back(sc->mem, before);
    return e;
}
