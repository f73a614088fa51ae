-- oldest allowed: 1
-- The first schema. Rules: DESIGN I5. The primary key of every table of a brand begins with brand_id; foreign
-- keys stay inside a brand; post, decision and triage_queue have none. No triggers, no identity columns.

-- The clock by which leases expire: the database's, so that all daemons agree. Tests set larum.now.
CREATE FUNCTION larum_now() RETURNS timestamptz LANGUAGE sql STABLE AS
    $$ SELECT coalesce(nullif(current_setting('larum.now', true), '')::timestamptz, now()) $$;

-- ---- without a brand ------------------------------------------------------------------------------

CREATE TABLE brand (
    brand_id integer PRIMARY KEY,
    name text NOT NULL UNIQUE,
    mode text NOT NULL DEFAULT 'shadow' CHECK (mode IN ('shadow', 'live')),
    folding_version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL
);

-- How far a brand's match keys are on their way to a later folding version (daemon/store/refolding.h). No row: none
-- are under way.
CREATE TABLE refolding (
    brand_id integer PRIMARY KEY,
    folding_version integer NOT NULL,  -- the one they are brought to
    step smallint NOT NULL,            -- of four, from 0
    after_key bigint NOT NULL,         -- done up to this key and record
    after_id bigint NOT NULL,
    looked_at bigint NOT NULL,         -- rows, in this step
    changed_at timestamptz NOT NULL
);

-- One row per running process: the slot makes its ids unique, the heartbeat lets others take over.
CREATE TABLE daemon (
    slot integer PRIMARY KEY CHECK (slot BETWEEN 0 AND 1023),
    holder text NOT NULL,
    last_id bigint NOT NULL DEFAULT 0,
    version text NOT NULL,
    heartbeat_until timestamptz NOT NULL
);

CREATE TABLE account (
    account_id bigint PRIMARY KEY,
    name text NOT NULL UNIQUE,
    password_hash text NOT NULL,
    language text NOT NULL DEFAULT 'en',
    disabled_at timestamptz,
    created_at timestamptz NOT NULL
);

CREATE TABLE account_brand (
    account_id bigint NOT NULL REFERENCES account ON DELETE CASCADE,
    brand_id integer NOT NULL REFERENCES brand ON DELETE CASCADE,
    role text NOT NULL CHECK (role IN ('viewer', 'reviewer', 'admin')),
    PRIMARY KEY (account_id, brand_id)
);

CREATE TABLE session (
    token_hash bytea PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES account ON DELETE CASCADE,
    csrf_hash bytea NOT NULL,
    created_at timestamptz NOT NULL,
    used_at timestamptz NOT NULL
);
CREATE INDEX session_account ON session (account_id);

-- One row per distinct credential of the configured sources, named by a digest. Its session is sealed.
CREATE TABLE credential (
    credential_id text PRIMARY KEY,
    kind text NOT NULL,
    sealed_session bytea,
    tokens double precision NOT NULL DEFAULT 0,
    tokens_at timestamptz,
    blocked_until timestamptz,
    blocked_reason text,
    dead_since timestamptz,
    dead_reason text,
    expires_at timestamptz,
    probed_at timestamptz,
    used double precision,
    spent_on date,                -- the UTC day of which spent_today is
    spent_today double precision, -- US dollars for what was asked, where the platform takes money
    unasked_today double precision NOT NULL DEFAULT 0, -- likewise for what came unasked: by webhook, over a line
    spent_budget double precision, -- of a day
    fence bigint NOT NULL DEFAULT 0, -- one call at a time: refresh tokens may be used once
    lease_until timestamptz
);

