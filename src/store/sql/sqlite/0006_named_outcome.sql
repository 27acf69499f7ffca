-- Does a profile name the outcome? What none names may be anybody's words, and the public is told "other". Before, an outcome that no
-- profile named had its own words as its one label.
ALTER TABLE outcome ADD COLUMN named INTEGER NOT NULL DEFAULT 0 CHECK (named BETWEEN 0 AND 1);
UPDATE outcome SET named = 1
WHERE EXISTS (SELECT 1 FROM outcome_label l WHERE l.outcome = outcome.id AND (l.language <> 'en' OR l.label <> outcome.code));
