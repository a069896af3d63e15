"""The tables of broadcasts, as migrations like those before them: one that has shipped is never edited."""

from __future__ import annotations

CAST: tuple[tuple[str, ...], ...] = (
    (
        # Where each resident is and when they wrote last, kept beside the conversation so that a million can be chosen from.
        "ALTER TABLE residents ADD COLUMN city TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE residents ADD COLUMN district TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE residents ADD COLUMN zone TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE residents ADD COLUMN lang TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE residents ADD COLUMN seen_at BIGINT NOT NULL DEFAULT 0",
        # Those who wrote before: only Telegram's private chats are written to unasked.
        """
        /* sqlite */ INSERT INTO residents (address, changed_at, city, district, zone, lang, seen_at)
            SELECT address, updated_at, coalesce(json_extract(state, '$.city'), ''), coalesce(json_extract(state, '$.district'), ''),
                   coalesce(json_extract(state, '$.zone'), ''),
                   coalesce(nullif(json_extract(state, '$.lang'), ''), json_extract(state, '$.spoke'), ''), updated_at
            FROM conversations WHERE address LIKE 'telegram:%' AND address NOT LIKE 'telegram:-%' AND json_valid(state)
            ON CONFLICT (address) DO UPDATE SET city = excluded.city, district = excluded.district, zone = excluded.zone,
                lang = excluded.lang, seen_at = excluded.seen_at
        """,
        """
        /* postgresql */ INSERT INTO residents (address, changed_at, city, district, zone, lang, seen_at)
            SELECT address, updated_at, coalesce(CAST(state AS json) ->> 'city', ''), coalesce(CAST(state AS json) ->> 'district', ''),
                   coalesce(CAST(state AS json) ->> 'zone', ''),
                   coalesce(nullif(CAST(state AS json) ->> 'lang', ''), CAST(state AS json) ->> 'spoke', ''), updated_at
            FROM conversations WHERE address LIKE 'telegram:%' AND address NOT LIKE 'telegram:-%'
            ON CONFLICT (address) DO UPDATE SET city = excluded.city, district = excluded.district, zone = excluded.zone,
                lang = excluded.lang, seen_at = excluded.seen_at
        """,
        # What they asked about lately.
        """
        CREATE TABLE resident_topics (
            address TEXT NOT NULL,
            topic TEXT NOT NULL,
            at BIGINT NOT NULL,
            PRIMARY KEY (address, topic)
        )
        """,
        # Which kinds of broadcast they want or left; '*' stands for every kind that has no row of its own.
        """
        CREATE TABLE preferences (
            address TEXT NOT NULL,
            kind TEXT NOT NULL,
            wants INTEGER NOT NULL,
            at BIGINT NOT NULL,
            PRIMARY KEY (address, kind)
        )
        """,
        """
        CREATE TABLE broadcasts (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            status TEXT NOT NULL CHECK (status IN ('suggested', 'draft', 'waiting', 'on', 'paused', 'done', 'cancelled', 'discarded')),
            kind TEXT NOT NULL,
            title TEXT NOT NULL,
            text_zh TEXT NOT NULL,
            text_en TEXT NOT NULL,
            digest TEXT NOT NULL,
            audience TEXT NOT NULL,
            start_at BIGINT,
            rule TEXT NOT NULL,
            until_at BIGINT,
            quiet INTEGER NOT NULL,
            expires_ms BIGINT NOT NULL,
            next_at BIGINT,
            version INTEGER NOT NULL,
            made_by TEXT NOT NULL,
            made_at BIGINT NOT NULL,
            asked_by TEXT NOT NULL DEFAULT '',
            approved_by TEXT NOT NULL DEFAULT '',
            sent_at BIGINT,
            people BIGINT NOT NULL DEFAULT 0,
            why TEXT NOT NULL DEFAULT ''
        )
        """,
        "CREATE INDEX broadcasts_due ON broadcasts (next_at) WHERE status = 'on' AND next_at IS NOT NULL",
        "CREATE INDEX broadcasts_by_text ON broadcasts (digest, sent_at)",
        "CREATE INDEX broadcasts_to_decide ON broadcasts (id) WHERE status IN ('waiting', 'suggested')",
        "CREATE UNIQUE INDEX broadcasts_suggested ON broadcasts (why) WHERE why <> ''",
        # One row for each slot, so that of any number of processes one begins it.
        """
        CREATE TABLE runs (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            broadcast BIGINT NOT NULL REFERENCES broadcasts (id),
            slot BIGINT NOT NULL,
            status TEXT NOT NULL CHECK (status IN ('filling', 'sending', 'done', 'missed', 'cancelled', 'expired')),
            kind TEXT NOT NULL,
            upto TEXT NOT NULL DEFAULT '',
            people BIGINT NOT NULL DEFAULT 0,
            sent BIGINT NOT NULL DEFAULT 0,
            failed BIGINT NOT NULL DEFAULT 0,
            blocked BIGINT NOT NULL DEFAULT 0,
            uncertain BIGINT NOT NULL DEFAULT 0,
            skipped BIGINT NOT NULL DEFAULT 0,
            begun_at BIGINT NOT NULL,
            expires_at BIGINT NOT NULL,
            first_at BIGINT,
            last_at BIGINT,
            ended_at BIGINT,
            UNIQUE (broadcast, slot)
        )
        """,
        "CREATE INDEX runs_flying ON runs (id) WHERE status IN ('filling', 'sending')",
        "CREATE INDEX runs_uncertain ON runs (id) WHERE uncertain > 0",
        # One row for each person of a run: whatever is killed, nobody is in it twice.
        """
        CREATE TABLE recipients (
            run BIGINT NOT NULL,
            address TEXT NOT NULL,
            status TEXT NOT NULL,
            why TEXT NOT NULL DEFAULT '',
            at BIGINT NOT NULL,
            answered_at BIGINT,
            case_number BIGINT NOT NULL DEFAULT 0,
            PRIMARY KEY (run, address)
        )
        """,
        "CREATE INDEX recipients_open ON recipients (run, status, address) WHERE status IN ('waiting', 'queued', 'uncertain')",
        "CREATE INDEX recipients_of_chat ON recipients (address, at)",
        "CREATE INDEX recipients_answered ON recipients (run, case_number) WHERE answered_at IS NOT NULL",
        # The lock that processes which feed the outbox take one after the other.
        "CREATE TABLE feeders (name TEXT PRIMARY KEY, at BIGINT NOT NULL)",
        # How often a channel has refused us lately: broadcasts go slower for a while.
        "ALTER TABLE channels ADD COLUMN slow INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE channels ADD COLUMN slowed_at BIGINT NOT NULL DEFAULT 0",
        # What the data said last of hospitals and directives, so that a change is seen.
        "CREATE TABLE watched (kind TEXT NOT NULL, id TEXT NOT NULL, value TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (kind, id))",
    ),
)