-- A verified webhook body, kept before it is answered.
CREATE TABLE raw_webhook (
    raw_webhook_id bigint PRIMARY KEY,
    app text NOT NULL,
    received_at timestamptz NOT NULL,
    body bytea NOT NULL,
    note text NOT NULL DEFAULT '', -- what the headers say and the body does not
    tries integer NOT NULL DEFAULT 0,
    holder bigint,
    fence bigint NOT NULL DEFAULT 0,
    expires_at timestamptz,
    done_at timestamptz
);
CREATE INDEX raw_webhook_waiting ON raw_webhook (raw_webhook_id) WHERE done_at IS NULL;

CREATE TABLE app (
    app text PRIMARY KEY,
    verified bigint NOT NULL DEFAULT 0,
    forged bigint NOT NULL DEFAULT 0,
    unclaimed bigint NOT NULL DEFAULT 0,
    rung bigint NOT NULL DEFAULT 0,      -- unsigned ones, taken for a doorbell
    duplicate bigint NOT NULL DEFAULT 0, -- of the verified: the same body came again
    unkept bigint NOT NULL DEFAULT 0,    -- answered 503: the platform comes again
    last_at timestamptz
);

-- Kinds of events that larum does not know.
CREATE TABLE webhook_unknown (
    app text NOT NULL, -- or the source, of what a line or a list brought
    name text NOT NULL,
    count bigint NOT NULL DEFAULT 0,
    last_at timestamptz NOT NULL,
    kept_at timestamptz, -- when an example was last put among the dead letters
    PRIMARY KEY (app, name)
);

-- ---- sources and posts ----------------------------------------------------------------------------

CREATE TABLE source (
    brand_id integer NOT NULL REFERENCES brand ON DELETE CASCADE,
    source_id bigint NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    account text NOT NULL DEFAULT '',
    credential_id text,
    active boolean NOT NULL DEFAULT true,
    holder bigint,
    fence bigint NOT NULL DEFAULT 0,
    lease_until timestamptz,
    last_ok_at timestamptz,
    last_item_at timestamptz,
    last_error text,
    last_error_at timestamptz,
    silent_told_at timestamptz,   -- people were told that it cannot be read; null once it can
    behind_told_at timestamptz,   -- likewise: it is read later than it should be
    quiet_told_at timestamptz,    -- likewise: nothing comes though it is read; null once something does
    probed_at timestamptz,        -- when its credential was last asked what it may
    missing text[] NOT NULL DEFAULT '{}', -- permissions that were missing then
    notes text[] NOT NULL DEFAULT '{}',   -- what is therefore not read
    webhook_misses bigint NOT NULL DEFAULT 0,
    posts bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (brand_id, source_id),
    UNIQUE (brand_id, name)
);

CREATE TABLE stream (
    brand_id integer NOT NULL,
    source_id bigint NOT NULL,
    name text NOT NULL,
    cursor text NOT NULL DEFAULT '',
    due_at timestamptz NOT NULL,
    interval_seconds double precision,
    retire_at timestamptz,
    failures integer NOT NULL DEFAULT 0,
    failed_reason text,           -- of the last failure; null after a good answer
    last_item_at timestamptz,
    covered_from timestamptz,     -- all that was written from then to covered_to was read, but for the gaps
    covered_to timestamptz,
    walk_at timestamptz,          -- when the walk under way began; null: none is
    live boolean NOT NULL DEFAULT false, -- heard over a line that is kept open, never due; the rest is of its line
    holder bigint,
    fence bigint NOT NULL DEFAULT 0,
    lease_until timestamptz,
    rest_until timestamptz,       -- not connected again before
    lost_at timestamptz,          -- null while it is open
    lost_reason text,
    lost_told_at timestamptz,     -- people were told of this loss
    losses integer NOT NULL DEFAULT 0, -- after it was open, on the day losses_on, UTC
    losses_on date,
    recent_losses bigint[] NOT NULL DEFAULT '{}', -- the last few, in microseconds since 1970
    last_loss text,               -- the reason of the last one
    flaps_told_on date,
    PRIMARY KEY (brand_id, source_id, name),
    FOREIGN KEY (brand_id, source_id) REFERENCES source ON DELETE CASCADE
);
CREATE INDEX stream_due ON stream (brand_id, source_id, due_at);

