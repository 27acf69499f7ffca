-- Kinds that rows of an incident name besides that under which it is counted: of a list of kinds, or in a column that is read where
-- another is blank. What they hide hides the incident (store/repeated.h), however they are classified later. A kind that a row has
-- named once counts for ever, since nothing says that it was wrong.
CREATE TABLE incident_mention (
    incident INTEGER NOT NULL REFERENCES incident,
    category INTEGER NOT NULL REFERENCES category,
    PRIMARY KEY (incident, category)
) STRICT, WITHOUT ROWID;
