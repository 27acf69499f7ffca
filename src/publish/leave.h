// SPDX-License-Identifier: EUPL-1.2
// What turns sensitive leaves the public tier at fixed dates, in batches, with cover. Whoever keeps the public file of one release
// and takes it from that of the next would else read in the difference which burglary is now told as one within a family.
//
// An incident has turned when the newest public release showed it (store/shown.h, never inferred) and it may not be shown
// now. If its own record changed (a kind, a class, a mark; or a source without stable ids withdrew it and brought another of
// the same time and place that may not be shown), it is told as it stood in that release, to the byte, until the first
// publication of the next quarter. So is all else that has changed: a row that stood still while its like moved on would be seen, and one
// that moved with what turned of it. If a rule changed (the policy, the class of a kind), it leaves at once. With all that leave go others (publish/cover.h), except where a whole kind may not be shown any more, or not
// yet: there the rule is what is seen, and no person. What has left never comes back to the public; other tiers see the truth
// at once.
//
// What such a rule hides, or its source withdrew, is remembered with the release that showed it last (its stand), until it is
// shown again. Whoever turned meanwhile leaves when its like come back, and others of the same stand stay away with it. And what
// was counted by area before it was ever public stays off the map: the rest of the count would be told.
//
// So it is of what another slice of its source tells as something that may not be shown (publish/handed.h): it has turned, though its own
// record may be shown.
//
// Used by publish.c and turning.c, which know what may be shown: leave_meet for each fact in the order of the facts, then leave_replaced,
// then leave_stays or leave_goes for each that turned, leave_cover, leave_settle. From then on nothing changes.
// Threads: until leave_settle one; then any number. Tests: tests/unit/test_leave.c.
#pragma once
#include "publish/cover.h"
#include "publish/lost.h"

struct leave_order {
    int64_t number, now_s;
    int64_t before; // the newest release that was ever public; 0: none
    bool    at_once;
};
struct turned { // one that a release showed and this one may not
    int64_t         incident;
    int64_t         as;    // what its source tells in its place; 0: it tells of it under its own number
    int64_t         run;   // it was told as it stood behind this one
    uint16_t        stand; // it was hidden before; 0: the last release showed it
    bool            live;  // it is among the facts: its number there, and the fact
    uint64_t        at;
    bool            known; // its record, or what its source told in its place: the fact
    struct fact     fact;
    bool            by_area;    // it is counted by area now
    sensitivity_set classes;    // of the fact
    bool            renumbered; // it has not turned: its source tells it anew, as it may be shown
    bool            handed; // another slice tells what stands in its place, and its own record, own, is live
    struct fact     own;
};
struct leave_totals {
    uint64_t turned, along, lacking; // left with this release; went along; went along too few
    uint64_t together;  // of turned, at a place of several, without four other places that lose the same
    uint64_t unlike;    // of turned, with fewer than four others of which the same was told and corrected
    uint64_t bare;      // of lacking, for those that turned while a rule or their source hid them
    uint64_t stay;      // until the next date
    uint64_t wait;      // have changed, and are told as before until then
    uint64_t corrected; // were public, and are told as they were corrected since
    uint64_t counted;   // may be shown and are not, since they were counted by area before
    bool     unknown;   // the store does not know what the last release showed
};

struct leave;
/// counted: those that stand in counts by area. The scope and the facts must outlive *out.
enum err leave_open(struct scope *sc, struct store *st, const struct leave_order *o, struct facts *facts,
                    const struct counted *counted, struct leave **out);
void     leave_closep(struct leave **l);
/// Has anything been a point in a public release up to this one, or is that not known?
enum err leave_any_shown(struct scope *sc, struct store *st, int64_t release, bool *out);

/// Is it told as before until the date, since it has changed? Then makes of the fact that is met next what was told of it. Asked of those
/// only that may be shown, or are not due.
enum err leave_stands(struct leave *l, int64_t incident, struct fact *i, bool *out);
/// What the record of the fact says of it, or of what is told in its place, and under which classes.
enum leave_verdict { LEAVE_MAY_SHOW, LEAVE_BY_AREA, LEAVE_HIDDEN, LEAVE_LATER };
/// What the public has seen of an incident that is not shown.
enum leave_past {
    LEAVE_NEVER_SHOWN,
    LEAVE_WAS_SHOWN, // a rule hides it; its record is as it was
    LEAVE_TURNED,    // it left because it had turned, with others
    LEAVE_ALONG,     // it went along; if it has turned since, nobody else left for it
};
/// The next fact; counted: by area, in some release. True: it has left, or it turned and is dealt with behind the last; the caller
/// does nothing with it now.
bool                 leave_meet(struct leave *l, int64_t incident, const struct fact *i, enum leave_verdict v,
                                sensitivity_set classes, bool counted);