CREATE TABLE source_gap (
    brand_id integer NOT NULL,
    gap_id bigint NOT NULL,
    source_id bigint NOT NULL,
    stream text NOT NULL,
    from_at timestamptz NOT NULL,
    to_at timestamptz,            -- null while it lasts
    reason text NOT NULL,
    recovered integer NOT NULL DEFAULT 0, -- posts of that stretch that were read afterwards
    lost boolean NOT NULL DEFAULT false,  -- it cannot be read any more; else all of it was once it ended
    told boolean NOT NULL DEFAULT false,  -- people know of it, and shall hear of its end
    PRIMARY KEY (brand_id, gap_id),
    FOREIGN KEY (brand_id, source_id) REFERENCES source ON DELETE CASCADE
);
CREATE INDEX source_gap_source ON source_gap (brand_id, source_id, from_at);

-- How many posts of a source were written in an hour: from it follows what silence is unlikely.
CREATE TABLE source_hour (
    brand_id integer NOT NULL,
    source_id bigint NOT NULL,
    hour_at timestamptz NOT NULL,
    posts integer NOT NULL,
    PRIMARY KEY (brand_id, source_id, hour_at),
    FOREIGN KEY (brand_id, source_id) REFERENCES source ON DELETE CASCADE
);

CREATE TABLE post (
    brand_id integer NOT NULL,
    post_id bigint NOT NULL,
    platform text NOT NULL,
    realm text NOT NULL,
    native_id text NOT NULL,
    parent_native_id text,
    source_id bigint,
    kind smallint NOT NULL,
    author_key text,              -- platform:scope:native id; null when the author is hidden
    author_handle text,
    author_name text,
    author_city text,
    author_followers bigint,
    author_url text,
    text text,                    -- null: not known yet, or ended by retention, deletion or erasure
    text_hash bigint,
    earlier_hash bigint,          -- of the text before the last edit
    lang text,
    rating smallint,
    attachments jsonb,
    posted_at timestamptz NOT NULL,
    first_seen_at timestamptz NOT NULL,
    edited_at timestamptz,
    deleted_at timestamptz,
    text_ended_at timestamptz,
    url text,
    on_ad boolean NOT NULL DEFAULT false,
    own boolean NOT NULL DEFAULT false,
    likes bigint,
    shares bigint,
    comments bigint,
    views bigint,
    answer_by timestamptz,        -- by which the platform or the law wants an answer
    answer_awaited boolean NOT NULL DEFAULT false, -- a new decision is to be made when that time is near
    order_refs jsonb,             -- orders that the platform names beside the text; ends with it
    reported_by text,             -- who handed it in where no API reads: «Anna, by mail»
    late_excused boolean NOT NULL DEFAULT false, -- a known gap explains why it was first seen late
    backfilled boolean NOT NULL DEFAULT false, -- written long before its source was connected: no alert
    link_hash bigint,             -- of what its link names, where that is this post alone (core/link_key.h)
    PRIMARY KEY (brand_id, post_id),
    UNIQUE (brand_id, platform, realm, native_id)
);
CREATE INDEX post_author ON post (brand_id, author_key) WHERE author_key IS NOT NULL;
CREATE INDEX post_link ON post (brand_id, link_hash) WHERE link_hash IS NOT NULL;
-- The few that people handed in, asked for with every page of a source.
CREATE INDEX post_handed_in ON post (brand_id, link_hash) WHERE starts_with(native_id, 'reported:');
CREATE INDEX post_own_reply ON post (brand_id, post_id) WHERE own AND parent_native_id IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX post_answer ON post (brand_id, answer_by) WHERE answer_awaited;
CREATE INDEX post_parent ON post (brand_id, parent_native_id) WHERE parent_native_id IS NOT NULL;

