// SPDX-License-Identifier: EUPL-1.2
#include "demo/town.h"

#include "base/arena.h"
#include "demo/random.h"
#include <stdio.h>

enum { MAX_STREETS = 12000, MAX_ADDRESSES = 60000 };
// Fields between two towns of Transcarpathia: nothing stands there that could be taken for the invented town.
static const double centre_lon = 22.45, centre_lat = 48.36;
static const double half_east_m = 5600, half_north_m = 4600;
const double        town_river_half_m = 45;

static const char *const district_names[TOWN_DISTRICTS] = {
    "Старе місто", "Привокзальний", "Набережний", "Університетський", "Заріччя", "Млинівка",
    "Садовий",     "Промисловий",   "Сонячний",   "Лісова слобода",   "Верхній", "Виноградний",
    "Озерний",     "Хутір",
};
// Stems of hard adjectives: they take the ending of the kind of street they stand before.
static const char *const stems[] = {
    "Вишнев",   "Яблунев",  "Каштанов",  "Липов",   "Шкільн",    "Млинов",   "Садов",     "Польов",
    "Лугов",    "Джерельн", "Ткацьк",    "Гончарн", "Ковальськ", "Пекарськ", "Соборн",    "Парков",
    "Річков",   "Мостов",   "Зелен",     "Сонячн",  "Веснян",    "Зорян",    "Тих",       "Світл",
    "Широк",    "Затишн",   "Нагірн",    "Долинн",  "Виноградн", "Горіхов",  "Кленов",    "Березов",
    "Соснов",   "Дубов",    "Калинов",   "Бузков",  "Ромашков",  "Волошков", "Барвінков", "Журавлин",
    "Солов'їн", "Медов",    "Хлібн",     "Пшеничн", "Склян",     "Цегельн",  "Заводськ",  "Залізничн",
    "Вокзальн", "Поштов",   "Театральн", "Музейн",  "Аптечн",    "Спортивн", "Стадіонн",  "Басейн",
    "Озерн",
};
static const struct {
    const char *noun, *ending, *before[4];
} kinds_of_street[] = {
    { "вулиця", "а", { "", "Верхня ", "Нижня ", "Мала " } },
    { "провулок", "ий", { "", "Верхній ", "Нижній ", "Малий " } },
    { "проїзд", "ий", { "", "Верхній ", "Нижній ", "Малий " } },
    { "алея", "а", { "", "Верхня ", "Нижня ", "Мала " } },
};

double town_river_y(double x)
{
    return -350 + 520 * sin(x / 1900) + 140 * sin(x / 700 + 1);
}

void town_lon_lat(struct spot s, double *lon, double *lat)
{
    const double metres_per_degree = 6378137.0 * M_PI / 180;
    *lat = centre_lat + s.y / metres_per_degree;
    *lon = centre_lon + s.x / (metres_per_degree * cos(centre_lat * M_PI / 180));
}

const char *town_district_name(int district)
{
    return district_names[district];
}

void town_street_name(int name, char *to, size_t size)
{
    size_t n = (size_t)name, stem = n % COUNT(stems), kind = n / COUNT(stems) % COUNT(kinds_of_street);
    size_t before = n / (COUNT(stems) * COUNT(kinds_of_street)) % COUNT(kinds_of_street[0].before);
    snprintf(to, size, "%s%s%s %s", kinds_of_street[kind].before[before], stems[stem],
             kinds_of_street[kind].ending, kinds_of_street[kind].noun);
}

static struct spot middle(const struct shape *s)
{
    double area = 0, x = 0, y = 0;
    for (int i = 0; i < s->n; i++) {
        struct spot a = s->at[i], b = s->at[(i + 1) % s->n];
        double      cross = a.x * b.y - b.x * a.y;
        area += cross;
        x += (a.x + b.x) * cross;
        y += (a.y + b.y) * cross;
    }
    return (struct spot){ x / (3 * area), y / (3 * area) };
}

const char *town_quarter_side(const struct town *t, int district, int quarter)
{
    struct spot all = middle(&t->district[district]), part = middle(&t->quarter[district][quarter]);
    double      east = part.x - all.x, north = part.y - all.y;
    // Four quarters lie in four different directions: name them by the two axes.
    if (north >= 0) return east >= 0 ? "північний схід" : "північний захід";
    return east >= 0 ? "південний схід" : "південний захід";
}

