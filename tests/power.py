"""A disk whose power can be cut: what was written and not synced is kept, dropped or torn by chance.

It lies in memory, behind APSW's VFS. SQLite runs on it unchanged; the store's own connection is put on it by :class:`Plug`.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import apsw

SECTOR = 512


class PowerCut(Exception):
    """Nothing is read or written any more."""


class Blob:
    """A file: what is on the platter, and what has only been written since."""

    def __init__(self, durable: bytes = b"", *, linked: bool = False) -> None:
        self.now = bytearray(durable)
        self.durable = bytes(durable)
        self.linked = linked
        """Whether the folder's entry has been synced, with the first sync of the file."""
        self.pending: list[tuple[int, bytes | None]] = []

    def write(self, offset: int, data: bytes | None) -> None:
        """Write ``data``, or cut the file off where it is None."""
        self.pending.append((offset, data))
        _apply(self.now, offset, data)

    def sync(self) -> None:
        self.durable, self.pending, self.linked = bytes(self.now), [], True

    def after_a_cut(self, chance: random.Random) -> bytes | None:
        """What is found when the power is back; None where the file never was in its folder."""
        if not self.linked and chance.random() < 0.5:
            return None
        image = bytearray(self.durable)
        for offset, data in self.pending:
            fate = chance.random()
            if data is None or fate < 0.4:
                if fate < 0.6:
                    _apply(image, offset, data)
            elif fate < 0.7:  # torn: some of its sectors only
                for start in range(0, len(data), SECTOR):
                    if chance.random() < 0.5:
                        _apply(image, offset + start, data[start : start + SECTOR])
        return bytes(image)


def _apply(image: bytearray, offset: int, data: bytes | None) -> None:
    if data is None:
        del image[offset:]
        return
    if len(image) < offset:
        image.extend(bytes(offset - len(image)))
    image[offset : offset + len(data)] = data


class Disk:
    """Files by name. ``before`` is called before each write, cut or sync with its number, and may raise."""

    def __init__(self, files: Mapping[str, bytes] | None = None) -> None:
        self.files = {name: Blob(content, linked=True) for name, content in (files or {}).items()}
        self.steps = 0
        self.off = False
        self.before: Callable[[int, str, int], None] = lambda *_: None

    def step(self, kind: str, size: int = 0) -> None:
        if self.off:
            raise apsw.IOError("the power is off")
        self.steps += 1
        try:
            self.before(self.steps, kind, size)
        except PowerCut:
            self.off = True
            raise apsw.IOError("the power is off") from None

    def after_a_cut(self, chance: random.Random) -> Disk:
        """The disk when the power is back."""
        found = {name: blob.after_a_cut(chance) for name, blob in self.files.items()}
        return Disk({name: content for name, content in found.items() if content is not None})

    def size(self) -> int:
        return sum(len(blob.now) for blob in self.files.values())


class _File:
    """What SQLite asks of an open file."""

    def __init__(self, disk: Disk, name: str) -> None:
        self._disk, self._name = disk, name
        self._blob = disk.files.setdefault(name, Blob())

    def xRead(self, amount: int, offset: int) -> bytes:
        if self._disk.off:
            raise apsw.IOError("the power is off")
        return bytes(self._blob.now[offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:
        self._disk.step("write", len(data))
        self._blob.write(offset, bytes(data))

    def xTruncate(self, size: int) -> None:
        self._disk.step("truncate")
        self._blob.write(size, None)

    def xSync(self, flags: int) -> None:
        self._disk.step("sync")
        self._blob.sync()

    def xFileSize(self) -> int:
        return len(self._blob.now)

    def xFileControl(self, op: int, pointer: int) -> bool:
        return False

    def xCheckReservedLock(self) -> bool:
        return False

    def xSectorSize(self) -> int:
        return SECTOR

    def xDeviceCharacteristics(self) -> int:
        return 0

    def xLock(self, level: int) -> None: ...

    def xUnlock(self, level: int) -> None: ...

    def xClose(self) -> None: ...


class PowerVFS(apsw.VFS):
    """SQLite's way to the disk; ``disk`` may be changed between two connections."""

    def __init__(self, name: str, disk: Disk) -> None:
        self.disk = disk
        super().__init__(name, "")

    def xOpen(self, name: Any, flags: list[int]) -> Any:
        flags[1] = flags[0]
        return _File(self.disk, name.filename() if isinstance(name, apsw.URIFilename) else name or "temporary")

    def xDelete(self, name: str, sync: bool) -> None:
        self.disk.step("delete")
        self.disk.files.pop(name, None)

    def xAccess(self, name: str, flags: int) -> bool:
        return name in self.disk.files

    def xFullPathname(self, name: str) -> str:
        return name


class Plug:
    """An APSW connection that looks like one of :mod:`sqlite3`, as far as the store uses it."""

    autocommit = None

    def __init__(self, path: str, vfs: str) -> None:
        with _as_sqlite3():
            self._conn = apsw.Connection(path, vfs=vfs)
            # Without shared memory, which this disk has none of, SQLite keeps the log's index to itself.
            self._conn.execute("PRAGMA locking_mode = EXCLUSIVE")

    @property
    def in_transaction(self) -> bool:
        return self._conn.in_transaction

    def execute(self, sql: str, values: Any = ()) -> Rows:
        with _as_sqlite3():
            before = self._conn.total_changes()
            cursor = self._conn.execute(sql, values)
            try:
                description: Any = cursor.get_description()
            except apsw.ExecutionCompleteError:
                description = None
            rows = list(cursor)
            return Rows(rows, description, self._conn.total_changes() - before)

    def executemany(self, sql: str, values: Iterable[Any]) -> Rows:
        with _as_sqlite3():
            before = self._conn.total_changes()
            self._conn.executemany(sql, values)
            return Rows([], None, self._conn.total_changes() - before)

    def close(self) -> None:
        with _as_sqlite3():
            self._conn.close()


class Rows:
    """The cursor of a statement that has run."""

    def __init__(self, rows: list[Any], description: Any, rowcount: int) -> None:
        self._rows, self.description, self.rowcount = rows, description, rowcount

    def __iter__(self) -> Any:
        return iter(self._rows)

    def fetchone(self) -> Any:
        return self._rows[0] if self._rows else None


class _as_sqlite3:
    """APSW's errors as those of :mod:`sqlite3`, with SQLite's own number."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, apsw.Error):
            same = sqlite3.OperationalError(str(error))
            # What was raised by the disk itself comes through without a number.
            known = apsw.SQLITE_FULL if isinstance(error, apsw.FullError) else apsw.SQLITE_IOERR
            same.sqlite_errorcode = getattr(error, "result", 0) or known
            raise same from error