-- Which sources saw a post.
CREATE TABLE post_seen (
    brand_id integer NOT NULL,
    post_id bigint NOT NULL,
    source_id bigint NOT NULL,
    seen_at timestamptz NOT NULL,
    by_webhook boolean NOT NULL DEFAULT false,
    awaited boolean NOT NULL DEFAULT false, -- a poll was faster than its webhook, or the webhook missed it
    PRIMARY KEY (brand_id, post_id, source_id)
);
CREATE INDEX post_seen_awaited ON post_seen (brand_id, seen_at) WHERE awaited;

-- Posts that their platform wants to be looked at again, so that deletions follow (connectors' refresh_within).
CREATE TABLE post_refresh (
    brand_id integer NOT NULL,
    post_id bigint NOT NULL,
    source_id bigint NOT NULL,
    due_at timestamptz NOT NULL,  -- the next look
    ends_at timestamptz NOT NULL, -- nobody could look by then: the text ends
    PRIMARY KEY (brand_id, post_id)
);
CREATE INDEX post_refresh_due ON post_refresh (brand_id, source_id, due_at);

-- Earlier texts of an edited or deleted post, kept only while a person holds it with reason and end.
CREATE TABLE hold (
    brand_id integer NOT NULL,
    hold_id bigint NOT NULL,
    post_id bigint NOT NULL,
    account_id bigint,
    reason text NOT NULL,
    created_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    PRIMARY KEY (brand_id, hold_id)
);
CREATE INDEX hold_post ON hold (brand_id, post_id);

CREATE TABLE post_version (
    brand_id integer NOT NULL,
    post_id bigint NOT NULL,
    version bigint NOT NULL,      -- edit time in microseconds, else text hash
    text text NOT NULL,
    seen_at timestamptz NOT NULL,
    PRIMARY KEY (brand_id, post_id, version)
);

CREATE TABLE dead_letter (
    brand_id integer NOT NULL,
    dead_letter_id bigint NOT NULL,
    kind text NOT NULL,           -- item, webhook, post, alert
    source text NOT NULL DEFAULT '',
    reference text NOT NULL DEFAULT '',
    reason text NOT NULL,
    body bytea,
    at timestamptz NOT NULL,
    rerun_at timestamptz,
    PRIMARY KEY (brand_id, dead_letter_id)
);

-- ---- the brand's own records ----------------------------------------------------------------------

CREATE TABLE customer (
    brand_id integer NOT NULL,
    customer_id bigint NOT NULL,
    ref text NOT NULL,
    name text NOT NULL DEFAULT '',
    email text NOT NULL DEFAULT '',
    phone text NOT NULL DEFAULT '',
    city text NOT NULL DEFAULT '',
    handles text[] NOT NULL DEFAULT '{}',
    tier text NOT NULL DEFAULT '',
    language text NOT NULL DEFAULT '',
    do_not_match boolean NOT NULL DEFAULT false,
    objected_at timestamptz,
    PRIMARY KEY (brand_id, customer_id),
    UNIQUE (brand_id, ref)
);

-- 64-bit hashes of kind and folded value (daemon/match/keys.h). No index by customer: a record's keys can be made
-- again from the record (daemon/store/record_keys.h).
CREATE TABLE customer_key (
    brand_id integer NOT NULL,
    key bigint NOT NULL,
    customer_id bigint NOT NULL,
    PRIMARY KEY (brand_id, key, customer_id)
);

CREATE TABLE service_case (
    brand_id integer NOT NULL,
    case_id bigint NOT NULL,
    ref text NOT NULL,
    customer_id bigint,
    status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'pending', 'closed')),
    topic text,
    subject text NOT NULL DEFAULT '',
    channel text,
    opened_at timestamptz,
    updated_at timestamptz,
    closed_at timestamptz,
    promised_at timestamptz,
    order_ref text NOT NULL DEFAULT '',
    owner text NOT NULL DEFAULT '',
    team text NOT NULL DEFAULT '',
    PRIMARY KEY (brand_id, case_id),
    UNIQUE (brand_id, ref)
);
CREATE INDEX case_customer ON service_case (brand_id, customer_id) WHERE customer_id IS NOT NULL;

