-- So that a change of an issuer can be made to depend on what was read of it, like that of anything else.
--
-- Waits for who reads or writes the few issuers, and rewrites nothing.
ALTER TABLE token_issuer ADD COLUMN version bigint NOT NULL DEFAULT 0;
