-- Where and how the public was told of what has left, whatever its source says of it since: a household whose incident left, and whose
-- place the source blanks for its protection, has lost it there all the same.

-- the run behind which it was told; 0: another number was told, in whose place it stands; -1: it left before this was kept
ALTER TABLE departed ADD COLUMN run INTEGER NOT NULL DEFAULT -1 CHECK (run >= -1);