/// Keeps the part of a convex shape where a*x + b*y <= c (Sutherland and Hodgman 1974).
static struct shape cut(const struct shape *s, double a, double b, double c)
{
    struct shape out = { 0 };
    for (int i = 0; i < s->n; i++) {
        struct spot p = s->at[i], q = s->at[(i + 1) % s->n];
        double      at_p = a * p.x + b * p.y - c, at_q = a * q.x + b * q.y - c;
        if (at_p <= 0 && out.n < SHAPE_MAX) out.at[out.n++] = p;
        if ((at_p < 0 && at_q > 0) || (at_p > 0 && at_q < 0)) {
            double share = at_p / (at_p - at_q);
            if (out.n < SHAPE_MAX)
                out.at[out.n++] = (struct spot){ p.x + share * (q.x - p.x), p.y + share * (q.y - p.y) };
        }
    }
    return out;
}

static bool inside(const struct shape *s, struct spot p)
{
    for (int i = 0; i < s->n; i++) {
        struct spot a = s->at[i], b = s->at[(i + 1) % s->n];
        if ((b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x) < 0) return false;
    }
    return true;
}

static bool is_built_on(const struct town *t, struct spot p)
{
    if (fabs(p.y - town_river_y(p.x)) < town_river_half_m + 25) return false;
    for (int i = 0; i < TOWN_PARKS; i++)
        if (inside(&t->park[i], p)) return false;
    return true;
}

static void make_districts(struct town *t, uint64_t *random)
{
    enum { CORNERS = 28 };
    t->border.n = CORNERS;
    for (int i = 0; i < CORNERS; i++) { // corners on an ellipse always make a convex town
        double turn = 2 * M_PI * (i + random_between(random, -0.3, 0.3)) / CORNERS;
        t->border.at[i] = (struct spot){ half_east_m * cos(turn), half_north_m * sin(turn) };
    }
    struct spot seed[TOWN_DISTRICTS] = { { 0, 150 } };
    for (int i = 1; i < TOWN_DISTRICTS; i++) {
        bool   inner = i <= 5;
        double turn = inner ? 2 * M_PI * i / 5 : 2 * M_PI * (i - 6) / (TOWN_DISTRICTS - 6) + 0.3;
        double share = (inner ? 0.36 : 0.74) * random_between(random, 0.88, 1.12);
        turn += random_between(random, -0.16, 0.16);
        seed[i] = (struct spot){ half_east_m * share * cos(turn), half_north_m * share * sin(turn) };
    }
    for (int i = 0; i < TOWN_DISTRICTS; i++) { // cells of Voronoi: cut by the bisector with every other seed
        struct shape s = t->border;
        for (int k = 0; k < TOWN_DISTRICTS; k++) {
            if (k == i) continue;
            double a = seed[k].x - seed[i].x, b = seed[k].y - seed[i].y;
            s = cut(&s, a, b, (a * (seed[k].x + seed[i].x) + b * (seed[k].y + seed[i].y)) / 2);
        }
        t->district[i] = s;
        struct spot  m = middle(&s);
        double       lean = random_between(random, -0.25, 0.25);
        struct shape east = cut(&s, -1, -lean, -m.x - lean * m.y), west = cut(&s, 1, lean, m.x + lean * m.y);
        struct spot  me = middle(&east), mw = middle(&west);
        t->quarter[i][0] = cut(&east, -lean, -1, -lean * me.x - me.y);
        t->quarter[i][1] = cut(&east, lean, 1, lean * me.x + me.y);
        t->quarter[i][2] = cut(&west, -lean, -1, -lean * mw.x - mw.y);
        t->quarter[i][3] = cut(&west, lean, 1, lean * mw.x + mw.y);
    }
    for (int i = 0; i < TOWN_PARKS; i++) {
        struct spot m = middle(&t->quarter[(i * 3 + 1) % TOWN_DISTRICTS][i % TOWN_QUARTERS]);
        double      wide = random_between(random, 120, 330), high = random_between(random, 100, 260);
        t->park[i].n = 11;
        for (int k = 0; k < 11; k++) {
            double turn = 2 * M_PI * (k + random_between(random, -0.25, 0.25)) / 11;
            t->park[i].at[k] = (struct spot){ m.x + wide * cos(turn), m.y + high * sin(turn) };
        }
    }
}

