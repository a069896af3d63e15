"""The tables, as versioned migrations that only go forward. A migration that has shipped is never edited: add the next one."""

from __future__ import annotations

from bot.store.migrations_cast import CAST
from bot.store.migrations_desk import DESK

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
    *DESK,
    *CAST,
)
