CREATE INDEX account_organisation ON account (organisation_id);

CREATE UNIQUE INDEX appeal_once ON appeal (object_kind, object_id, organisation_id)
WHERE decided_at IS NULL;

CREATE INDEX appeal_open ON appeal (due_at) WHERE decided_at IS NULL;

CREATE INDEX attachment_object ON attachment (object_kind, object_id);

CREATE INDEX audit_event_actor ON audit_event (actor, sequence);

CREATE INDEX audit_event_object ON audit_event (object_kind, object_id, sequence);

CREATE INDEX clock_next ON clock (next_at) WHERE ended_at IS NULL;

CREATE UNIQUE INDEX clock_running ON clock (object_kind, object_id)
WHERE ended_at IS NULL;

CREATE UNIQUE INDEX consent_standing ON consent (engagement_id, side, step)
WHERE revoked_at IS NULL;

CREATE INDEX draft_owner ON draft (owner, updated_at);

CREATE INDEX engagement_base ON engagement (base_organisation_id, updated_at);

CREATE INDEX engagement_broker ON engagement (broker_id, updated_at);

CREATE INDEX engagement_message_of ON engagement_message (engagement_id, sent_at);

CREATE INDEX engagement_need ON engagement (need_organisation_id, updated_at);

CREATE UNIQUE INDEX engagement_pair ON engagement (need_id, capability_id);

CREATE INDEX engagement_provider ON engagement (provider_organisation_id, updated_at);

CREATE INDEX engagement_transition_actor ON engagement_transition (action, at);

CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");

CREATE INDEX job_made ON job (made_at);

CREATE INDEX judgement_at ON judgement (judged_at);

CREATE INDEX login_attempt_address ON login_attempt (address, at);

CREATE INDEX login_attempt_email ON login_attempt (email, at);

CREATE INDEX mail_waiting ON mail (created_at) WHERE sent_at IS NULL;

CREATE INDEX match_list_at ON match_list (created_at);

CREATE INDEX match_list_need ON match_list (need_id, created_at);

CREATE INDEX match_override_need ON match_override (need_id, expires_at);

CREATE INDEX match_pair_capability ON match_pair (capability_id);

CREATE INDEX meeting_of ON meeting (engagement_id, created_at);

CREATE INDEX model_check_of ON model_check (model_id, made_at);

CREATE INDEX model_comparison_of ON model_comparison (candidate_id, made_at);

CREATE INDEX need_status_state ON need_status (state, expires_at);

CREATE INDEX notice_account ON notice (account_id, created_at);

CREATE INDEX notice_unread ON notice (account_id) WHERE read_at IS NULL;

CREATE INDEX notice_waiting ON notice (account_id) WHERE waits_for_digest = 1;

CREATE UNIQUE INDEX organisation_resting ON organisation_rest (organisation_id)
WHERE ended_at IS NULL;

CREATE INDEX organisation_verification ON organisation (verification, created_at);

CREATE UNIQUE INDEX outcome_engagement ON outcome (engagement_id)
WHERE engagement_id IS NOT NULL;

CREATE INDEX outcome_need ON outcome (need_id, recorded_at);

CREATE INDEX pilot_application_base ON pilot_application (pilot_base_id, state);

CREATE UNIQUE INDEX pilot_application_standing ON pilot_application (engagement_id)
WHERE state IN ('waiting', 'accepted');

CREATE UNIQUE INDEX promotion_request_waiting ON promotion_request (model_id)
WHERE state = 'waiting';

CREATE INDEX proposal_organisation ON proposal (organisation_id, kind);

CREATE UNIQUE INDEX proposal_pending ON proposal (kind, record_id)
WHERE state = 'pending';

CREATE INDEX proposal_state ON proposal (state, proposed_at);

CREATE INDEX question_need ON question (need_id, asked_at);

CREATE INDEX record_head_revision ON record_head (revision);

CREATE INDEX record_owner_organisation ON record_owner (organisation_id, kind);

CREATE INDEX record_version_provider
ON record_version (json_extract(payload, '$.provider_id'), kind)
WHERE valid_to IS NULL AND kind IN ('capability', 'case');

CREATE INDEX round_candidate_other ON round_candidate (round_id, other_id);

CREATE UNIQUE INDEX round_lock_standing ON round_lock (round_id, need_id)
WHERE removed_at IS NULL;

CREATE UNIQUE INDEX round_offer_standing ON round_offer (round_id, need_id)
WHERE state <> 'given_up';

CREATE INDEX round_party_organisation ON round_party (organisation_id, round_id);

CREATE INDEX search_document_revision ON search_document (revision, document_id);

CREATE INDEX search_document_title ON search_document (title, document_id);

CREATE INDEX search_facet_document ON search_facet (document_id);

CREATE UNIQUE INDEX supply_gap_open ON supply_gap (need_id) WHERE closed_at IS NULL;

CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
) STRICT;

CREATE TABLE account (
    account_id TEXT PRIMARY KEY CHECK (account_id <> ''),
    email TEXT NOT NULL UNIQUE CHECK (email <> '' AND email = lower(email)),
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('member', 'owner', 'reviewer', 'administrator')),
    organisation_id TEXT REFERENCES organisation (organisation_id),
    password_hash TEXT NOT NULL,
    language TEXT NOT NULL,
    is_active INTEGER NOT NULL CHECK (is_active IN (0, 1)),
    session_epoch INTEGER NOT NULL CHECK (session_epoch >= 1),
    totp_secret TEXT NOT NULL,
    totp_confirmed_at TEXT,
    totp_last_step INTEGER NOT NULL,
    is_demo INTEGER NOT NULL CHECK (is_demo IN (0, 1)),
    created_at TEXT NOT NULL,
    last_sign_in_at TEXT, mails TEXT NOT NULL DEFAULT 'important'
    CHECK (mails IN ('all', 'important', 'none')), totp_next_secret TEXT NOT NULL DEFAULT '', must_set_second_factor INTEGER NOT NULL DEFAULT 0
    CHECK (must_set_second_factor IN (0, 1)),
    CHECK ((role IN ('member', 'owner')) = (organisation_id IS NOT NULL))
) STRICT;