CREATE TABLE case_key (
    brand_id integer NOT NULL,
    key bigint NOT NULL,
    case_id bigint NOT NULL,
    PRIMARY KEY (brand_id, key, case_id)
);

CREATE TABLE contact (
    brand_id integer NOT NULL,
    contact_id bigint NOT NULL,
    ref text NOT NULL,
    customer_id bigint,
    case_id bigint,
    author_key text,
    channel smallint NOT NULL,
    direction smallint NOT NULL,
    at timestamptz NOT NULL,
    agent text NOT NULL DEFAULT '',
    summary text NOT NULL DEFAULT '',
    automatic boolean NOT NULL DEFAULT false,
    awaited_by bigint,            -- the source whose poll was faster than its webhook, or whose webhook missed it
    awaited_since timestamptz,
    PRIMARY KEY (brand_id, contact_id),
    UNIQUE (brand_id, ref)
);
CREATE INDEX contact_awaited ON contact (brand_id, awaited_since) WHERE awaited_by IS NOT NULL;
CREATE INDEX contact_customer ON contact (brand_id, customer_id, at) WHERE customer_id IS NOT NULL;
CREATE INDEX contact_case ON contact (brand_id, case_id) WHERE case_id IS NOT NULL;
CREATE INDEX contact_author ON contact (brand_id, author_key) WHERE author_key IS NOT NULL;

-- Keyed hashes of who must never be matched; survives erasure, is asked by import, sync and replay.
CREATE TABLE suppression (
    brand_id integer NOT NULL,
    hash bytea NOT NULL,
    kind text NOT NULL,           -- ref, email, phone, handle, author
    at timestamptz NOT NULL,
    PRIMARY KEY (brand_id, hash)
);

-- ---- triage ---------------------------------------------------------------------------------------

-- A narrow row per saved page: the posts of it wait to be judged, matched and decided.
CREATE TABLE triage_queue (
    brand_id integer NOT NULL,
    queue_id bigint NOT NULL,
    post_ids bigint[] NOT NULL,
    cause text NOT NULL,
    holder bigint,
    fence bigint NOT NULL DEFAULT 0,
    expires_at timestamptz,
    tries integer NOT NULL DEFAULT 0,
    PRIMARY KEY (brand_id, queue_id)
);

CREATE TABLE decision (
    brand_id integer NOT NULL,
    post_id bigint NOT NULL,
    revision integer NOT NULL,
    decided_at timestamptz NOT NULL,
    cause text NOT NULL,          -- new, edit, author, contact, case, identity, verdict, promise, opinion, rerun, platform, deadline
    urgency smallint NOT NULL,
    rule text NOT NULL,
    reasons jsonb,
    verdict jsonb,
    customer_id bigint,
    probability real,
    case_id bigint,
    case_probability real,
    story jsonb,                  -- recorded contacts, attempts, channels, broken promise; candidates' evidence
    odds bigint,                  -- of whom the brand's posts were thought to be, packed; by it replay makes the same again
    PRIMARY KEY (brand_id, post_id, revision)
);
CREATE INDEX decision_raised ON decision (brand_id, urgency, post_id) WHERE urgency > 0;
CREATE INDEX decision_customer ON decision (brand_id, customer_id) WHERE customer_id IS NOT NULL;

-- Borderline posts and what the operator's own model said of their words. A row is wanted by triage, then asked, then
-- ended. `asked_at` is written before anything is sent and stays: no text is sent twice.
CREATE TABLE second_opinion (
    brand_id integer NOT NULL,
    post_id bigint NOT NULL,
    text_hash bigint NOT NULL,    -- the text it is about: after an edit the opinion on the earlier one does not count
    wanted_at timestamptz NOT NULL,
    asked_at timestamptz,
    ended_at timestamptz,
    ending text CHECK (ending IN ('said', 'no_answer', 'refused', 'nonsense', 'withheld', 'budget', 'late', 'lost', 'gone')),
    complaint boolean,            -- both only where it said something
    repeat_contact boolean,
    PRIMARY KEY (brand_id, post_id, text_hash)
);
CREATE INDEX second_opinion_open ON second_opinion (brand_id, wanted_at) WHERE ended_at IS NULL;

