"""The tables of the operators' desk, as migrations like those before them: one that has shipped is never edited."""

from __future__ import annotations

DESK: tuple[tuple[str, ...], ...] = (
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
        "CREATE INDEX cases_handed ON cases (number) WHERE status = 'open' AND team <> ''",
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
