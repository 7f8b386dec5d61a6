-- Nobody asks for "ordering", but each 32 of its numbers were a commit more.

ALTER TABLE "event_journal" ALTER COLUMN "ordering" SET CACHE 10000;