CREATE TABLE identity (
    brand_id integer NOT NULL,
    identity_id bigint NOT NULL,
    subject text NOT NULL,        -- «author:KEY», or «post:ID» where the author has no id
    customer_id bigint NOT NULL,
    state text NOT NULL CHECK (state IN ('suggested', 'confirmed', 'rejected')),
    probability real NOT NULL,
    evidence jsonb NOT NULL,
    account_id bigint,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (brand_id, identity_id),
    UNIQUE (brand_id, subject, customer_id)
);
CREATE INDEX identity_customer ON identity (brand_id, customer_id);

-- ---- escalations and alerts -----------------------------------------------------------------------

CREATE TABLE escalation (
    brand_id integer NOT NULL,
    escalation_id bigint NOT NULL,
    subject text NOT NULL,        -- «case:ID», «customer:ID», «thread:…»
    urgency smallint NOT NULL,
    post_id bigint NOT NULL,      -- the post it was opened for
    customer_id bigint,
    case_id bigint,
    posts integer NOT NULL DEFAULT 1,
    state text NOT NULL CHECK (state IN ('open', 'acknowledged', 'settled', 'dismissed', 'spent')),
    outcome text,
    opened_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    answered_at timestamptz,      -- the brand's own public reply was seen: stops the timer
    next_at timestamptz,          -- when the playbook is asked again; null: nothing further
    step integer NOT NULL DEFAULT 0,
    acknowledged_by bigint,
    assigned_to bigint,
    revision integer NOT NULL DEFAULT 1, -- grows with each news that the sent messages should show
    fold_hash bigint,             -- near-identical texts share it
    folded_into bigint,
    shadow boolean NOT NULL DEFAULT false,
    recheck_at timestamptz,
    PRIMARY KEY (brand_id, escalation_id)
);
CREATE UNIQUE INDEX escalation_open ON escalation (brand_id, subject) WHERE state IN ('open', 'acknowledged');
CREATE INDEX escalation_next ON escalation (brand_id, next_at) WHERE next_at IS NOT NULL;
CREATE INDEX escalation_recheck ON escalation (brand_id, recheck_at) WHERE recheck_at IS NOT NULL;
CREATE INDEX escalation_by_post ON escalation (brand_id, post_id);
CREATE INDEX escalation_folded ON escalation (brand_id, folded_into) WHERE folded_into IS NOT NULL;
CREATE INDEX escalation_fold ON escalation (brand_id, fold_hash, opened_at) WHERE fold_hash IS NOT NULL;
CREATE INDEX escalation_customer ON escalation (brand_id, customer_id)
    WHERE customer_id IS NOT NULL AND state IN ('open', 'acknowledged');
CREATE INDEX escalation_changed ON escalation (brand_id, changed_at);

CREATE TABLE escalation_post (
    brand_id integer NOT NULL,
    escalation_id bigint NOT NULL,
    post_id bigint NOT NULL,
    PRIMARY KEY (brand_id, escalation_id, post_id),
    FOREIGN KEY (brand_id, escalation_id) REFERENCES escalation ON DELETE CASCADE
);
CREATE INDEX escalation_post_post ON escalation_post (brand_id, post_id);