/// The part of the line through p in direction (dx, dy) that lies in a convex shape (Cyrus and Beck 1978).
static bool line_in(const struct shape *s, struct spot p, double dx, double dy, double *from, double *to)
{
    *from = -1e9;
    *to = 1e9;
    for (int i = 0; i < s->n; i++) {
        struct spot a = s->at[i], b = s->at[(i + 1) % s->n];
        double      nx = -(b.y - a.y), ny = b.x - a.x; // inward
        double      side = nx * (p.x - a.x) + ny * (p.y - a.y), speed = nx * dx + ny * dy;
        if (fabs(speed) < 1e-9) {
            if (side < 0) return false;
            continue;
        }
        double at = -side / speed;
        if (speed > 0 && at > *from) *from = at;
        if (speed < 0 && at < *to) *to = at;
    }
    return *to - *from > 80;
}

static void add_street(struct town *t, struct spot from, struct spot to, const char *class, int name,
                       int district)
{
    if (t->n_streets < MAX_STREETS)
        t->street[t->n_streets++] = (struct street){ from, to, class, name, district };
}

static void add_address(struct town *t, struct spot p, int street, int district)
{
    if (t->n_addresses == MAX_ADDRESSES || !is_built_on(t, p)) return;
    for (int q = 0; q < TOWN_QUARTERS; q++) {
        if (!inside(&t->quarter[district][q], p)) continue;
        t->address[t->n_addresses++] = (struct address){ p, street, district, q, hypot(p.x, p.y) };
        t->homes[district][q]++;
        return;
    }
}

/// One straight street through a district: the pieces of it that are not in the river or a park, with houses.
static void lay_street(struct town *t, uint64_t *random, int district, struct spot p, double dx, double dy,
                       int name)
{
    const double step = 20;
    double       from, to;
    if (!line_in(&t->district[district], p, dx, dy, &from, &to)) return;
    double begin = 0, house = random_between(random, 15, 40);
    bool   open = false;
    for (double at = from;; at += step) {
        bool        last = at + step > to;
        double      here = last ? to : at;
        struct spot s = { p.x + here * dx, p.y + here * dy };
        bool        built = is_built_on(t, s);
        if (built && !open) begin = here;
        if (open && (!built || last) && here - begin > 60)
            add_street(t, (struct spot){ p.x + begin * dx, p.y + begin * dy }, s, "minor", name, district);
        open = built;
        if (last) return;
        if (built && (house -= step) < 0) {
            double side = random_u64(random) & 1 ? 14 : -14;
            add_address(t, (struct spot){ s.x - side * dy, s.y + side * dx }, name, district);
            house += random_between(random, 24, 48);
        }
    }
}

static void lay_streets(struct town *t, uint64_t *random)
{
    int name = 0;
    for (int d = 0; d < TOWN_DISTRICTS; d++) {
        struct spot m = middle(&t->district[d]);
        double      turn = random_between(random, 0, M_PI / 2);
        double      far = hypot(m.x, m.y) / half_east_m; // the grid is wider at the rim
        for (int way = 0; way < 2; way++) {
            double dx = cos(turn + way * M_PI / 2), dy = sin(turn + way * M_PI / 2);
            double gap = (way ? 210 : 120) * (1 + 1.1 * far);
            for (double off = -4200; off < 4200; off += gap * random_between(random, 0.8, 1.2))
                lay_street(t, random, d, (struct spot){ m.x - off * dy, m.y + off * dx }, dx, dy, name++);
        }
        const struct shape *s = &t->district[d];
        for (int i = 0; i < s->n; i++) {
            struct spot a = s->at[i], b = s->at[(i + 1) % s->n];
            if (a.x < b.x || (a.x == b.x && a.y < b.y)) add_street(t, a, b, "secondary", name, d);
        }
        name++;
        if (d) add_street(t, (struct spot){ 0, 150 }, m, "primary", name++, d);
    }
}

enum err town_build(struct scope *sc, uint64_t seed, struct town *out)
{
    struct town t = { .street = arena_array(sc->mem, struct street, MAX_STREETS),
                      .address = arena_array(sc->mem, struct address, MAX_ADDRESSES) };
    if (!t.street || !t.address)
        return fail(&sc->fault, ERR_NOMEM, "no room for the streets of the demo town");
    make_districts(&t, &seed);
    lay_streets(&t, &seed);
    *out = t;
    return OK;
}
