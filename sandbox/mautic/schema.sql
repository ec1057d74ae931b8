-- Dates are UTC, written as 2018-12-05 10:00:00.
-- Text compares without regard to case, as in Mautic's database; only tags tell case apart.

CREATE TABLE IF NOT EXISTS tokens (
    token TEXT PRIMARY KEY,
    client_id TEXT NOT NULL,
    expires_at REAL NOT NULL
);

CREATE TABLE IF NOT EXISTS switches (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS tags (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    tag TEXT NOT NULL,
    description TEXT
);
CREATE INDEX IF NOT EXISTS tags_by_tag ON tags (tag);

CREATE TABLE IF NOT EXISTS categories (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    title TEXT NOT NULL COLLATE NOCASE,
    alias TEXT NOT NULL COLLATE NOCASE,
    description TEXT COLLATE NOCASE,
    color TEXT,
    bundle TEXT NOT NULL COLLATE NOCASE,
    date_added TEXT, date_modified TEXT,
    created_by INTEGER, created_by_user TEXT, modified_by INTEGER, modified_by_user TEXT
);

CREATE TABLE IF NOT EXISTS segments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL COLLATE NOCASE,
    public_name TEXT NOT NULL COLLATE NOCASE,
    alias TEXT NOT NULL COLLATE NOCASE,
    description TEXT COLLATE NOCASE,
    is_published INTEGER NOT NULL,
    is_global INTEGER NOT NULL,
    is_preference_center INTEGER NOT NULL,
    category_id INTEGER REFERENCES categories (id) ON DELETE SET NULL,
    filters TEXT NOT NULL,
    date_added TEXT, date_modified TEXT,
    created_by INTEGER, created_by_user TEXT, modified_by INTEGER, modified_by_user TEXT
);
CREATE INDEX IF NOT EXISTS segments_by_alias ON segments (alias);

CREATE TABLE IF NOT EXISTS emails (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL COLLATE NOCASE,
    subject TEXT NOT NULL COLLATE NOCASE,
    email_type TEXT NOT NULL COLLATE NOCASE,
    language TEXT NOT NULL,
    custom_html TEXT,
    plain_text TEXT,
    preheader_text TEXT,
    from_address TEXT,
    from_name TEXT,
    reply_to_address TEXT,
    is_published INTEGER NOT NULL,
    publish_up TEXT,
    publish_down TEXT,
    category_id INTEGER REFERENCES categories (id) ON DELETE SET NULL,
    revision INTEGER NOT NULL DEFAULT 1,
    date_added TEXT, date_modified TEXT,
    created_by INTEGER, created_by_user TEXT, modified_by INTEGER, modified_by_user TEXT
);

CREATE TABLE IF NOT EXISTS email_segments (
    email_id INTEGER NOT NULL REFERENCES emails (id) ON DELETE CASCADE,
    segment_id INTEGER NOT NULL REFERENCES segments (id) ON DELETE CASCADE,
    PRIMARY KEY (email_id, segment_id)
);

CREATE TABLE IF NOT EXISTS campaigns (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL COLLATE NOCASE,
    description TEXT COLLATE NOCASE,
    is_published INTEGER NOT NULL,
    allow_restart INTEGER NOT NULL,
    publish_up TEXT,
    publish_down TEXT,
    category_id INTEGER REFERENCES categories (id) ON DELETE SET NULL,
    canvas TEXT NOT NULL,
    date_added TEXT, date_modified TEXT,
    created_by INTEGER, created_by_user TEXT, modified_by INTEGER, modified_by_user TEXT
);

CREATE TABLE IF NOT EXISTS campaign_segments (
    campaign_id INTEGER NOT NULL REFERENCES campaigns (id) ON DELETE CASCADE,
    segment_id INTEGER NOT NULL REFERENCES segments (id) ON DELETE CASCADE,
    PRIMARY KEY (campaign_id, segment_id)
);

CREATE TABLE IF NOT EXISTS campaign_events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    campaign_id INTEGER NOT NULL REFERENCES campaigns (id) ON DELETE CASCADE,
    parent_id INTEGER REFERENCES campaign_events (id) ON DELETE CASCADE,
    decision_path TEXT,
    settings TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS campaign_events_by_campaign ON campaign_events (campaign_id);

CREATE TABLE IF NOT EXISTS contacts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    is_published INTEGER NOT NULL DEFAULT 1,
    points INTEGER NOT NULL DEFAULT 0,
    title TEXT COLLATE NOCASE, firstname TEXT COLLATE NOCASE, lastname TEXT COLLATE NOCASE,
    company TEXT COLLATE NOCASE, position TEXT COLLATE NOCASE, email TEXT COLLATE NOCASE,
    mobile TEXT COLLATE NOCASE, phone TEXT COLLATE NOCASE, fax TEXT COLLATE NOCASE,
    address1 TEXT COLLATE NOCASE, address2 TEXT COLLATE NOCASE, city TEXT COLLATE NOCASE,
    state TEXT COLLATE NOCASE, zipcode TEXT COLLATE NOCASE, country TEXT COLLATE NOCASE,
    preferred_locale TEXT COLLATE NOCASE, timezone TEXT COLLATE NOCASE, website TEXT COLLATE NOCASE,
    last_active TEXT,
    date_identified TEXT,
    date_added TEXT, date_modified TEXT,
    created_by INTEGER, created_by_user TEXT, modified_by INTEGER, modified_by_user TEXT
);
CREATE INDEX IF NOT EXISTS contacts_by_email ON contacts (email);
CREATE INDEX IF NOT EXISTS contacts_by_last_active ON contacts (last_active DESC, id);

CREATE TABLE IF NOT EXISTS contact_tags (
    contact_id INTEGER NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
    tag_id INTEGER NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    PRIMARY KEY (contact_id, tag_id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS contact_tags_by_tag ON contact_tags (tag_id);

CREATE TABLE IF NOT EXISTS do_not_contact (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    contact_id INTEGER NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
    channel TEXT NOT NULL,
    reason INTEGER NOT NULL,
    comments TEXT NOT NULL,
    date_added TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS do_not_contact_by_contact ON do_not_contact (contact_id);

-- Only what was said by hand; members by filter are found when they are asked for.
CREATE TABLE IF NOT EXISTS segment_members (
    segment_id INTEGER NOT NULL REFERENCES segments (id) ON DELETE CASCADE,
    contact_id INTEGER NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
    manually_removed INTEGER NOT NULL,
    date_added TEXT NOT NULL,
    PRIMARY KEY (segment_id, contact_id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS segment_members_by_contact ON segment_members (contact_id);

CREATE TABLE IF NOT EXISTS campaign_members (
    campaign_id INTEGER NOT NULL REFERENCES campaigns (id) ON DELETE CASCADE,
    contact_id INTEGER NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
    manually_removed INTEGER NOT NULL,
    date_added TEXT NOT NULL,
    PRIMARY KEY (campaign_id, contact_id)
) WITHOUT ROWID;