CREATE TABLE account_preference (
    account_id TEXT NOT NULL REFERENCES account (account_id),
    name TEXT NOT NULL CHECK (name <> ''),
    value TEXT NOT NULL,
    chosen_at TEXT NOT NULL,
    PRIMARY KEY (account_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE allocation_round (
    round_id TEXT PRIMARY KEY,
    title TEXT NOT NULL CHECK (title <> ''),
    title_en TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'open', 'frozen', 'preview', 'published',
        'cancelled')),
    version INTEGER NOT NULL CHECK (version >= 1),
    rules TEXT NOT NULL CHECK (json_valid(rules)),
    scope TEXT NOT NULL CHECK (json_valid(scope)),
    seed INTEGER NOT NULL,
    opens_at TEXT NOT NULL,
    closes_at TEXT NOT NULL,
    follows TEXT NOT NULL,
    inputs TEXT CHECK (inputs IS NULL OR json_valid(inputs)),
    inputs_digest TEXT NOT NULL,
    result TEXT CHECK (result IS NULL OR json_valid(result)),
    result_digest TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at TEXT NOT NULL,
    published_at TEXT,
    CHECK (opens_at < closes_at),
    CHECK ((inputs IS NULL) = (inputs_digest = '')),
    CHECK ((result IS NULL) = (result_digest = '')),
    CHECK (state NOT IN ('frozen', 'preview', 'published') OR inputs IS NOT NULL),
    CHECK (state NOT IN ('preview', 'published') OR result IS NOT NULL)
) STRICT;

CREATE TABLE appeal (
    appeal_id TEXT PRIMARY KEY,
    object_kind TEXT NOT NULL,
    object_id TEXT NOT NULL,
    organisation_id TEXT NOT NULL REFERENCES organisation (organisation_id),
    filed_by TEXT NOT NULL,
    text TEXT NOT NULL CHECK (text <> ''),
    filed_at TEXT NOT NULL,
    due_at TEXT NOT NULL,
    decision TEXT NOT NULL CHECK (decision IN ('', 'upheld', 'partly', 'dismissed')),
    decision_reason TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    decided_at TEXT,
    CHECK ((decision = '') = (decided_at IS NULL)),
    CHECK (decided_at IS NULL OR (decision_reason <> '' AND decided_by <> filed_by))
) STRICT;

CREATE TABLE attachment (
    attachment_id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    object_kind TEXT NOT NULL,
    object_id TEXT NOT NULL,
    file_name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    n_bytes INTEGER NOT NULL CHECK (n_bytes >= 1),
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
    content BLOB NOT NULL,
    uploaded_by TEXT NOT NULL,
    uploaded_at TEXT NOT NULL
) STRICT;

CREATE TABLE audit_event (
    sequence INTEGER PRIMARY KEY CHECK (sequence >= 1),
    at TEXT NOT NULL,
    actor TEXT NOT NULL CHECK (actor <> ''),
    action TEXT NOT NULL CHECK (action <> ''),
    object_kind TEXT NOT NULL CHECK (object_kind <> ''),
    object_id TEXT NOT NULL,
    before TEXT NOT NULL CHECK (json_valid(before)),
    after TEXT NOT NULL CHECK (json_valid(after)),
    reason TEXT NOT NULL,
    previous_digest TEXT NOT NULL CHECK (length(previous_digest) = 64),
    digest TEXT NOT NULL UNIQUE CHECK (length(digest) = 64)
) STRICT;

CREATE TABLE audit_head (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    sequence INTEGER NOT NULL CHECK (sequence >= 0),
    digest TEXT NOT NULL CHECK (length(digest) = 64)
) STRICT;

CREATE TABLE catalogue_import (
    revision INTEGER NOT NULL,
    source TEXT NOT NULL,
    summary TEXT NOT NULL CHECK (json_valid(summary)),
    imported_at TEXT NOT NULL
) STRICT;

CREATE TABLE catalogue_state (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    revision INTEGER NOT NULL CHECK (revision >= 0)
) STRICT;

CREATE TABLE clock (
    clock_id INTEGER PRIMARY KEY,
    object_kind TEXT NOT NULL CHECK (object_kind IN ('engagement', 'appeal')),
    object_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    waits_for TEXT NOT NULL CHECK (json_valid(waits_for)),
    started_at TEXT NOT NULL,
    due_at TEXT NOT NULL,
    next_at TEXT NOT NULL,
    n_reminders INTEGER NOT NULL CHECK (n_reminders >= 0),
    is_provisional INTEGER NOT NULL CHECK (is_provisional IN (0, 1)),
    escalated_at TEXT,
    ended_at TEXT,
    ended_by TEXT NOT NULL CHECK (ended_by IN ('', 'answered', 'lapsed', 'superseded')),
    CHECK ((ended_at IS NULL) = (ended_by = ''))
) STRICT;

CREATE TABLE consent (
    consent_id INTEGER PRIMARY KEY,
    engagement_id TEXT NOT NULL REFERENCES engagement (engagement_id),
    side TEXT NOT NULL CHECK (side IN ('need', 'provider')),
    step TEXT NOT NULL CHECK (step IN ('contact', 'confidentiality', 'data', 'contract')),
    terms_version TEXT NOT NULL,
    given_by TEXT NOT NULL,
    given_at TEXT NOT NULL,
    revoked_by TEXT NOT NULL,
    revoked_at TEXT
) STRICT;

