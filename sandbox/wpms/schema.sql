CREATE TABLE IF NOT EXISTS courses (
    blog_id INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    zone TEXT NOT NULL,
    link TEXT NOT NULL CHECK (link IN ('on', 'off')),
    archived INTEGER NOT NULL DEFAULT 0,
    course TEXT,
    partner TEXT,
    offers TEXT NOT NULL DEFAULT '[]',
    as_of TEXT
);

-- A deleted account stays, with nothing but its e-mail, until its enrolments are synced.
CREATE TABLE IF NOT EXISTS accounts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    email TEXT NOT NULL COLLATE NOCASE,
    first_name TEXT NOT NULL DEFAULT '',
    last_name TEXT NOT NULL DEFAULT '',
    country TEXT NOT NULL DEFAULT '',
    timezone TEXT NOT NULL DEFAULT '',
    email_ok INTEGER NOT NULL DEFAULT 1,
    deleted INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX IF NOT EXISTS one_account_an_email ON accounts (email) WHERE NOT deleted;

-- blog_id: the course may have been deleted. erase: Mautic has to delete the learner; then the row goes. signed_up: Mautic holds this
-- enrolment. choice_rev, email_rev: the rev at which the learner
-- last said how to study and whether to get e-mail. dirty_gmt: out of step since.
CREATE TABLE IF NOT EXISTS enrolments (
    blog_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL REFERENCES accounts,
    enrolled INTEGER NOT NULL DEFAULT 1,
    enrolled_gmt TEXT NOT NULL,
    left_gmt TEXT,
    erase INTEGER NOT NULL DEFAULT 0,
    choice TEXT,
    choice_gmt TEXT,
    choice_rev INTEGER NOT NULL DEFAULT 0,
    email_rev INTEGER NOT NULL DEFAULT 0,
    rev INTEGER NOT NULL DEFAULT 1,
    synced_rev INTEGER NOT NULL DEFAULT 0,
    dirty_gmt TEXT NOT NULL,
    signed_up INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'pending',
    delivery TEXT,
    cohort TEXT,
    segment TEXT,
    contact_id INTEGER,
    tags TEXT NOT NULL DEFAULT '[]',
    reason TEXT,
    synced_gmt TEXT,
    PRIMARY KEY (blog_id, user_id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS enrolments_of_a_learner ON enrolments (user_id);
CREATE INDEX IF NOT EXISTS enrolments_of_a_contact ON enrolments (contact_id);
CREATE INDEX IF NOT EXISTS enrolments_out_of_step ON enrolments (blog_id, user_id)
    WHERE rev > synced_rev;

-- LEFT JOIN keeps the rows of deleted courses; CROSS JOIN keeps the enrolments outermost. So pages
-- come by key without sorting.
-- outstanding: to be sent when out of step. Leaves, opt-outs and erasures go whatever
-- the link says.
DROP VIEW IF EXISTS ledger;
CREATE VIEW ledger AS
SELECT e.*, a.email, a.first_name, a.last_name, a.country, a.timezone, a.email_ok, c.link,
    CASE WHEN e.erase THEN 1
         WHEN e.enrolled AND c.link = 'on' AND NOT c.archived THEN 1
         WHEN e.signed_up AND NOT (e.enrolled AND a.email_ok) THEN 1
         ELSE 0 END AS outstanding
FROM enrolments e
LEFT JOIN courses c ON c.blog_id = e.blog_id
CROSS JOIN accounts a ON a.id = e.user_id;

CREATE TABLE IF NOT EXISTS switches (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS revoked (authorization TEXT PRIMARY KEY);
