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

-- These four are read as they are through the statistics, and named as in Mautic's database.

CREATE TABLE IF NOT EXISTS lead_donotcontact (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    lead_id INTEGER NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
    date_added TEXT NOT NULL,
    reason INTEGER NOT NULL,
    channel TEXT NOT NULL COLLATE NOCASE,
    channel_id INTEGER,
    comments TEXT NOT NULL COLLATE NOCASE
);
CREATE INDEX IF NOT EXISTS lead_donotcontact_by_lead ON lead_donotcontact (lead_id);

CREATE TABLE IF NOT EXISTS lead_lists_leads (
    leadlist_id INTEGER NOT NULL REFERENCES segments (id) ON DELETE CASCADE,
    lead_id INTEGER NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
    date_added TEXT NOT NULL,
    manually_removed INTEGER NOT NULL,
    manually_added INTEGER NOT NULL,
    PRIMARY KEY (leadlist_id, lead_id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS lead_lists_leads_by_lead ON lead_lists_leads (lead_id);

CREATE TABLE IF NOT EXISTS audit_log (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL,
    user_name TEXT NOT NULL COLLATE NOCASE,
    bundle TEXT NOT NULL COLLATE NOCASE,
    object TEXT NOT NULL COLLATE NOCASE,
    object_id INTEGER NOT NULL,
    action TEXT NOT NULL COLLATE NOCASE,
    details TEXT NOT NULL,
    date_added TEXT NOT NULL,
    ip_address TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS lead_event_log (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    lead_id INTEGER NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
    user_id INTEGER,
    user_name TEXT COLLATE NOCASE,
    bundle TEXT NOT NULL COLLATE NOCASE,
    object TEXT NOT NULL COLLATE NOCASE,
    action TEXT NOT NULL COLLATE NOCASE,
    object_id INTEGER,
    date_added TEXT NOT NULL,
    properties TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS lead_event_log_by_lead ON lead_event_log (lead_id);

-- Rows that are not seen yet, as those of a transaction that is still open.
CREATE TABLE IF NOT EXISTS held_rows (
    log TEXT NOT NULL,
    row_id INTEGER NOT NULL,
    PRIMARY KEY (log, row_id)
) WITHOUT ROWID;

-- Contacts to look at when segments are filled by their filters again.
CREATE TABLE IF NOT EXISTS stale_contacts (contact_id INTEGER PRIMARY KEY);

CREATE TRIGGER IF NOT EXISTS stale_by_new_contact AFTER INSERT ON contacts BEGIN
    INSERT OR IGNORE INTO stale_contacts VALUES (new.id);
END;
CREATE TRIGGER IF NOT EXISTS stale_by_new_tag AFTER INSERT ON contact_tags BEGIN
    INSERT OR IGNORE INTO stale_contacts VALUES (new.contact_id);
END;
CREATE TRIGGER IF NOT EXISTS stale_by_lost_tag AFTER DELETE ON contact_tags BEGIN
    INSERT OR IGNORE INTO stale_contacts VALUES (old.contact_id);
END;
CREATE TRIGGER IF NOT EXISTS stale_by_removal AFTER DELETE ON lead_lists_leads BEGIN
    INSERT OR IGNORE INTO stale_contacts VALUES (old.lead_id);
END;
CREATE TRIGGER IF NOT EXISTS stale_by_new_filter AFTER INSERT ON segments
WHEN new.filters <> '[]' BEGIN
    INSERT OR IGNORE INTO stale_contacts SELECT id FROM contacts;
END;
CREATE TRIGGER IF NOT EXISTS stale_by_filter AFTER UPDATE ON segments
WHEN new.filters <> old.filters OR new.is_published > old.is_published BEGIN
    INSERT OR IGNORE INTO stale_contacts SELECT id FROM contacts;
END;

-- The fields that were added; each is also a column of the contacts, as in Mautic.
CREATE TABLE IF NOT EXISTS fields (
    id INTEGER PRIMARY KEY,
    label TEXT NOT NULL COLLATE NOCASE,
    alias TEXT NOT NULL COLLATE NOCASE,
    type TEXT NOT NULL,
    properties TEXT NOT NULL,
    is_published INTEGER NOT NULL,
    is_unique_identifier INTEGER NOT NULL,
    position INTEGER NOT NULL,
    char_length_limit INTEGER,
    date_added TEXT, date_modified TEXT,
    created_by INTEGER, created_by_user TEXT, modified_by INTEGER, modified_by_user TEXT
);

-- The secret in the link to the preference page, which each contact's mails hold.
CREATE TABLE IF NOT EXISTS mail_hashes (
    hash TEXT PRIMARY KEY,
    contact_id INTEGER NOT NULL REFERENCES contacts (id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS mail_hashes_by_contact ON mail_hashes (contact_id);

CREATE TABLE IF NOT EXISTS campaign_members (
    campaign_id INTEGER NOT NULL REFERENCES campaigns (id) ON DELETE CASCADE,
    contact_id INTEGER NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
    manually_removed INTEGER NOT NULL,
    date_added TEXT NOT NULL,
    PRIMARY KEY (campaign_id, contact_id)
) WITHOUT ROWID;
