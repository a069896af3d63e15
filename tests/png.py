"""Small PNGs of black text on white: sixteen colours do, half a byte a pixel."""

from __future__ import annotations

import base64
import struct
import zlib
from typing import Any

import numpy as np

_PIXELS = """async (png) => {
  const bitmap = await createImageBitmap(await (await fetch('data:image/png;base64,' + png)).blob());
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
  context.drawImage(bitmap, 0, 0);
  const data = context.getImageData(0, 0, bitmap.width, bitmap.height).data;
  const parts = [];
  for (let i = 0; i < data.length; i += 32766) parts.push(String.fromCharCode(...data.subarray(i, i + 32766)));
  return [bitmap.width, bitmap.height, btoa(parts.join(''))];
}"""


def pixels(page: Any, png: bytes) -> np.ndarray[Any, Any]:
    """The picture's red, green and blue, decoded by an empty page of the browser."""
    width, height, data = page.evaluate(_PIXELS, base64.b64encode(png).decode("ascii"))
    decoded = np.frombuffer(base64.b64decode(data), np.uint8)
    return decoded.reshape(height, width, 4)[:, :, :3].astype(np.int16)


def small(rgb: np.ndarray[Any, Any], accent: tuple[int, int, int]) -> bytes:
    """A PNG of fifteen greys and one colour more; every pixel takes the nearest."""
    palette = np.array([[grey, grey, grey] for grey in np.linspace(0, 255, 15).round().astype(int)] + [list(accent)], np.int16)
    near = np.stack([np.abs(rgb - colour).sum(axis=2) for colour in palette]).argmin(axis=0).astype(np.uint8)
    height, width = near.shape
    if width % 2:
        near = np.pad(near, ((0, 0), (0, 1)))
    rows = (near[:, 0::2] << 4) | near[:, 1::2]
    lines = np.pad(rows, ((0, 0), (1, 0))).tobytes()  # each line begins with its filter: none
    head = struct.pack(">IIBBBBB", width, height, 4, 3, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"PLTE", palette.astype(np.uint8).tobytes()), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