CREATE TABLE decline (
    engagement_id TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    side TEXT NOT NULL,
    codes TEXT NOT NULL CHECK (json_array_length(codes) BETWEEN 1 AND 3),
    note TEXT NOT NULL,
    tell_other INTEGER NOT NULL CHECK (tell_other IN (0, 1)),
    PRIMARY KEY (engagement_id, sequence),
    FOREIGN KEY (engagement_id, sequence)
        REFERENCES engagement_transition (engagement_id, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE draft (
    draft_id TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('need', 'capability', 'pilot_base')),
    owner TEXT NOT NULL CHECK (owner <> ''),
    record_id TEXT NOT NULL,
    payload TEXT NOT NULL CHECK (json_valid(payload)),
    step TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;

CREATE TABLE engagement (
    engagement_id TEXT PRIMARY KEY CHECK (engagement_id <> ''),
    need_id TEXT NOT NULL CHECK (need_id <> ''),
    need_version INTEGER NOT NULL CHECK (need_version >= 1),
    need_organisation_id TEXT NOT NULL REFERENCES organisation (organisation_id),
    provider_id TEXT NOT NULL CHECK (provider_id <> ''),
    capability_id TEXT NOT NULL CHECK (capability_id <> ''),
    capability_version INTEGER NOT NULL CHECK (capability_version >= 1),
    provider_organisation_id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('shown', 'need_accepted', 'provider_accepted',
        'mutual', 'revealed', 'talks', 'pilot_applied', 'in_pilot', 'contracted',
        'closed')),
    version INTEGER NOT NULL CHECK (version >= 1),
    origin TEXT NOT NULL,
    match_list_id INTEGER REFERENCES match_list (match_list_id),
    rank INTEGER,
    probability REAL CHECK (probability BETWEEN 0 AND 1),
    pilot_base_id TEXT NOT NULL,
    service_id TEXT NOT NULL,
    base_organisation_id TEXT NOT NULL,
    broker_id TEXT NOT NULL,
    close_cause TEXT NOT NULL CHECK ((state = 'closed') = (close_cause <> '')),
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;

CREATE TABLE engagement_message (
    message_id INTEGER PRIMARY KEY,
    engagement_id TEXT NOT NULL REFERENCES engagement (engagement_id),
    side TEXT NOT NULL,
    author TEXT NOT NULL,
    text TEXT NOT NULL CHECK (text <> ''),
    sent_at TEXT NOT NULL
) STRICT;

CREATE TABLE engagement_transition (
    engagement_id TEXT NOT NULL REFERENCES engagement (engagement_id),
    sequence INTEGER NOT NULL CHECK (sequence >= 1),
    action TEXT NOT NULL CHECK (action <> ''),
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    side TEXT NOT NULL,
    actor TEXT NOT NULL CHECK (actor <> ''),
    reason TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (engagement_id, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE follow_up (
    engagement_id TEXT PRIMARY KEY REFERENCES engagement (engagement_id),
    state TEXT NOT NULL,
    maturity_after INTEGER CHECK (maturity_after BETWEEN 0 AND 100),
    n_sites INTEGER CHECK (n_sites >= 0),
    text TEXT NOT NULL,
    given_by TEXT NOT NULL,
    given_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE installation (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE job (
    job_id TEXT PRIMARY KEY CHECK (job_id <> ''),
    kind TEXT NOT NULL CHECK (kind <> ''),
    given TEXT NOT NULL CHECK (json_valid(given)),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed')),
    n_done INTEGER NOT NULL CHECK (n_done >= 0),
    n_total INTEGER NOT NULL CHECK (n_total >= 0),
    stage TEXT NOT NULL,
    result TEXT NOT NULL CHECK (json_valid(result)),
    problem TEXT NOT NULL,
    started_by TEXT NOT NULL CHECK (started_by <> ''),
    made_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    ended_at TEXT,
    CHECK ((state IN ('done', 'failed')) = (ended_at IS NOT NULL)),
    CHECK ((state = 'failed') = (problem <> ''))
) STRICT;

CREATE TABLE judgement (
    judgement_id INTEGER PRIMARY KEY,
    need_id TEXT NOT NULL CHECK (need_id <> ''),
    need_version INTEGER CHECK (need_version >= 1),
    capability_id TEXT NOT NULL CHECK (capability_id <> ''),
    capability_version INTEGER CHECK (capability_version >= 1),
    grade INTEGER NOT NULL CHECK (grade BETWEEN 0 AND 3),
    requirement_id TEXT NOT NULL,
    note TEXT NOT NULL,
    drawn_for TEXT NOT NULL CHECK (drawn_for <> ''),
    judged_by TEXT NOT NULL CHECK (judged_by <> ''),
    judged_at TEXT NOT NULL,
    UNIQUE (need_id, capability_id, judged_by)
) STRICT;

CREATE TABLE judging_item (
    sample_id INTEGER NOT NULL REFERENCES judging_sample (sample_id),
    position INTEGER NOT NULL CHECK (position >= 1),
    need_id TEXT NOT NULL CHECK (need_id <> ''),
    capability_id TEXT NOT NULL CHECK (capability_id <> ''),
    drawn_for TEXT NOT NULL CHECK (drawn_for <> ''),
    chance REAL NOT NULL CHECK (chance > 0 AND chance <= 1),
    n_wanted INTEGER NOT NULL CHECK (n_wanted IN (1, 2)),
    features TEXT NOT NULL CHECK (json_valid(features)),
    PRIMARY KEY (sample_id, position),
    UNIQUE (sample_id, need_id, capability_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE judging_sample (
    sample_id INTEGER PRIMARY KEY,
    seed INTEGER NOT NULL,
    plan TEXT NOT NULL CHECK (json_valid(plan)),
    made_by TEXT NOT NULL CHECK (made_by <> ''),
    made_at TEXT NOT NULL
) STRICT;

CREATE TABLE login_attempt (
    attempt_id INTEGER PRIMARY KEY,
    email TEXT NOT NULL,
    address TEXT NOT NULL,
    succeeded INTEGER NOT NULL CHECK (succeeded IN (0, 1)),
    at TEXT NOT NULL
) STRICT;

CREATE TABLE mail (
    mail_id INTEGER PRIMARY KEY,
    recipient TEXT NOT NULL CHECK (recipient <> ''),
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at TEXT NOT NULL,
    n_attempts INTEGER NOT NULL,
    last_error TEXT NOT NULL,
    sent_at TEXT
, claimed_at TEXT) STRICT;

CREATE TABLE match_list (
    match_list_id INTEGER PRIMARY KEY,
    need_id TEXT NOT NULL,
    need_version INTEGER,
    need TEXT NOT NULL CHECK (json_valid(need)),
    model_id TEXT NOT NULL,
    catalogue_revision INTEGER NOT NULL,
    no_adequate_match INTEGER NOT NULL CHECK (no_adequate_match IN (0, 1)),
    n_eligible INTEGER NOT NULL,
    excluded TEXT NOT NULL CHECK (json_valid(excluded)),
    bases TEXT NOT NULL CHECK (json_valid(bases)),
    timing_ms TEXT NOT NULL CHECK (json_valid(timing_ms)),
    record_versions TEXT NOT NULL CHECK (json_valid(record_versions)),
    origin TEXT NOT NULL,
    created_at TEXT NOT NULL
, model_sha256 TEXT NOT NULL DEFAULT '', computed_on TEXT) STRICT;

CREATE TABLE match_override (
    override_id TEXT PRIMARY KEY,
    need_id TEXT NOT NULL CHECK (need_id <> ''),
    capability_id TEXT NOT NULL CHECK (capability_id <> ''),
    action TEXT NOT NULL CHECK (action IN ('propose', 'pin', 'exclude', 'adjust')),
    value REAL,
    reason TEXT NOT NULL CHECK (reason <> ''),
    made_by TEXT NOT NULL,
    made_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    undone_by TEXT NOT NULL,
    undone_at TEXT,
    undo_reason TEXT NOT NULL,
    CHECK ((undone_at IS NULL) = (undone_by = ''))
) STRICT;

CREATE TABLE match_pair (
    match_list_id INTEGER NOT NULL REFERENCES match_list (match_list_id) ON DELETE CASCADE,
    rank INTEGER NOT NULL CHECK (rank >= 1),
    provider_id TEXT NOT NULL,
    provider_version INTEGER,
    capability_id TEXT NOT NULL,
    capability_version INTEGER,
    bits REAL NOT NULL,
    probability REAL NOT NULL CHECK (probability BETWEEN 0 AND 1),
    propensity REAL NOT NULL CHECK (propensity > 0 AND propensity <= 1),
    features TEXT NOT NULL CHECK (json_valid(features)),
    explanation TEXT NOT NULL CHECK (json_valid(explanation)), intended_rank INTEGER CHECK (intended_rank >= 1), origin TEXT NOT NULL DEFAULT '', probability_need REAL CHECK (probability_need BETWEEN 0 AND 1), probability_provider REAL CHECK (probability_provider BETWEEN 0 AND 1), closeness REAL,
    PRIMARY KEY (match_list_id, rank)
) STRICT;

CREATE TABLE meeting (
    meeting_id TEXT PRIMARY KEY,
    engagement_id TEXT NOT NULL REFERENCES engagement (engagement_id),
    proposed_by TEXT NOT NULL,
    topic TEXT NOT NULL,
    place TEXT NOT NULL,
    minutes INTEGER NOT NULL CHECK (minutes BETWEEN 10 AND 480),
    slots TEXT NOT NULL CHECK (json_array_length(slots) = 3),
    state TEXT NOT NULL CHECK (state IN ('proposed', 'accepted', 'refused', 'cancelled')),
    chosen INTEGER CHECK (chosen BETWEEN 0 AND 2),
    sequence INTEGER NOT NULL CHECK (sequence >= 0),
    created_at TEXT NOT NULL,
    CHECK ((state = 'accepted') <= (chosen IS NOT NULL))
) STRICT;

CREATE TABLE model_check (
    check_id INTEGER PRIMARY KEY,
    model_id TEXT NOT NULL CHECK (model_id <> ''),
    model_sha256 TEXT NOT NULL CHECK (length(model_sha256) = 64),
    catalogue_revision INTEGER NOT NULL,
    made_at TEXT NOT NULL,
    document TEXT NOT NULL CHECK (json_valid(document))
) STRICT;

CREATE TABLE model_comparison (
    comparison_id INTEGER PRIMARY KEY,
    candidate_id TEXT NOT NULL CHECK (candidate_id <> ''),
    candidate_sha256 TEXT NOT NULL CHECK (length(candidate_sha256) = 64),
    serving_id TEXT NOT NULL CHECK (serving_id <> ''),
    serving_sha256 TEXT NOT NULL CHECK (length(serving_sha256) = 64),
    passed INTEGER NOT NULL CHECK (passed IN (0, 1)),
    document TEXT NOT NULL CHECK (json_valid(document)),
    made_by TEXT NOT NULL CHECK (made_by <> ''),
    made_at TEXT NOT NULL
) STRICT;

CREATE TABLE need_status (
    need_id TEXT PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('draft', 'in_review', 'open', 'matching',
        'in_pilot', 'done', 'none_suitable', 'withdrawn', 'expired')),
    visibility TEXT NOT NULL CHECK (visibility IN ('named', 'anonymous', 'invited')),
    quality_score INTEGER CHECK (quality_score BETWEEN 0 AND 100),
    override_by TEXT NOT NULL,
    override_reason TEXT NOT NULL,
    copied_from TEXT NOT NULL,
    published_at TEXT,
    reply_by TEXT,
    expires_at TEXT,
    reminded_at TEXT,
    updated_at TEXT NOT NULL
) STRICT;

CREATE TABLE need_transition (
    need_id TEXT NOT NULL REFERENCES need_status (need_id),
    sequence INTEGER NOT NULL CHECK (sequence >= 1),
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (need_id, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE notice (
    notice_id INTEGER PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (account_id),
    topic TEXT NOT NULL CHECK (topic <> ''),
    object_kind TEXT NOT NULL,
    object_id TEXT NOT NULL,
    text_zh TEXT NOT NULL CHECK (text_zh <> ''),
    text_en TEXT NOT NULL CHECK (text_en <> ''),
    address TEXT NOT NULL,
    created_at TEXT NOT NULL,
    read_at TEXT
, waits_for_digest INTEGER NOT NULL DEFAULT 0
    CHECK (waits_for_digest IN (0, 1))) STRICT;

CREATE TABLE one_time_link (
    digest TEXT PRIMARY KEY CHECK (length(digest) = 64),
    purpose TEXT NOT NULL CHECK (purpose IN ('reset', 'invite')),
    account_id TEXT REFERENCES account (account_id),
    organisation_id TEXT REFERENCES organisation (organisation_id),
    email TEXT NOT NULL,
    role TEXT NOT NULL,
    issued_by TEXT NOT NULL,
    issued_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    used_at TEXT
) STRICT;

CREATE TABLE open_call (
    call_id TEXT PRIMARY KEY CHECK (call_id <> ''),
    state TEXT NOT NULL CHECK (state IN ('draft', 'open', 'answered', 'closed')),
    title TEXT NOT NULL,
    title_en TEXT NOT NULL,
    text TEXT NOT NULL,
    text_en TEXT NOT NULL,
    industry TEXT NOT NULL,
    task TEXT NOT NULL,
    blocking TEXT NOT NULL,
    n_enterprises INTEGER NOT NULL CHECK (n_enterprises >= 0),
    waiting_budget_cny INTEGER NOT NULL CHECK (waiting_budget_cny >= 0),
    reply_by TEXT,
    contact TEXT NOT NULL,
    synthetic INTEGER NOT NULL CHECK (synthetic IN (0, 1)),
    made_by TEXT NOT NULL CHECK (made_by <> ''),
    made_at TEXT NOT NULL,
    published_at TEXT,
    closed_at TEXT,
    closed_reason TEXT NOT NULL,
    updated_at TEXT NOT NULL, n_stating_budget INTEGER NOT NULL DEFAULT 0 CHECK (n_stating_budget >= 0),
    CHECK ((state = 'closed') = (closed_at IS NOT NULL)),
    CHECK (state NOT IN ('open', 'answered') OR published_at IS NOT NULL)
) STRICT;

CREATE TABLE open_call_answer (
    call_id TEXT NOT NULL REFERENCES open_call (call_id),
    capability_id TEXT NOT NULL CHECK (capability_id <> ''),
    organisation_id TEXT NOT NULL CHECK (organisation_id <> ''),
    note TEXT NOT NULL,
    answered_by TEXT NOT NULL CHECK (answered_by <> ''),
    answered_at TEXT NOT NULL,
    PRIMARY KEY (call_id, capability_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE open_call_invitation (
    call_id TEXT NOT NULL REFERENCES open_call (call_id),
    provider_id TEXT NOT NULL CHECK (provider_id <> ''),
    capability_id TEXT NOT NULL CHECK (capability_id <> ''),
    place INTEGER NOT NULL CHECK (place >= 1),
    n_told INTEGER NOT NULL CHECK (n_told >= 0),
    invited_at TEXT NOT NULL,
    PRIMARY KEY (call_id, provider_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE open_call_need (
    call_id TEXT NOT NULL REFERENCES open_call (call_id),
    need_id TEXT NOT NULL CHECK (need_id <> ''),
    PRIMARY KEY (call_id, need_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE organisation (
    organisation_id TEXT PRIMARY KEY CHECK (organisation_id <> ''),
    name TEXT NOT NULL CHECK (name <> ''),
    name_en TEXT NOT NULL,
    credit_code TEXT NOT NULL UNIQUE CHECK (length(credit_code) = 18),
    kind TEXT NOT NULL,
    sides TEXT NOT NULL CHECK (json_valid(sides)),
    size TEXT NOT NULL,
    region TEXT NOT NULL,
    contact_name TEXT NOT NULL,
    contact_post TEXT NOT NULL,
    contact_email TEXT NOT NULL,
    contact_phone TEXT NOT NULL,
    language TEXT NOT NULL,
    verification TEXT NOT NULL
        CHECK (verification IN ('pending', 'verified', 'refused', 'suspended')),
    verification_reason TEXT NOT NULL,
    verified_at TEXT,
    provider_id TEXT UNIQUE,
    consent_version TEXT NOT NULL,
    consent_at TEXT NOT NULL,
    is_demo INTEGER NOT NULL CHECK (is_demo IN (0, 1)),
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
, shares_contact INTEGER NOT NULL DEFAULT 0
    CHECK (shares_contact IN (0, 1))) STRICT;

CREATE TABLE organisation_rest (
    rest_id INTEGER PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisation (organisation_id),
    n_lapsed INTEGER NOT NULL CHECK (n_lapsed >= 1),
    since TEXT NOT NULL,
    ended_at TEXT,
    ended_by TEXT NOT NULL
) STRICT;

CREATE TABLE outcome (
    outcome_id TEXT PRIMARY KEY,
    need_id TEXT NOT NULL CHECK (need_id <> ''),
    result TEXT NOT NULL CHECK (result IN ('contracted', 'pilot_passed', 'pilot_failed',
        'paused', 'stopped', 'none_suitable', 'off_platform')),
    engagement_id TEXT REFERENCES engagement (engagement_id),
    value_cny INTEGER CHECK (value_cny >= 0),
    value_band TEXT NOT NULL,
    starts_on TEXT,
    ends_on TEXT,
    why_not TEXT NOT NULL CHECK (json_array_length(why_not) BETWEEN 0 AND 3),
    note TEXT NOT NULL,
    n_sites INTEGER CHECK (n_sites >= 0),
    label_grade INTEGER CHECK (label_grade BETWEEN 0 AND 3),
    label_weight REAL NOT NULL CHECK (label_weight BETWEEN 0 AND 1),
    publish_need TEXT NOT NULL CHECK (publish_need IN ('', 'all', 'anonymous', 'no')),
    publish_provider TEXT NOT NULL
        CHECK (publish_provider IN ('', 'all', 'anonymous', 'no')),
    case_id TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    CHECK (ends_on IS NULL OR starts_on IS NULL OR starts_on <= ends_on)
) STRICT;

CREATE TABLE pilot_application (
    application_id TEXT PRIMARY KEY,
    engagement_id TEXT NOT NULL REFERENCES engagement (engagement_id),
    pilot_base_id TEXT NOT NULL CHECK (pilot_base_id <> ''),
    service_id TEXT NOT NULL,
    base_version INTEGER,
    applied_by TEXT NOT NULL,
    applied_at TEXT NOT NULL,
    decide_by TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'accepted', 'refused', 'withdrawn',
        'lapsed', 'finished', 'stopped')),
    decided_by TEXT NOT NULL,
    decided_at TEXT,
    slot_id TEXT NOT NULL,
    starts_on TEXT,
    ends_on TEXT,
    CHECK (state = 'waiting' OR decided_at IS NOT NULL)
) STRICT;

CREATE TABLE pilot_line (
    application_id TEXT NOT NULL REFERENCES pilot_application (application_id),
    requirement_id TEXT NOT NULL CHECK (requirement_id <> ''),
    need_version INTEGER NOT NULL,
    level TEXT NOT NULL,
    text TEXT NOT NULL,
    text_en TEXT NOT NULL,
    metric TEXT NOT NULL,
    operator TEXT NOT NULL,
    target REAL,
    unit TEXT NOT NULL,
    current_value REAL,
    method TEXT NOT NULL,
    tester TEXT NOT NULL CHECK (tester IN ('', 'base', 'enterprise', 'third_party')),
    data TEXT NOT NULL,
    measured REAL,
    met INTEGER CHECK (met IN (0, 1)),
    note TEXT NOT NULL,
    measured_by TEXT NOT NULL,
    measured_at TEXT,
    PRIMARY KEY (application_id, requirement_id),
    CHECK ((met IS NULL) = (measured_at IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE promotion_request (
    request_id INTEGER PRIMARY KEY,
    model_id TEXT NOT NULL CHECK (model_id <> ''),
    comparison_id INTEGER NOT NULL REFERENCES model_comparison (comparison_id),
    reason TEXT NOT NULL CHECK (reason <> ''),
    asked_by TEXT NOT NULL CHECK (asked_by <> ''),
    asked_at TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'promoted', 'withdrawn')),
    closed_by TEXT NOT NULL CHECK ((state = 'waiting') = (closed_by = '')),
    closed_at TEXT,
    CHECK (state <> 'promoted' OR closed_by <> asked_by)
) STRICT;

CREATE TABLE proposal (
    proposal_id TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('need', 'capability', 'pilot_base')),
    record_id TEXT NOT NULL,
    organisation_id TEXT NOT NULL REFERENCES organisation (organisation_id),
    payload TEXT NOT NULL CHECK (json_valid(payload)),
    base_version INTEGER,
    note TEXT NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_at TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'approved', 'refused', 'withdrawn')),
    decided_by TEXT NOT NULL,
    decided_at TEXT,
    reason TEXT NOT NULL
, is_returned INTEGER NOT NULL DEFAULT 0
CHECK (is_returned IN (0, 1) AND (is_returned = 0 OR state = 'refused'))) STRICT;

CREATE TABLE question (
    question_id TEXT PRIMARY KEY,
    need_id TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    organisation_id TEXT NOT NULL REFERENCES organisation (organisation_id),
    text TEXT NOT NULL CHECK (text <> ''),
    asked_at TEXT NOT NULL,
    answer TEXT NOT NULL,
    answered_by TEXT NOT NULL,
    answered_at TEXT,
    hidden_by TEXT NOT NULL,
    hidden_reason TEXT NOT NULL
) STRICT;

CREATE TABLE rating (
    engagement_id TEXT NOT NULL REFERENCES engagement (engagement_id),
    side TEXT NOT NULL CHECK (side IN ('need', 'provider')),
    overall INTEGER NOT NULL CHECK (overall BETWEEN 1 AND 5),
    fit INTEGER NOT NULL CHECK (fit BETWEEN 1 AND 5),
    responsiveness INTEGER NOT NULL CHECK (responsiveness BETWEEN 1 AND 5),
    competence INTEGER NOT NULL CHECK (competence BETWEEN 1 AND 5),
    given_by TEXT NOT NULL,
    given_at TEXT NOT NULL,
    PRIMARY KEY (engagement_id, side)
) STRICT, WITHOUT ROWID;

CREATE TABLE record_head (
    kind TEXT NOT NULL,
    record_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    digest TEXT NOT NULL,
    actor TEXT NOT NULL,
    revision INTEGER NOT NULL,
    is_removed INTEGER NOT NULL DEFAULT 0 CHECK (is_removed IN (0, 1)),
    PRIMARY KEY (kind, record_id),
    FOREIGN KEY (kind, record_id, version)
        REFERENCES record_version (kind, record_id, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE record_owner (
    kind TEXT NOT NULL CHECK (kind IN ('need', 'capability', 'pilot_base')),
    record_id TEXT NOT NULL,
    organisation_id TEXT NOT NULL REFERENCES organisation (organisation_id),
    created_by TEXT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (kind, record_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE record_version (
    kind TEXT NOT NULL CHECK (
        kind IN ('scenario', 'provider', 'capability', 'case', 'pilot_base', 'need')),
    record_id TEXT NOT NULL CHECK (record_id <> ''),
    version INTEGER NOT NULL CHECK (version >= 1),
    payload TEXT NOT NULL CHECK (json_valid(payload)),
    digest TEXT NOT NULL CHECK (length(digest) = 64),
    actor TEXT NOT NULL CHECK (actor <> ''),
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    PRIMARY KEY (kind, record_id, version)
) STRICT;

CREATE TABLE recovery_code (
    account_id TEXT NOT NULL REFERENCES account (account_id),
    digest TEXT NOT NULL CHECK (length(digest) = 64),
    used_at TEXT,
    PRIMARY KEY (account_id, digest)
) STRICT, WITHOUT ROWID;

CREATE TABLE report_snapshot (
    starts_on TEXT NOT NULL,
    ends_on TEXT NOT NULL CHECK (ends_on > starts_on),
    synthetic INTEGER NOT NULL CHECK (synthetic IN (0, 1)),
    model_id TEXT NOT NULL,
    made_at TEXT NOT NULL,
    made_by TEXT NOT NULL CHECK (made_by <> ''),
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
    document TEXT NOT NULL CHECK (json_valid(document)),
    PRIMARY KEY (starts_on, ends_on, synthetic),
    CHECK (json_extract(document, '$.synthetic') = synthetic)
) STRICT;

CREATE TABLE report_view (
    starts_on TEXT NOT NULL,
    ends_on TEXT NOT NULL CHECK (ends_on > starts_on),
    synthetic INTEGER NOT NULL CHECK (synthetic IN (0, 1)),
    filters TEXT NOT NULL CHECK (json_valid(filters)),
    made_at TEXT NOT NULL,
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
    content BLOB NOT NULL,
    PRIMARY KEY (starts_on, ends_on, synthetic, filters)
) STRICT;

CREATE TABLE round_answer (
    round_id TEXT NOT NULL REFERENCES allocation_round (round_id),
    party_id TEXT NOT NULL,
    other_id TEXT NOT NULL,
    answer TEXT NOT NULL CHECK (answer IN ('must', 'willing', 'no')),
    answered_by TEXT NOT NULL,
    answered_at TEXT NOT NULL, source TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (round_id, party_id, other_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE round_candidate (
    round_id TEXT NOT NULL REFERENCES allocation_round (round_id),
    need_id TEXT NOT NULL,
    other_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('provider', 'place')),
    record_id TEXT NOT NULL,
    score REAL NOT NULL CHECK (score BETWEEN 0 AND 1),
    PRIMARY KEY (round_id, need_id, other_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE round_lock (
    lock_id INTEGER PRIMARY KEY,
    round_id TEXT NOT NULL REFERENCES allocation_round (round_id),
    need_id TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    place_id TEXT NOT NULL,
    reason TEXT NOT NULL CHECK (reason <> ''),
    locked_by TEXT NOT NULL,
    locked_at TEXT NOT NULL,
    removed_by TEXT NOT NULL,
    removed_at TEXT
) STRICT;

CREATE TABLE round_offer (
    offer_id INTEGER PRIMARY KEY,
    round_id TEXT NOT NULL REFERENCES allocation_round (round_id),
    need_id TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    place_id TEXT NOT NULL,
    capability_id TEXT NOT NULL,
    service_id TEXT NOT NULL,
    score REAL NOT NULL,
    origin TEXT NOT NULL CHECK (origin IN ('result', 'wait_list')),
    state TEXT NOT NULL CHECK (state IN ('offered', 'taken_up', 'given_up')),
    engagement_id TEXT NOT NULL,
    made_at TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    decided_at TEXT,
    reason TEXT NOT NULL, given_up_by TEXT NOT NULL DEFAULT ''
CHECK (given_up_by IN ('', 'need', 'provider', 'place')
    AND (given_up_by = '' OR state = 'given_up')),
    CHECK ((state = 'taken_up') <= (engagement_id <> '')),
    CHECK ((state = 'offered') = (decided_at IS NULL))
) STRICT;

CREATE TABLE round_party (
    round_id TEXT NOT NULL REFERENCES allocation_round (round_id),
    party_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('need', 'provider', 'place')),
    organisation_id TEXT NOT NULL,
    PRIMARY KEY (round_id, party_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE saved_search (
    saved_search_id INTEGER PRIMARY KEY,
    account_id TEXT NOT NULL CHECK (account_id <> ''),
    name TEXT NOT NULL CHECK (name <> ''),
    page TEXT NOT NULL CHECK (page <> ''),
    query TEXT NOT NULL,
    facets TEXT NOT NULL CHECK (json_valid(facets)),
    seen_revision INTEGER NOT NULL CHECK (seen_revision >= 0),
    told_revision INTEGER NOT NULL CHECK (told_revision >= 0),
    wants_alerts INTEGER NOT NULL CHECK (wants_alerts IN (0, 1)),
    created_at TEXT NOT NULL,
    UNIQUE (account_id, page, query, facets)
) STRICT;

CREATE TABLE search_document (
    document_id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    record_id TEXT NOT NULL,
    title TEXT NOT NULL,
    title_en TEXT NOT NULL,
    summary TEXT NOT NULL,
    summary_en TEXT NOT NULL,
    revision INTEGER NOT NULL, added_revision INTEGER NOT NULL DEFAULT 0 CHECK (added_revision >= 0), texts TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(texts)),
    UNIQUE (kind, record_id)
) STRICT;

CREATE TABLE search_facet (
    facet TEXT NOT NULL,
    value TEXT NOT NULL,
    document_id INTEGER NOT NULL
        REFERENCES search_document (document_id) ON DELETE CASCADE,
    PRIMARY KEY (facet, value, document_id)
) STRICT, WITHOUT ROWID;

CREATE VIRTUAL TABLE search_index
USING fts5(title, body, tokenize = "ascii tokenchars '.'");

CREATE TABLE search_state (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    mapping INTEGER NOT NULL CHECK (mapping >= 0)
) STRICT;

CREATE TABLE sentence_vector (
    encoder TEXT NOT NULL,
    digest TEXT NOT NULL,
    dtype TEXT NOT NULL CHECK (dtype IN ('float16', 'float32')),
    vector BLOB NOT NULL,
    PRIMARY KEY (encoder, digest)
) STRICT;

CREATE TABLE serving_change (
    change_id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('promoted', 'rolled_back')),
    model_id TEXT NOT NULL CHECK (model_id <> ''),
    model_sha256 TEXT NOT NULL CHECK (length(model_sha256) = 64),
    previous_id TEXT NOT NULL CHECK (previous_id <> model_id),
    comparison_id INTEGER REFERENCES model_comparison (comparison_id),
    made_by TEXT NOT NULL CHECK (made_by <> ''),
    asked_by TEXT NOT NULL CHECK (asked_by <> made_by),
    reason TEXT NOT NULL CHECK (reason <> ''),
    made_at TEXT NOT NULL
) STRICT;

CREATE TABLE shadow_pair (
    match_list_id INTEGER NOT NULL REFERENCES match_list (match_list_id),
    model_id TEXT NOT NULL CHECK (model_id <> ''),
    rank INTEGER NOT NULL CHECK (rank >= 1),
    capability_id TEXT NOT NULL CHECK (capability_id <> ''),
    provider_id TEXT NOT NULL CHECK (provider_id <> ''),
    bits REAL NOT NULL,
    probability REAL NOT NULL CHECK (probability BETWEEN 0 AND 1),
    PRIMARY KEY (match_list_id, model_id, rank)
) STRICT, WITHOUT ROWID;

CREATE TABLE shown_head (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    sequence INTEGER NOT NULL CHECK (sequence >= 0),
    digest TEXT NOT NULL CHECK (length(digest) = 64)
) STRICT;

CREATE TABLE shown_link (
    sequence INTEGER PRIMARY KEY CHECK (sequence >= 1),
    kind TEXT NOT NULL CHECK (kind IN ('shown', 'removed')),
    match_list_id INTEGER NOT NULL,
    content_digest TEXT NOT NULL CHECK (length(content_digest) = 64),
    previous_digest TEXT NOT NULL CHECK (length(previous_digest) = 64),
    digest TEXT NOT NULL CHECK (length(digest) = 64),
    UNIQUE (match_list_id, kind)
) STRICT;

CREATE TABLE supply_gap (
    gap_id TEXT PRIMARY KEY CHECK (gap_id <> ''),
    need_id TEXT NOT NULL CHECK (need_id <> ''),
    organisation_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('no_adequate_candidate', 'not_taken_up')),
    industry TEXT NOT NULL,
    task TEXT NOT NULL,
    blocking TEXT NOT NULL CHECK (blocking <> ''),
    budget_cny INTEGER CHECK (budget_cny >= 0),
    match_list_id INTEGER REFERENCES match_list (match_list_id),
    opened_at TEXT NOT NULL,
    closed_at TEXT,
    closed_why TEXT NOT NULL CHECK (
        closed_why IN ('', 'candidate_appeared', 'agreed', 'need_ended')),
    CHECK ((closed_at IS NULL) = (closed_why = ''))
) STRICT;

CREATE TABLE synthetic_history (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    seed INTEGER NOT NULL,
    n_pairs INTEGER NOT NULL CHECK (n_pairs >= 1),
    starts_on TEXT NOT NULL,
    ends_on TEXT NOT NULL CHECK (ends_on > starts_on),
    made_at TEXT NOT NULL,
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
    content BLOB NOT NULL
) STRICT;

CREATE TRIGGER allocation_round_result_stands BEFORE UPDATE OF result, inputs
ON allocation_round WHEN OLD.state = 'published'
BEGIN SELECT RAISE(ABORT, 'the result of a round stands once it is published'); END;

CREATE TRIGGER allocation_round_rules_stand BEFORE UPDATE OF rules, seed, scope
ON allocation_round WHEN OLD.state <> 'draft'
BEGIN SELECT RAISE(ABORT, 'the rules of a round stand once they are published'); END;

CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_event
    BEGIN SELECT RAISE(ABORT, 'audit events are only ever added'); END;

CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event
    BEGIN SELECT RAISE(ABORT, 'audit events are only ever added'); END;

CREATE TRIGGER match_list_no_delete BEFORE DELETE ON match_list
    WHEN NOT EXISTS (SELECT 1 FROM shown_link AS l
        WHERE l.match_list_id = OLD.match_list_id AND l.kind = 'removed')
    BEGIN SELECT RAISE(ABORT, 'a shown list stays as it was shown'); END;

CREATE TRIGGER match_list_no_update BEFORE UPDATE ON match_list
    BEGIN SELECT RAISE(ABORT, 'a shown list stays as it was shown'); END;

CREATE TRIGGER match_pair_no_delete BEFORE DELETE ON match_pair
    WHEN NOT EXISTS (SELECT 1 FROM shown_link AS l
        WHERE l.match_list_id = OLD.match_list_id AND l.kind = 'removed')
    BEGIN SELECT RAISE(ABORT, 'a shown list stays as it was shown'); END;

CREATE TRIGGER match_pair_no_update BEFORE UPDATE ON match_pair
    BEGIN SELECT RAISE(ABORT, 'a shown list stays as it was shown'); END;

CREATE TRIGGER report_snapshot_no_delete BEFORE DELETE ON report_snapshot
    BEGIN SELECT RAISE(ABORT, 'a kept report never changes'); END;

CREATE TRIGGER report_snapshot_no_update BEFORE UPDATE ON report_snapshot
    BEGIN SELECT RAISE(ABORT, 'a kept report never changes'); END;

CREATE TRIGGER shown_link_no_delete BEFORE DELETE ON shown_link
    BEGIN SELECT RAISE(ABORT, 'links of shown lists are only ever added'); END;

CREATE TRIGGER shown_link_no_update BEFORE UPDATE ON shown_link
    BEGIN SELECT RAISE(ABORT, 'links of shown lists are only ever added'); END;

CREATE VIEW record_current AS
SELECT v.kind, v.record_id, v.version, v.payload, v.digest, v.actor, v.valid_from,
       h.revision
FROM record_head AS h JOIN record_version AS v USING (kind, record_id, version)
WHERE h.is_removed = 0;