/// Of the incident last met.
enum leave_past      leave_past(const struct leave *l);
/// Behind the last fact: finds those that turned by being replaced. Then tells why meeting failed, if it did.
enum err             leave_replaced(struct leave *l);
const struct turned *leave_list(const struct leave *l, size_t *n);
/// Those that leave_meet kept back from being counted by area, since they might have been what one became that was public, and were
/// not.
struct leave_new {
    int64_t         incident;
    struct fact     fact;
    sensitivity_set classes;
    enum leave_past past; // of what its source tells it in place of
};
const struct leave_new *leave_list_new(const struct leave *l, size_t *n);
/// Those that leave_meet kept back since they might have stood in a count, and that are shown.
const struct fact      *leave_list_late(const struct leave *l, size_t *n);
/// What a source tells under another number in place of one that stands in a count by area.
struct leave_passed {
    int64_t from, to;
};
const struct leave_passed *leave_list_passed(const struct leave *l, size_t *n);
/// May what turned by its record leave with this release?
bool                       leave_is_date(const struct leave *l);

/// Those that left the public tier with earlier releases, where that is known.
struct leave_left {
    int64_t     release; // with which it left
    bool        known;   // else its point alone is
    struct fact is;
};
const struct leave_left *leave_list_left(const struct leave *l, size_t *n);
/// All of them. Those that are altered and have a run are not in the other list: where they were told, their history says.
const struct departed   *leave_list_departed(const struct leave *l, size_t *n);
/// What the public is told of it besides its kind, in numbers that are equal for what it cannot tell apart, and how many have left there
/// before.
struct leave_spot {
    uint64_t place; // 0: nowhere
    int64_t  moment;
    uint64_t said;    // its outcome and marks
    uint32_t before;  // so many have left there
    uint32_t batches; // with so many releases
    bool     again;   // one that was told of the same time, too
};

/// Makes of a fact what was told of it last. changed: SAID_* of what is another now.
enum err leave_as_told(const struct leave *l, int64_t incident, struct fact *i, unsigned *changed);
/// SAID_* of what of two facts differs, but for marks that hide.
unsigned leave_changed(const struct fact *was, const struct fact *is);

/// It is told as this fact of the past.
enum err           leave_stays(struct leave *l, const struct turned *t, const struct fact *past);
/// It leaves for ever; past: what is looked for to go along with; changed: SAID_* of what of it is another than the last release told;
/// by_said: it leaves for that, so that what goes along must be of those of which the same was said.
enum err           leave_goes(struct leave *l, const struct turned *t, const struct fact *past,
                              const struct leave_spot *spot, unsigned changed, bool by_said);
/// The kinds of which some were public or leave, whose class and section the caller fills in once they all are told; then it
/// asks for leave_lines.
struct cover_kind *leave_kinds(struct leave *l, size_t *n);
enum err           leave_lines(struct leave *l);
/// May a fact that is shown go along: was it public to the same end, in a line that loses some?
bool               leave_wants(struct leave *l, int64_t incident, const struct fact *i);
/// Such a one, as it was told (leave_as_told). Also tells why asking failed, if it did.
enum err           leave_offer(struct leave *l, int64_t incident, uint64_t at, const struct fact *told,
                               const struct leave_spot *spot, unsigned changed);
/// Those that are told under their old numbers may go along, too: what is told of each, and where.
size_t             leave_stand_ins(const struct leave *l);
const struct fact *leave_stand_in(const struct leave *l, size_t k);
enum err           leave_offer_stand_in(struct leave *l, size_t k, const struct leave_spot *spot);
/// Draws those that go along. any: there are some, and what was noted of all that is shown must be noted again.
enum err           leave_cover(struct leave *l, bool *any);
/// Was anything shown when it was met that is not shown after all? Then all must be noted again, too. Behind leave_replaced.
bool               leave_took_back(const struct leave *l);
enum err           leave_settle(struct leave *l);
/// The next incident that may be shown, in their order, before leave_cover; ids are not among the facts. *at: 0 at first.
int64_t            leave_next_shown(const struct leave *l, int64_t *at);

/// What is to be done with the fact of this number, which becomes what is told of it. *next: 0 at first; numbers ascend.
enum leave_what { LEAVE_TOLD, LEAVE_GONE, LEAVE_STANDS_IN /* one of leave_staying is told for it */ };
enum leave_what          leave_what(const struct leave *l, size_t *next, uint64_t at, struct fact *i);
const struct fact       *leave_staying(const struct leave *l, size_t *n);
struct leave_totals      leave_totals(const struct leave *l);
/// Who have left, with this release or before, whatever for: of half-years since AREA_FIRST_HALF (store/area_count.h). Behind
/// leave_cover.
const struct cover_half *leave_left(const struct leave *l);
/// Writes down what the release shows and who has left; must be on the disk before it is public.
enum err                 leave_keep(struct scope *sc, struct store *st, const struct leave *l);
