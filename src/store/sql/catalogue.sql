-- Settings, sources, categories, outcomes, and the migrations that made them.

-- migration_add: notes a migration that has run
INSERT INTO migration (number, name, applied_s) VALUES (:number, :name, :applied_s);

-- setting_list: all settings
SELECT name, value FROM setting ORDER BY name;

-- setting_get: one of them
SELECT value FROM setting WHERE name = :name;

-- setting_put: sets one
INSERT INTO setting (name, value) VALUES (:name, :value)
ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- setting_forget: takes one away
DELETE FROM setting WHERE name = :name;

-- region_print_list: the fingerprints of what regions hung on, by release
SELECT name, value FROM setting WHERE name >= 'regions 0' AND name < 'regions :' ORDER BY name;

-- region_print_forget: those from one release on
DELETE FROM setting WHERE name >= :name AND name < 'regions :';

-- source_put: a source by its key, made or brought up to date
INSERT INTO source (key, name, licence, licence_url, homepage, attribution, caveat, timezone)
VALUES (:key, :name, :licence, :licence_url, :homepage, :attribution, :caveat, :timezone)
ON CONFLICT (key) DO UPDATE SET name = excluded.name, licence = excluded.licence,
    licence_url = excluded.licence_url, homepage = excluded.homepage, attribution = excluded.attribution,
    caveat = excluded.caveat, timezone = excluded.timezone
RETURNING id;

-- source_list: all sources
SELECT id, key, name, licence, licence_url, homepage, attribution, caveat, timezone FROM source ORDER BY id;

-- source_identity: what the rows of a source are known by
SELECT identity, key FROM source WHERE id = :id;

-- source_identity_set: settles it
UPDATE source SET identity = :identity WHERE id = :id;

-- category_of_spelling: who has a key: a source with a spelling of its own, or profiles (no source)
SELECT id, code, source FROM category WHERE key = :key;

-- category_own: a kind for a source's own spelling
INSERT INTO category (key, code, iccs, source) VALUES (:key, :code, 0, :source) RETURNING id;

-- category_own_of: whose own spelling it is
SELECT c.code, s.key FROM category c JOIN source s ON s.id = c.source WHERE c.id = :id;

-- category_rename: a profile names a kind by the key of another source's own spelling, which is another kind
UPDATE category SET key = :key WHERE id = :id;

-- category_put: a category by its key, made or brought up to date
INSERT INTO category (key, code, iccs) VALUES (:key, :code, :iccs)
ON CONFLICT (key) DO UPDATE SET code = excluded.code, source = NULL,
    iccs = CASE WHEN excluded.iccs = 0 OR category.confirmed_by LIKE 'person %' THEN category.iccs ELSE excluded.iccs END
RETURNING id;

-- category_class_put: the class that a profile states. What a person has said stays, and of two profiles that differ, or one and what it
-- said before, the stricter is right
UPDATE category SET sensitivity = :sensitivity, confirmed_s = :confirmed_s, confirmed_by = :confirmed_by
WHERE id = :id AND confirmed_by NOT LIKE 'person %'
    AND (sensitivity = 0 OR sensitivity > :sensitivity);

-- category_confirm: the class and the section that somebody has confirmed; since when counts from the first who said so
UPDATE category SET iccs = :iccs, sensitivity = :sensitivity, confirmed_by = :confirmed_by,
    confirmed_s = CASE WHEN sensitivity = :sensitivity AND confirmed_s > 0 THEN confirmed_s ELSE :confirmed_s END
WHERE id = :id;

-- category_counts: live incidents of each category, be it their own, a further one or one that their rows name besides
SELECT category, count(*)
FROM (SELECT category FROM incident WHERE withdrawn IS NULL
      UNION ALL
      SELECT t.category FROM incident_type t JOIN incident i ON i.id = t.incident WHERE i.withdrawn IS NULL
      UNION ALL
      SELECT m.category FROM incident_mention m JOIN incident i ON i.id = m.incident
      WHERE i.withdrawn IS NULL AND i.category <> m.category
          AND NOT EXISTS (SELECT 1 FROM incident_type t WHERE t.incident = m.incident AND t.category = m.category)) held
GROUP BY category
ORDER BY category;

-- category_label_put: its label in one language
INSERT INTO category_label (category, language, label) VALUES (:id, :language, :label)
ON CONFLICT (category, language) DO UPDATE SET label = excluded.label;

-- category_list: all categories, a row for each label, or one without
SELECT c.id, c.key, c.code, c.iccs, l.language, l.label, c.sensitivity, c.confirmed_s, c.confirmed_by, c.source
FROM category c LEFT JOIN category_label l ON l.category = c.id
ORDER BY c.id, l.language;

-- outcome_put: an outcome by its key, made or brought up to date; one that a profile names is not changed by a text that none does
INSERT INTO outcome (key, code, class, named) VALUES (:key, :code, :class, :named)
ON CONFLICT (key) DO UPDATE SET code = CASE WHEN excluded.named >= outcome.named THEN excluded.code ELSE outcome.code END,
    class = CASE WHEN excluded.named >= outcome.named THEN excluded.class ELSE outcome.class END,
    named = max(excluded.named, outcome.named)
RETURNING id, named;

-- outcome_counts: live incidents of each outcome that no profile names
SELECT o.id, count(*)
FROM incident i JOIN outcome o ON o.id = i.outcome
WHERE o.named = 0 AND i.withdrawn IS NULL
GROUP BY o.id
ORDER BY o.id;

-- outcome_label_put: its label in one language
INSERT INTO outcome_label (outcome, language, label) VALUES (:id, :language, :label)
ON CONFLICT (outcome, language) DO UPDATE SET label = excluded.label;

-- outcome_list: all outcomes, a row for each label, or one without
SELECT o.id, o.key, o.code, o.class, l.language, l.label, o.named
FROM outcome o LEFT JOIN outcome_label l ON l.outcome = o.id
ORDER BY o.id, l.language;
