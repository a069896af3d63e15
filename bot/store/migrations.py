"""The tables, as versioned migrations that only go forward. A migration that has shipped is never edited: add the next one."""

from __future__ import annotations

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """
        CREATE TABLE inbox (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            channel TEXT NOT NULL,
            chat TEXT NOT NULL,
            update_id TEXT NOT NULL,
            address TEXT NOT NULL,
            kind TEXT NOT NULL,
            text TEXT NOT NULL,
            lang TEXT NOT NULL,
            city TEXT NOT NULL,
            raw TEXT NOT NULL,
            received_at BIGINT NOT NULL,
            status TEXT NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'done', 'quarantined')),
            attempts INTEGER NOT NULL DEFAULT 0,
            done_at BIGINT,
            UNIQUE (channel, chat, update_id)
        )
        """,
        "CREATE INDEX inbox_open ON inbox (address, id) WHERE status = 'open'",
        """
        CREATE TABLE conversations (
            address TEXT PRIMARY KEY,
            state TEXT NOT NULL,
            version INTEGER NOT NULL,
            updated_at BIGINT NOT NULL
        )
        """,
        """
        CREATE TABLE cases (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            address TEXT NOT NULL,
            status TEXT NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'closed')),
            priority TEXT NOT NULL CHECK (priority IN ('P0', 'P1', 'P2', 'P3')),
            reason TEXT NOT NULL,
            topics TEXT NOT NULL,
            city TEXT NOT NULL,
            district TEXT NOT NULL,
            hospital TEXT NOT NULL,
            words TEXT NOT NULL,
            opened_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL
        )
        """,
        "CREATE UNIQUE INDEX cases_one_open ON cases (address) WHERE status = 'open'",
        """
        CREATE TABLE messages (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            address TEXT NOT NULL,
            author TEXT NOT NULL CHECK (author IN ('resident', 'bot')),
            text TEXT NOT NULL,
            buttons TEXT NOT NULL,
            at BIGINT NOT NULL,
            inbox_id BIGINT NOT NULL REFERENCES inbox (id),
            case_number BIGINT REFERENCES cases (number)
        )
        """,
        "CREATE INDEX messages_of_chat ON messages (address, id)",
        """
        CREATE TABLE audit (
            case_number BIGINT NOT NULL REFERENCES cases (number),
            seq INTEGER NOT NULL,
            at BIGINT NOT NULL,
            kind TEXT NOT NULL,
            detail TEXT NOT NULL,
            previous TEXT NOT NULL,
            hash TEXT NOT NULL,
            PRIMARY KEY (case_number, seq)
        )
        """,
        """
        CREATE TABLE outbox (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            key TEXT NOT NULL UNIQUE,
            channel TEXT NOT NULL,
            address TEXT NOT NULL,
            text TEXT NOT NULL,
            buttons TEXT NOT NULL,
            status TEXT NOT NULL CHECK (status IN ('pending', 'sending', 'sent', 'dead', 'uncertain')),
            attempts INTEGER NOT NULL DEFAULT 0,
            reason TEXT NOT NULL DEFAULT '',
            created_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL
        )
        """,
        "CREATE INDEX outbox_waiting ON outbox (channel, address, id) WHERE status IN ('pending', 'sending')",
    ),
    (
        """
        CREATE TABLE gaps (
            what TEXT NOT NULL,
            city TEXT NOT NULL,
            district TEXT NOT NULL,
            times BIGINT NOT NULL,
            first_at BIGINT NOT NULL,
            last_at BIGINT NOT NULL,
            PRIMARY KEY (what, city, district)
        )
        """,
        "CREATE INDEX cases_queue ON cases (priority, opened_at) WHERE status = 'open'",
    ),
    (
        # Any number of processes: what one has taken up is its own until the lease runs out.
        "ALTER TABLE inbox ADD COLUMN leased_at BIGINT NOT NULL DEFAULT 0",
        "ALTER TABLE inbox ADD COLUMN leased_until BIGINT NOT NULL DEFAULT 0",
        """
        ALTER TABLE outbox ADD COLUMN lane TEXT NOT NULL DEFAULT 'reply'
            CHECK (lane IN ('emergency', 'reply', 'reminder', 'broadcast'))
        """,
        "ALTER TABLE outbox ADD COLUMN not_before BIGINT NOT NULL DEFAULT 0",
        "ALTER TABLE outbox ADD COLUMN worker TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE outbox ADD COLUMN part INTEGER NOT NULL DEFAULT 0",
        "DROP INDEX outbox_waiting",
        "CREATE INDEX outbox_lanes ON outbox (channel, lane, id) WHERE status IN ('pending', 'sending')",
        "CREATE INDEX outbox_chats ON outbox (address, id) WHERE status IN ('pending', 'sending')",
        "CREATE INDEX outbox_sending ON outbox (channel, not_before) WHERE status = 'sending'",
        "CREATE INDEX cases_of_chat ON cases (address)",
        "DROP INDEX cases_queue",
        "CREATE INDEX cases_queue ON cases (priority, opened_at, number) WHERE status = 'open'",
        "CREATE INDEX outbox_trouble ON outbox (status, id) WHERE status IN ('dead', 'uncertain')",
        """
        CREATE TABLE channels (
            channel TEXT PRIMARY KEY,
            paused_at BIGINT NOT NULL DEFAULT 0,
            paused_until BIGINT NOT NULL DEFAULT 0
        )
        """,
        """
        CREATE TABLE grants (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            channel TEXT NOT NULL,
            address TEXT NOT NULL,
            at BIGINT NOT NULL
        )
        """,
        "CREATE INDEX grants_by_time ON grants (channel, at)",
        "CREATE INDEX grants_by_chat ON grants (address, at)",
        """
        CREATE TABLE residents (
            address TEXT PRIMARY KEY,
            unreachable TEXT NOT NULL DEFAULT '',
            changed_at BIGINT NOT NULL
        )
        """,
    ),
    (
        # Moments at which a chat is to be come back to; each becomes an inbox row of its own and leaves.
        """
        CREATE TABLE dues (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            address TEXT NOT NULL,
            kind TEXT NOT NULL,
            detail TEXT NOT NULL,
            due_at BIGINT NOT NULL
        )
        """,
        "CREATE INDEX dues_by_time ON dues (due_at)",
        "CREATE INDEX dues_of_chat ON dues (address, kind)",
        "ALTER TABLE channels ADD COLUMN poller TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE channels ADD COLUMN polled_at BIGINT NOT NULL DEFAULT 0",
        "ALTER TABLE channels ADD COLUMN polled_until BIGINT NOT NULL DEFAULT 0",
        "ALTER TABLE cases ADD COLUMN facts TEXT NOT NULL DEFAULT '{}'",
        "ALTER TABLE cases ADD COLUMN closed_at BIGINT",
        "ALTER TABLE cases ADD COLUMN rating INTEGER NOT NULL DEFAULT 0",
    ),
    (
        # What the page's cookies and codes are signed with, by all processes alike.
        "CREATE TABLE secrets (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    ),
    (
        # People at risk, put down with their consent.
        """
        CREATE TABLE register (
            address TEXT NOT NULL,
            grp TEXT NOT NULL CHECK (grp IN ('dialysis', 'oncology', 'pregnant', 'newborn', 'alone')),
            patient TEXT NOT NULL CHECK (patient IN ('self', 'family')),
            city TEXT NOT NULL,
            district TEXT NOT NULL,
            next_on TEXT NOT NULL,
            next_words TEXT NOT NULL,
            agreed_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL,
            PRIMARY KEY (address, grp, patient)
        )
        """,
        "CREATE INDEX register_counts ON register (grp, city, district)",
        # Lines that repeat to somebody what is kept about them.
        "ALTER TABLE messages ADD COLUMN copy INTEGER NOT NULL DEFAULT 0",
    ),
    (
        # When a person first acted on a case: the usual time is told from it.
        "ALTER TABLE cases ADD COLUMN answered_at BIGINT",
        "CREATE INDEX cases_answered ON cases (priority, opened_at) WHERE answered_at IS NOT NULL",
        # Cases that may be of one household, compound or contact.
        "ALTER TABLE cases ADD COLUMN household TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE cases ADD COLUMN compound TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE cases ADD COLUMN contact TEXT NOT NULL DEFAULT ''",
        "CREATE INDEX cases_of_household ON cases (household, number) WHERE status = 'open' AND household <> ''",
        "CREATE INDEX cases_of_compound ON cases (compound, number) WHERE status = 'open' AND compound <> ''",
        "CREATE INDEX cases_of_contact ON cases (contact, number) WHERE status = 'open' AND contact <> ''",
        """
        CREATE TABLE case_links (
            one BIGINT NOT NULL REFERENCES cases (number),
            other BIGINT NOT NULL REFERENCES cases (number),
            why TEXT NOT NULL CHECK (why IN ('same', 'household', 'compound', 'contact')),
            at BIGINT NOT NULL,
            PRIMARY KEY (one, other, why)
        )
        """,
        "CREATE INDEX case_links_back ON case_links (other)",
    ),
    (
        # Telephone numbers that nobody answers; an operator has no address.
        """
        CREATE TABLE phone_reports (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            number TEXT NOT NULL,
            address TEXT NOT NULL,
            at BIGINT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('noanswer', 'answered', 'demoted', 'restored'))
        )
        """,
        "CREATE INDEX phone_reports_by_time ON phone_reports (at, id)",
        "CREATE INDEX phone_reports_demoted ON phone_reports (number) WHERE kind = 'demoted'",
        "CREATE INDEX phone_reports_of_chat ON phone_reports (address)",
        # What residents say of our answers, and what they picked where a message was not clear: ids, no words, no address.
        """
        CREATE TABLE judgements (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            inbox_id BIGINT NOT NULL,
            topics TEXT NOT NULL,
            provisions TEXT NOT NULL,
            value INTEGER NOT NULL CHECK (value IN (1, -1)),
            at BIGINT NOT NULL
        )
        """,
        """
        CREATE TABLE picks (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            inbox_id BIGINT NOT NULL,
            topic TEXT NOT NULL,
            at BIGINT NOT NULL
        )
        """,
    ),
    (
        # A sheet to hold up, which Telegram shows as a picture.
        "ALTER TABLE outbox ADD COLUMN picture TEXT NOT NULL DEFAULT ''",
    ),
    (
        # Groups of compounds and quarantine sites, whose people see the cases of their site.
        """
        CREATE TABLE sites (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            address TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL,
            city TEXT NOT NULL,
            district TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('', 'compound', 'quarantine')),
            registered_at BIGINT NOT NULL
        )
        """,
        # The private chat of who has written in a group, and the conversation there.
        "CREATE TABLE members (person TEXT NOT NULL, address TEXT NOT NULL, home TEXT NOT NULL, PRIMARY KEY (person, address))",
        "CREATE INDEX members_by_home ON members (home)",
        "CREATE INDEX members_by_address ON members (address)",
        "ALTER TABLE cases ADD COLUMN site TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE cases ADD COLUMN site_number BIGINT NOT NULL DEFAULT 0",
        "CREATE INDEX cases_of_site ON cases (site_number) WHERE site_number <> 0",
    ),
    (
        # In a group it must show whom an answer is for.
        "ALTER TABLE outbox ADD COLUMN quotes BIGINT NOT NULL DEFAULT 0",
    ),
    (
        # What residents asked to be reminded of. Of each one moment is set; its slot tells which.
        """
        CREATE TABLE reminders (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            address TEXT NOT NULL,
            number INTEGER NOT NULL,
            kind TEXT NOT NULL,
            words TEXT NOT NULL,
            rule TEXT NOT NULL,
            status TEXT NOT NULL CHECK (status IN ('active', 'paused', 'done')),
            next_at BIGINT,
            slot INTEGER NOT NULL,
            created_at BIGINT NOT NULL
        )
        """,
        "CREATE INDEX reminders_of_chat ON reminders (address, number)",
    ),
    (
        # A case that somebody of the staff works on stays with them for a while only.
        "ALTER TABLE cases ADD COLUMN owner TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE cases ADD COLUMN owner_at BIGINT NOT NULL DEFAULT 0",
        "ALTER TABLE cases ADD COLUMN owner_until BIGINT NOT NULL DEFAULT 0",
        "ALTER TABLE cases ADD COLUMN taken_at BIGINT",
        "CREATE INDEX cases_owned ON cases (owner_until) WHERE owner <> ''",
        # Who has a case on their screen.
        """
        CREATE TABLE case_presence (
            case_number BIGINT NOT NULL REFERENCES cases (number),
            who TEXT NOT NULL,
            at BIGINT NOT NULL,
            PRIMARY KEY (case_number, who)
        )
        """,
        # What the staff write about a case for each other: it never is sent.
        """
        CREATE TABLE case_notes (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            case_number BIGINT NOT NULL REFERENCES cases (number),
            who TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('note', 'priority')),
            text TEXT NOT NULL,
            at BIGINT NOT NULL
        )
        """,
        "CREATE INDEX case_notes_of_case ON case_notes (case_number, id)",
        # What was done already: a form that is sent twice is one action.
        "CREATE TABLE desk_done (name TEXT PRIMARY KEY, at BIGINT NOT NULL)",
        "CREATE INDEX desk_done_by_time ON desk_done (at)",
    ),
    (
        # What has changed lately in any case, for the staff's pages.
        "CREATE INDEX audit_by_time ON audit (at)",
    ),
    (
        # The staff: accounts, how they sign in, and what they did that is no case's.
        """
        CREATE TABLE accounts (
            name TEXT PRIMARY KEY,
            shown TEXT NOT NULL DEFAULT '',
            role TEXT NOT NULL CHECK (role IN ('readonly', 'operator', 'supervisor', 'admin')),
            lang TEXT NOT NULL DEFAULT 'zh' CHECK (lang IN ('zh', 'en')),
            theme TEXT NOT NULL DEFAULT '' CHECK (theme IN ('', 'light', 'dark')),
            password TEXT NOT NULL DEFAULT '',
            totp TEXT NOT NULL DEFAULT '',
            totp_new TEXT NOT NULL DEFAULT '',
            totp_step BIGINT NOT NULL DEFAULT 0,
            telegram BIGINT,
            created_at BIGINT NOT NULL,
            disabled_at BIGINT
        )
        """,
        "CREATE UNIQUE INDEX accounts_telegram ON accounts (telegram)",
        # One link a name; that of the first account has none yet.
        "CREATE TABLE account_links (name TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, expires_at BIGINT NOT NULL)",
        """
        CREATE TABLE sessions (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            hash TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL REFERENCES accounts (name),
            csrf TEXT NOT NULL,
            browser TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            seen_at BIGINT NOT NULL,
            expires_at BIGINT NOT NULL
        )
        """,
        "CREATE INDEX sessions_of_account ON sessions (name, id)",
        "CREATE INDEX sessions_by_end ON sessions (expires_at)",
        """
        CREATE TABLE api_tokens (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            hash TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL REFERENCES accounts (name),
            label TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            used_at BIGINT
        )
        """,
        "CREATE INDEX api_tokens_of_account ON api_tokens (name, id)",
        # Failed logins by account and by address, so that all processes slow down the same guesser.
        "CREATE TABLE login_tries (who TEXT PRIMARY KEY, fails INTEGER NOT NULL, last_at BIGINT NOT NULL)",
        "CREATE INDEX login_tries_by_time ON login_tries (last_at)",
        "CREATE TABLE staff_chains (name TEXT PRIMARY KEY, seq INTEGER NOT NULL, hash TEXT NOT NULL)",
        """
        CREATE TABLE staff_audit (
            name TEXT NOT NULL,
            seq INTEGER NOT NULL,
            at BIGINT NOT NULL,
            kind TEXT NOT NULL,
            detail TEXT NOT NULL,
            previous TEXT NOT NULL,
            hash TEXT NOT NULL,
            PRIMARY KEY (name, seq)
        )
        """,
        "CREATE INDEX staff_audit_by_time ON staff_audit (at)",
    ),
    (
        # The clocks of a case, and the order of the queue that they come to.
        "ALTER TABLE cases ADD COLUMN since_at BIGINT NOT NULL DEFAULT 0",
        "ALTER TABLE cases ADD COLUMN took_at BIGINT",
        "ALTER TABLE cases ADD COLUMN spoke_at BIGINT",
        "ALTER TABLE cases ADD COLUMN asked_at BIGINT",
        "ALTER TABLE cases ADD COLUMN waits_at BIGINT",
        "ALTER TABLE cases ADD COLUMN waited_ms BIGINT NOT NULL DEFAULT 0",
        "ALTER TABLE cases ADD COLUMN snoozed_until BIGINT NOT NULL DEFAULT 0",
        "ALTER TABLE cases ADD COLUMN due_at BIGINT NOT NULL DEFAULT 4611686018427387904",
        "ALTER TABLE cases ADD COLUMN rank INTEGER NOT NULL DEFAULT 3",
        "ALTER TABLE cases ADD COLUMN overdue_at BIGINT",
        "UPDATE cases SET since_at = opened_at, took_at = taken_at, spoke_at = answered_at",
        """
        UPDATE cases SET rank = CASE priority WHEN 'P0' THEN 0 WHEN 'P1' THEN 1 WHEN 'P2' THEN 2 ELSE 3 END
        """,
        "DROP INDEX cases_queue",
        "CREATE INDEX cases_queue ON cases (rank, due_at, opened_at, number) WHERE status = 'open'",
        "CREATE INDEX cases_due ON cases (due_at, number) WHERE status = 'open'",
        "CREATE INDEX cases_snoozed ON cases (snoozed_until, number) WHERE status = 'open' AND snoozed_until > 0",
        "CREATE TABLE targets (priority TEXT PRIMARY KEY, lease INTEGER NOT NULL, acknowledge INTEGER NOT NULL, "
        "first_answer INTEGER NOT NULL, next_answer INTEGER NOT NULL, solve INTEGER NOT NULL)",
        # Who is to be alarmed of what, once each; an edge sends it.
        """
        CREATE TABLE alarms (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            case_number BIGINT NOT NULL REFERENCES cases (number),
            kind TEXT NOT NULL CHECK (kind IN ('danger', 'supervisors', 'overdue')),
            since_at BIGINT NOT NULL,
            number INTEGER NOT NULL,
            at BIGINT NOT NULL,
            settled_at BIGINT,
            UNIQUE (case_number, kind, since_at, number)
        )
        """,
        "CREATE INDEX alarms_waiting ON alarms (id) WHERE settled_at IS NULL",
        "CREATE INDEX cases_untaken ON cases (since_at, number) WHERE status = 'open' AND priority = 'P0' AND took_at IS NULL",
        # Who is on duty, and when.
        """
        CREATE TABLE duty (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL,
            team TEXT NOT NULL,
            starts_at BIGINT NOT NULL,
            ends_at BIGINT NOT NULL
        )
        """,
        "CREATE INDEX duty_by_name ON duty (name, ends_at)",
        "CREATE INDEX duty_by_end ON duty (ends_at)",
    ),
    (
        # More of what the staff do with cases: handed over, merged, split, phone calls to make.
        "ALTER TABLE case_notes ADD COLUMN about TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE cases ADD COLUMN team TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE cases ADD COLUMN merged_into BIGINT NOT NULL DEFAULT 0",
        "CREATE INDEX cases_merged ON cases (merged_into) WHERE merged_into <> 0",
        # A second case of the same chat, for another patient, has its own number here; what is added goes to the one with 0.
        "ALTER TABLE cases ADD COLUMN part BIGINT NOT NULL DEFAULT 0",
        "DROP INDEX cases_one_open",
        "CREATE UNIQUE INDEX cases_one_open ON cases (address, part) WHERE status = 'open'",
        """
        CREATE TABLE calls (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            case_number BIGINT NOT NULL REFERENCES cases (number),
            who TEXT NOT NULL,
            text TEXT NOT NULL,
            at BIGINT NOT NULL,
            done_at BIGINT,
            done_by TEXT NOT NULL DEFAULT ''
        )
        """,
        "CREATE INDEX calls_of_case ON calls (case_number, id)",
        "CREATE INDEX calls_open ON calls (id) WHERE done_at IS NULL",
    ),
    (
        # What happened on a day is counted from that day's rows alone, among a million others.
        "CREATE INDEX cases_by_opening ON cases (opened_at)",
        "CREATE INDEX cases_by_end ON cases (closed_at) WHERE closed_at IS NOT NULL",
        "CREATE INDEX register_by_day ON register (next_on, grp, city, district) WHERE next_on <> ''",
        "CREATE INDEX reminders_by_time ON reminders (next_at) WHERE status = 'active'",
        # What has no row of its own, by hour: ids and numbers only.
        """
        CREATE TABLE tallies (
            hour BIGINT NOT NULL,
            what TEXT NOT NULL,
            key TEXT NOT NULL,
            n BIGINT NOT NULL,
            PRIMARY KEY (hour, what, key)
        )
        """,
        # What is made once for each moment of a schedule, such as a day's brief.
        """
        CREATE TABLE slots (
            schedule TEXT NOT NULL,
            slot TEXT NOT NULL,
            taken_at BIGINT NOT NULL,
            done_at BIGINT,
            UNIQUE (schedule, slot)
        )
        """,
    ),
    (
        # The words of cases as terms to be found by; the index over them follows by itself (bot/store/search.py).
        "CREATE TABLE case_texts (case_number INTEGER PRIMARY KEY REFERENCES cases (number), body TEXT NOT NULL)",
        """
        /* sqlite */ CREATE VIRTUAL TABLE case_search USING fts5
            (body, content = 'case_texts', content_rowid = 'case_number', tokenize = 'ascii', columnsize = 0)
        """,
        """
        /* sqlite */ CREATE TRIGGER case_texts_in AFTER INSERT ON case_texts BEGIN
            INSERT INTO case_search (rowid, body) VALUES (new.case_number, new.body);
        END
        """,
        """
        /* sqlite */ CREATE TRIGGER case_texts_out AFTER DELETE ON case_texts BEGIN
            INSERT INTO case_search (case_search, rowid, body) VALUES ('delete', old.case_number, old.body);
        END
        """,
        """
        /* sqlite */ CREATE TRIGGER case_texts_anew AFTER UPDATE ON case_texts BEGIN
            INSERT INTO case_search (case_search, rowid, body) VALUES ('delete', old.case_number, old.body);
            INSERT INTO case_search (rowid, body) VALUES (new.case_number, new.body);
        END
        """,
        # With the case's shelf as one more term, so that the index itself finds the newest; costly, so that no body is read without it.
        """
        /* postgresql */ CREATE FUNCTION case_words(number bigint, body text) RETURNS tsvector
            LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 10000
            AS $$ BEGIN RETURN array_to_tsvector(string_to_array(ltrim(body || ' ~' || number / 4096), ' ')); END $$
        """,
        "/* postgresql */ CREATE INDEX case_texts_words ON case_texts USING GIN (case_words(case_number, body))",
        # Cases whose words have changed since they were indexed: at first, all.
        "CREATE TABLE case_dirty (case_number INTEGER PRIMARY KEY, stamp BIGINT NOT NULL)",
        "INSERT INTO case_dirty (case_number, stamp) SELECT number, number FROM cases",
        # What cases are about, so that they are found by it.
        """
        CREATE TABLE case_topics (
            topic TEXT NOT NULL,
            case_number BIGINT NOT NULL REFERENCES cases (number),
            PRIMARY KEY (topic, case_number)
        )
        """,
        """
        /* sqlite */ INSERT INTO case_topics (topic, case_number)
            SELECT DISTINCT topic.value, cases.number FROM cases, json_each(cases.topics) AS topic
        """,
        """
        /* postgresql */ INSERT INTO case_topics (topic, case_number)
            SELECT DISTINCT topic.value, cases.number FROM cases CROSS JOIN LATERAL json_array_elements_text(CAST(topics AS json)) AS topic
        """,
        "CREATE INDEX cases_of_district ON cases (district, rank, due_at, opened_at, number) WHERE status = 'open'",
        # Filters of the queue that the staff keep; the title is theirs.
        """
        CREATE TABLE views (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            account TEXT NOT NULL,
            title TEXT NOT NULL,
            query TEXT NOT NULL,
            position INTEGER NOT NULL,
            shared INTEGER NOT NULL DEFAULT 0,
            changed_at BIGINT NOT NULL
        )
        """,
        "CREATE INDEX views_of_account ON views (account, position, id)",
        "CREATE INDEX views_shared ON views (position, id) WHERE shared = 1",
    ),
    (
        # The staff's group in Telegram: which one it is, and the number it has now, for a group that becomes a bigger one gets another.
        "CREATE TABLE staff_groups (name TEXT PRIMARY KEY, named BIGINT NOT NULL, chat BIGINT NOT NULL)",
        # A case's card there. Every link of a case's audit wants it shown anew, so that nothing that changes a case can forget to.
        """
        CREATE TABLE staff_cards (
            case_number BIGINT PRIMARY KEY,
            thread BIGINT NOT NULL DEFAULT 0,
            message BIGINT NOT NULL DEFAULT 0,
            wanted BIGINT NOT NULL DEFAULT 0,
            shown BIGINT NOT NULL DEFAULT 0,
            ring BIGINT NOT NULL DEFAULT 0,
            rung BIGINT NOT NULL DEFAULT 0,
            alarm BIGINT NOT NULL DEFAULT 0,
            line BIGINT NOT NULL DEFAULT 0,
            busy_until BIGINT NOT NULL DEFAULT 0
        )
        """,
        "CREATE INDEX staff_cards_due ON staff_cards (case_number) WHERE wanted > shown OR ring > rung",
        "CREATE INDEX staff_cards_threads ON staff_cards (thread) WHERE thread <> 0",
        # Which of our messages there is of which case; ids only.
        """
        CREATE TABLE staff_posts (
            chat BIGINT NOT NULL,
            message BIGINT NOT NULL,
            case_number BIGINT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('card', 'line', 'said')),
            PRIMARY KEY (chat, message)
        )
        """,
        "CREATE INDEX staff_posts_of_case ON staff_posts (case_number, kind)",
        # What the staff wrote there for residents, and whether they were told what came of it; ids only.
        """
        CREATE TABLE staff_answers (
            chat BIGINT NOT NULL,
            message BIGINT NOT NULL,
            case_number BIGINT NOT NULL,
            due BIGINT NOT NULL,
            told INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (chat, message)
        )
        """,
        "CREATE INDEX staff_answers_open ON staff_answers (case_number) WHERE told = 0",
    ),
    (
        # Messages that were not understood, by their row of the inbox, which has the words; and what the staff propose to do about them.
        "CREATE TABLE unmatched (inbox_id BIGINT PRIMARY KEY, why TEXT NOT NULL, at BIGINT NOT NULL)",
        "CREATE INDEX unmatched_by_time ON unmatched (at)",
        """
        CREATE TABLE proposals (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            topic TEXT NOT NULL,
            phrases TEXT NOT NULL,
            answer_zh TEXT NOT NULL,
            answer_en TEXT NOT NULL,
            proposed_by TEXT NOT NULL,
            proposed_at BIGINT NOT NULL,
            status TEXT NOT NULL CHECK (status IN ('draft', 'approved', 'refused', 'withdrawn')),
            decided_by TEXT NOT NULL DEFAULT '',
            decided_at BIGINT,
            report TEXT NOT NULL DEFAULT ''
        )
        """,
        "CREATE INDEX proposals_approved ON proposals (id) WHERE status = 'approved'",
    ),
)