CREATE TABLE alert (
    brand_id integer NOT NULL,
    alert_id bigint NOT NULL,
    escalation_id bigint,         -- null: a digest or notice itself; a digest with one waits to be folded into it
    kind text NOT NULL CHECK (kind IN ('alert', 'digest', 'notice', 'test')),
    step integer NOT NULL DEFAULT 0,
    channel text NOT NULL,
    recipient text NOT NULL DEFAULT '',
    state text NOT NULL CHECK (state IN ('due', 'sending', 'delivered', 'refused', 'folded', 'cancelled')),
    due_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    ended_at timestamptz,
    tries integer NOT NULL DEFAULT 0,
    message_id text,
    sent_revision integer NOT NULL DEFAULT 0, -- escalation revision that the sent message shows
    sent_hash bigint,
    shown_post_id bigint,         -- the post whose words the sent message shows
    folded_into bigint,
    body jsonb,                   -- of digest and notice; an alert's is rendered when sent
    once text,                    -- natural key of what is sent once: «quiet:2026-04-05», «burst:...»
    reason text,
    holder bigint,
    fence bigint NOT NULL DEFAULT 0,
    lease_until timestamptz,
    text_ended_at timestamptz,
    stub_due_at timestamptz,      -- retention or erasure ends the sent text: its message is to become a stub
    PRIMARY KEY (brand_id, alert_id),
    FOREIGN KEY (brand_id, escalation_id) REFERENCES escalation ON DELETE CASCADE
);
CREATE UNIQUE INDEX alert_step ON alert (brand_id, escalation_id, step, channel, recipient)
    WHERE escalation_id IS NOT NULL;
CREATE INDEX alert_due ON alert (brand_id, due_at) WHERE state IN ('due', 'sending');
CREATE INDEX alert_escalation ON alert (brand_id, escalation_id);
CREATE UNIQUE INDEX alert_once ON alert (brand_id, once) WHERE once IS NOT NULL;
CREATE INDEX alert_recent ON alert (brand_id, channel, created_at);
CREATE INDEX alert_folded ON alert (brand_id, folded_into) WHERE folded_into IS NOT NULL;
-- Messages in chats that still show something: news edits them, deletion and retention turn them into stubs.
CREATE INDEX alert_live ON alert (brand_id, escalation_id) WHERE state = 'delivered' AND text_ended_at IS NULL;

CREATE TABLE delivery (
    brand_id integer NOT NULL,
    alert_id bigint NOT NULL,
    attempt integer NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    outcome text,                 -- delivered, later, refused; null: no outcome known
    reason text,
    PRIMARY KEY (brand_id, alert_id, attempt),
    FOREIGN KEY (brand_id, alert_id) REFERENCES alert ON DELETE CASCADE
);

-- ---- people -----------------------------------------------------------------------------------------

CREATE TABLE label (
    brand_id integer NOT NULL,
    label_id bigint NOT NULL,
    post_id bigint NOT NULL,
    kind text NOT NULL,           -- verdict, identity, dismissal
    value jsonb NOT NULL,
    account_id bigint,
    at timestamptz NOT NULL,
    PRIMARY KEY (brand_id, label_id)
);
CREATE INDEX label_post ON label (brand_id, post_id);

CREATE TABLE audit (
    brand_id integer NOT NULL,
    audit_id bigint NOT NULL,
    at timestamptz NOT NULL,
    account_id bigint,
    what text NOT NULL,           -- viewed, acknowledged, settled, dismissed, confirmed, rejected, erased, ...
    reference text NOT NULL DEFAULT '',
    PRIMARY KEY (brand_id, audit_id)
);

-- One row a day and brand: what remains when texts end.
CREATE TABLE day_count (
    brand_id integer NOT NULL,
    day date NOT NULL,
    posts bigint NOT NULL DEFAULT 0,
    urgent bigint NOT NULL DEFAULT 0,
    flag bigint NOT NULL DEFAULT 0,
    watch bigint NOT NULL DEFAULT 0,
    alerts bigint NOT NULL DEFAULT 0,
    opinions_asked bigint NOT NULL DEFAULT 0, -- of the second opinion's budget; the day is UTC's
    PRIMARY KEY (brand_id, day)
);
