"""The tables, as versioned migrations that only go forward. A migration that has shipped is never edited: add the next one."""

from __future__ import annotations

from sqlite_utils import Database

from bot.errors import StoreTooNew

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
)


def version_of(db: Database) -> int:
    """The number of the last migration that ran; 0 for an empty file."""
    rows = list(db.query("SELECT 1 AS found FROM sqlite_master WHERE type = 'table' AND name = 'migrations'"))
    if not rows:
        return 0
    return int(next(iter(db.query("SELECT coalesce(max(version), 0) AS version FROM migrations")))["version"])


def migrate(db: Database, now_ms: int, upto: int = len(MIGRATIONS)) -> int:
    """Run what is missing, in one transaction; the version reached. Raises :class:`StoreTooNew`."""
    if version_of(db) == upto:
        return upto
    db.execute("BEGIN IMMEDIATE")
    try:
        # Read again under the lock: another process may have migrated while we waited for it.
        version = version_of(db)
        if version > upto:
            raise StoreTooNew(f"the database is at version {version}, this program knows {upto}: install a newer one")
        db.execute("CREATE TABLE IF NOT EXISTS migrations (version INTEGER PRIMARY KEY, at BIGINT NOT NULL)")
        for number in range(version + 1, upto + 1):
            for statement in MIGRATIONS[number - 1]:
                db.execute(statement)
            db.execute("INSERT INTO migrations (version, at) VALUES (:version, :at)", {"version": number, "at": now_ms})
        db.execute("COMMIT")
    except BaseException:
        db.rollback()
        raise
    return upto
