"""A hundred files that mean harm or are broken, made by code: what they are called says what they try."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator

from tests.sounds import MP3_FRAME, amr_file, mp3_file, ogg_page, opus_file, wave_file
from tests.workers.attachments import made
from tests.workers.attachments.made import chunk, document, film, photo, picture, png_of, written

SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
HTML = b"<!doctype html><script>alert(1)</script>"
PNG = b"\x89PNG\r\n\x1a\n"


def zipped(files: dict[str, bytes]) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return into.getvalue()


def nested_zip(depth: int) -> bytes:
    content = bytes(1_000_000)
    for level in range(depth):
        content = zipped({f"{level}.zip": content})
    return content


def pdf_of(*objects: bytes, tail: bytes = b"") -> bytes:
    """A PDF of objects as they are, with a table that is right."""
    written_so_far, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(written_so_far))
        written_so_far += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(written_so_far)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    end = b"trailer<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)
    return written_so_far + head + table + end + tail


def pdf_page(box: bytes = b"[0 0 200 200]", content: bytes = b"", more: bytes = b"") -> bytes:
    """A PDF of one page."""
    return pdf_of(
        b"<</Type/Catalog/Pages 2 0 R" + more + b">>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox" + box + b"/Contents 4 0 R>>",
        b"<</Length %d>>stream\n%b\nendstream" % (len(content), content),
    )


def packed_pdf(times: int) -> bytes:
    """A page whose drawing unpacks to a great deal."""
    content = zlib.compress(b"0 0 m 200 200 l S\n" * times, 9)
    return pdf_of(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n%b\nendstream" % (len(content), content),
    )


def atom(name: bytes, body: bytes = b"", size: int | None = None) -> bytes:
    return struct.pack(">I", len(body) + 8 if size is None else size) + name + body


FTYP = atom(b"ftyp", b"isom\0\0\2\0isomiso2mp41")


def deep_atoms(depth: int) -> bytes:
    body = b""
    for _ in range(depth):
        body = atom(b"moov", body)
    return FTYP + body


def jpeg_saying(width: int, height: int) -> bytes:
    """A JPEG whose header says another size."""
    content = bytearray(picture("JPEG"))
    at = content.index(b"\xff\xc0")
    content[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(content)


def gif_of(width: int, height: int, frames: int = 1) -> bytes:
    head = b"GIF89a" + struct.pack("<HH", width, height) + b"\x80\0\0\0\0\0\xff\xff\xff"
    frame = b"\x2c\0\0\0\0" + struct.pack("<HH", width, height) + b"\0\x02\x02\x44\x01\0"
    return head + frame * frames + b";"


def text_bomb() -> bytes:
    text = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(60_000_000), 9))
    plain = picture("PNG")
    return plain[:33] + text + plain[33:]


def profile_bomb() -> bytes:
    profile = chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(60_000_000), 9))
    plain = picture("PNG")
    return plain[:33] + profile + plain[33:]


def endless_exif() -> bytes:
    """A directory of EXIF that names itself as the next."""
    body = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x69\x87\x04\0\x01\0\0\0\x08\0\0\0\x08\0\0\0"
    plain = picture("JPEG")
    return plain[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + plain[2:]


PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"
CONCAT = b"ffconcat version 1.0\nfile '/etc/passwd'\n"


def _pages() -> Iterator[tuple[str, bytes]]:
    yield "SVG with a script", SVG
    yield "SVG behind a declaration", b"<?xml version='1.0'?>" + SVG
    yield "SVG with entities", b"<!DOCTYPE s [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><svg>&b;</svg>"
    yield "SVG in UTF-16", b"\xff\xfe" + SVG.decode().encode("utf-16-le")
    yield "HTML", HTML
    yield "HTML behind a byte order mark", b"\xef\xbb\xbf \n" + HTML
    yield "HTML behind zeros", bytes(20) + HTML
    yield "HTML in UTF-16", b"\xfe\xff" + HTML.decode().encode("utf-16-be")
    yield "XHTML", b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>"
    yield "MathML", b"<math><maction actiontype='statusline'>x</maction></math>"
    yield "PHP", b"<?php system('id'); ?>"
    yield "shell script", b"#!/bin/sh\nrm -rf /\n"
    yield "playlist that names a file of ours", PLAYLIST
    yield "list of files to join", CONCAT
    yield "XML stylesheet", b"<?xml version='1.0'?><?xml-stylesheet href='http://x.example/'?><a/>"
    yield "RTF with an object", b"{\\rtf1{\\object\\objocx}}"
    yield "text", b"I am no picture"
    yield "nothing", b""
    yield "one byte", b"\xff"
    yield "a million zeros", bytes(1_000_000)


def _programs() -> Iterator[tuple[str, bytes]]:
    yield "Windows program", b"MZ" + bytes(200)
    yield "Windows program that is a PDF", b"MZ" + bytes(20) + pdf_page()
    yield "ELF program", b"\x7fELF" + bytes(60)
    yield "Java class", b"\xca\xfe\xba\xbe" + bytes(40)
    yield "Android program", b"dex\n035\0" + bytes(60)
    yield "shortcut of Windows", b"\x4c\0\0\0\x01\x14\x02\0" + bytes(60)
    yield "old office document", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    yield "office document with macros", zipped({"word/vbaProject.bin": b"x", "[Content_Types].xml": b"<a/>"})
    yield "office document that unpacks to much", zipped({"xl/sheet1.xml": bytes(30_000_000)})
    yield "PostScript", b"%!PS-Adobe-3.0\n(/etc/passwd) run\n"
    yield "font", b"\0\x01\0\0\0\x0c\0\x80\0\x03\0\x40" + b"\xff" * 400
    yield "font of the other kind", b"OTTO\0\x0c\0\x80" + b"\xff" * 400
    yield "web font", b"wOF2" + b"\xff" * 400


def _archives() -> Iterator[tuple[str, bytes]]:
    yield "ZIP", zipped({"a": b"b"})
    yield "ZIP of ZIPs", nested_zip(12)
    yield "ZIP of a great many zeros", zipped({"a": bytes(50_000_000)})
    yield "ZIP that climbs out", zipped({"../../../etc/cron.d/x": b"x"})
    yield "ZIP header only", b"PK\x03\x04" + bytes(40)
    yield "RAR", b"Rar!\x1a\x07\x01\0" + bytes(60)
    yield "7z", b"7z\xbc\xaf\x27\x1c" + bytes(60)
    yield "gzip bomb", gzip.compress(bytes(30_000_000))
    yield "tar", b"a".ljust(257, b"\0") + b"ustar\0" + bytes(300)


def _pictures() -> Iterator[tuple[str, bytes]]:
    yield "PNG of 100,000 by 100,000", png_of(100_000, 100_000)
    yield "PNG of 20,000 by 20,000", png_of(20_000, 20_000)
    yield "PNG of 8,000 by 8,000", png_of(8_000, 8_000)
    yield "PNG of 7,000 by 7,000 that unpacks", png_of(7_000, 7_000, 147_007_000)
    yield "PNG of no width", png_of(0, 5)
    yield "PNG with a text that unpacks", text_bomb()
    yield "PNG with a profile that unpacks", profile_bomb()
    yield "PNG cut", picture("PNG", (300, 300))[:200]
    yield "PNG header only", PNG
    yield "PNG with a wrong checksum", picture("PNG")[:29] + b"\0\0\0\0" + picture("PNG")[33:]
    yield "PNG with a chunk of four gigabytes", PNG + b"\xff\xff\xff\xffIHDR" + bytes(30)
    yield "PNG of a million empty chunks", picture("PNG")[:33] + chunk(b"tEXt", b"a\0b") * 60_000
    yield "JPEG of 65,535 by 65,535", jpeg_saying(65_535, 65_535)
    yield "JPEG of no height", jpeg_saying(40, 0)
    yield "JPEG cut", photo()[:300]
    yield "JPEG header only", b"\xff\xd8\xff\xe0" + bytes(20)
    yield "JPEG of segments without end", b"\xff\xd8" + b"\xff\xe1\0\x02" * 200_000
    yield "JPEG whose EXIF goes round", endless_exif()
    yield "GIF header only", b"GIF89a\xff\xff\xff\xff"
    yield "GIF that is a script", b"GIF89a/*" + bytes(20) + b"*/=1;alert(1)//"
    yield "GIF of 65,535 by 65,535", gif_of(65_535, 65_535)
    yield "GIF of 20,000 pictures", gif_of(500, 500, 20_000)
    yield "WebP header only", b"RIFF\x10\0\0\0WEBPVP8L" + b"\xff" * 20
    yield "WebP of 16,383 by 16,383", b"RIFF\x20\0\0\0WEBPVP8L\x0a\0\0\0\x2f\xff\xff\xff\x0f" + bytes(10)
    yield "TIFF", picture("TIFF")
    yield "BMP", picture("BMP")
    yield "ICO", picture("ICO")
    yield "HEIC header only", atom(b"ftyp", b"heic\0\0\0\0mif1heic")
    yield "AVIF header only", atom(b"ftyp", b"avif\0\0\0\0mif1avif")


def _polyglots() -> Iterator[tuple[str, bytes]]:
    yield "JPEG and ZIP", photo() + zipped({"a": b"b"})
    yield "GIF and JAR", picture("GIF") + zipped({"META-INF/MANIFEST.MF": b"Main-Class: X"})
    yield "PNG and HTML", picture("PNG") + HTML
    yield "JPEG with HTML as its comment", picture("JPEG", comment=HTML)
    yield "JPEG and PDF", photo()[:2] + b"\xff\xfe\0\x40" + pdf_page()[:62] + photo()[2:]
    yield "PDF and HTML", pdf_page() + HTML
    yield "PDF and ZIP", pdf_page() + zipped({"a": b"b"})
    yield "WAV and RAR", wave_file() + b"Rar!\x1a\x07\x01\0"
    yield "MP4 and ZIP", film() + zipped({"a": b"b"})


def _documents() -> Iterator[tuple[str, bytes]]:
    yield "PDF without pages", b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj"
    yield "PDF cut", written(document(3))[:300]
    yield "PDF of a page of 10^9 points", pdf_page(b"[0 0 1000000000 1000000000]")
    yield "PDF of a page without size", pdf_page(b"[0 0 0 0]")
    yield "PDF of a page that is a line", pdf_page(b"[0 0 100000 0.001]")
    yield "PDF with a launch", pdf_page(more=b"/OpenAction<</S/Launch/F(cmd.exe)>>")
    yield "PDF with a script", pdf_page(more=b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>")
    yield "PDF that asks for a page of ours", pdf_page(more=b"/OpenAction<</S/URI/URI(file:///etc/passwd)>>")
    yield (
        "PDF whose pages go round",
        pdf_of(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R]/Count 9>>"),
    )
    yield (
        "PDF that says a billion pages",
        pdf_of(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 999999999>>"),
    )
    yield "PDF whose drawing unpacks", packed_pdf(100_000)
    yield "PDF nested deeply", pdf_page(content=b"q " * 100_000)
    yield "PDF of arrays in arrays", pdf_page(more=b"/X" + b"[" * 20_000 + b"]" * 20_000)
    yield "PDF locked", made.locked_pdf()


def _films() -> Iterator[tuple[str, bytes]]:
    yield "MP4 header only", FTYP + bytes(60)
    yield "M4A header only", b"\0\0\0\x18ftypM4A " + bytes(60)
    yield "MP4 with garbage for its table", FTYP + atom(b"moov", b"\xff" * 5000)
    yield "MP4 of atoms in atoms", deep_atoms(3000)
    yield "MP4 with an atom of four gigabytes", FTYP + atom(b"moov", bytes(50), 0xFFFFFFFF)
    yield "MP4 with an atom of no size", FTYP + atom(b"moov", bytes(50), 1)
    yield "MP4 cut", film()[: len(film()) // 2]
    yield "MP4 with garbage for pictures", _scrambled(film(), b"mdat")
    yield "MP4 that names another file", film().replace(b"url \0\0\0\x01", b"url \0\0\0\0")
    yield "Matroska header only", b"\x1a\x45\xdf\xa3" + b"\xff" * 100
    yield "WebM cut", film("webm", video="libvpx", audio="libopus")[:700]
    yield "WebM with garbage", _scrambled(film("webm", video="libvpx", audio=None), b"\x1f\x43\xb6\x75")
    yield "AVI header only", b"RIFF\xff\xff\xff\x7fAVI LIST" + b"\xff" * 60
    yield "WAV without samples", wave_file()[:44]
    yield "WAV of no channel", wave_file().replace(b"\x01\0\x01\0", b"\x01\0\0\0", 1)
    yield "WAV header only", b"RIFF\0\0\0\0WAVE"
    yield "one MP3 frame", MP3_FRAME
    yield "ID3 longer than the file", b"ID3\x04\0\0\x7f\x7f\x7f\x7f" + mp3_file()
    yield "endless ID3", b"ID3\x04\0\0\0\0\0\0" * 1000
    yield "Ogg of two streams", opus_file() + ogg_page(b"OpusHead", 0, serial=8)
    yield "Ogg cut", opus_file()[:60]
    yield "Opus with tags that never end", opus_file()[:47] + ogg_page(b"OpusTags" + b"x" * 247, 1)[:-1] * 3
    yield "AMR of unknown frames", b"#!AMR\n" + b"\x4c" * 20
    yield "AMR without frames", b"#!AMR\n"
    yield "AMR with something behind", amr_file() + b"\xff\xd8"
    yield "FLAC with a picture of four gigabytes", b"fLaC\x86\xff\xff\xff" + bytes(60)
    yield "AAC of noise", b"\xff\xf1" + b"\x5a" * 5000


def _scrambled(content: bytes, sign: bytes) -> bytes:
    """A file with noise from a sign on."""
    at = content.index(sign) + len(sign)
    return content[:at] + bytes(octet * 7 + 13 & 0xFF for octet in content[at:])


FAMILIES: tuple[Callable[[], Iterator[tuple[str, bytes]]], ...] = (
    _pages,
    _programs,
    _archives,
    _pictures,
    _polyglots,
    _documents,
    _films,
)


def hostile_files() -> dict[str, bytes]:
    """All of them by name."""
    return dict(each for family in FAMILIES for each in family())
