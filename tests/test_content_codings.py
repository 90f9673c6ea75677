"""The bytes of content codings, held against the programs that read them."""

import contextlib
import gzip
import http.server
import io
import random
import shutil
import subprocess
import threading
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from httpheaders import content_codings
from httpheaders.coding_engines import (
    CODINGS,
    ENGINES,
    deflate_engine,
    is_available,
)
from httpheaders.content_codings import Compressor, Decompressor, compress, decompress
from httpheaders.errors import InputError, PolicyError

LEVELS = range(1, 10)
SAMPLES = {
    "empty": b"",
    "one octet": b"x",
    "text": b"It was the best of times, it was the worst of times. " * 500,
    "zeros": bytes(300_000),
    "noise": random.Random(1).randbytes(200_000),
    "three blocks and a bit": b"0123456789abcdef" * 12_289,
}
GZIP = shutil.which("gzip")
CURL = shutil.which("curl")


def needs(coding):
    if not is_available(coding):
        pytest.skip(f"the package for {coding} is not installed")


def needs_engine(engine):
    if engine == "zlib-ng" and deflate_engine() != engine:
        pytest.skip("zlib-ng is not installed")


def in_pieces(data, sizes):
    stream, position = io.BytesIO(data), 0
    while position < len(data):
        piece = stream.read(next(sizes))
        position += len(piece)
        yield piece


def sizes_from(seed):
    source = random.Random(seed)
    while True:
        yield source.choice([1, 7, 1000, 65535, 65536, 65537, 150_000])


# --- making ---


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", SAMPLES)
def test_what_is_coded_is_read_again(coding, level, name):
    needs(coding)
    coded = compress(SAMPLES[name], coding, level=level)
    assert decompress(coded, coding) == SAMPLES[name]


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("level", LEVELS)
def test_the_same_input_gives_the_same_bytes_however_it_arrives(coding, level):
    needs(coding)
    for engine in ENGINES if coding == "gzip" else (None,):
        if engine:
            needs_engine(engine)
        for data in SAMPLES.values():
            whole = compress(data, coding, level=level, engine=engine)
            for seed in range(3):
                stream = Compressor(coding, level=level, engine=engine)
                pieces = [stream.compress(piece) for piece in in_pieces(data, sizes_from(seed))]
                assert b"".join(pieces) + stream.finish() == whole


# RFC 1952 section 2.3
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("level", "effort"), [(1, 4), (5, 0), (6, 0), (9, 2)])
def test_a_member_says_nothing_of_time_name_or_system(engine, level, effort):
    needs_engine(engine)
    coded = compress(b"data", level=level, engine=engine)
    assert coded[:10] == bytes((0x1F, 0x8B, 8, 0, 0, 0, 0, 0, effort, 255))
    assert coded[-8:-4] == zlib.crc32(b"data").to_bytes(4, "little")
    assert coded[-4:] == (4).to_bytes(4, "little")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", SAMPLES)
def test_strict_readers_take_it(engine, level, name):
    needs_engine(engine)
    coded = compress(SAMPLES[name], level=level, engine=engine)
    # zlib checks header, checksum and size, and says what is left over.
    inflate = zlib.decompressobj(31)
    assert inflate.decompress(coded) == SAMPLES[name]
    assert (inflate.eof, inflate.unused_data) == (True, b"")
    assert gzip.decompress(coded) == SAMPLES[name]


@pytest.mark.skipif(GZIP is None, reason="gzip is not installed")
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("level", LEVELS)
def test_gzip_takes_it(engine, level):
    needs_engine(engine)
    for data in SAMPLES.values():
        coded = compress(data, level=level, engine=engine)
        run = subprocess.run([GZIP, "-dc"], input=coded, capture_output=True, check=True)
        assert (run.stdout, run.stderr) == (data, b"")


@pytest.mark.skipif(shutil.which("zstd") is None, reason="zstd is not installed")
def test_zstd_takes_it():
    needs("zstd")
    for data in SAMPLES.values():
        run = subprocess.run(["zstd", "-dc"], input=compress(data, "zstd"), capture_output=True)
        assert run.stdout == data


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
@pytest.mark.parametrize("coding", ["gzip", "br"])
def test_node_takes_it(coding):
    needs(coding)
    reader = {"gzip": "gunzipSync", "br": "brotliDecompressSync"}[coding]
    script = (
        "const chunks=[];process.stdin.on('data',c=>chunks.push(c)).on('end',()=>"
        f"process.stdout.write(require('zlib').{reader}(Buffer.concat(chunks))))"
    )
    data = SAMPLES["three blocks and a bit"]
    run = subprocess.run(["node", "-e", script], input=compress(data, coding), capture_output=True)
    assert run.stdout == data


class _Coded(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        _, coding, flushes = self.path.rsplit("/", 2)
        stream = Compressor(coding)
        self.send_response(200)
        self.send_header("Content-Encoding", coding)
        self.end_headers()
        for piece in in_pieces(SAMPLES["text"], sizes_from(1)):
            self.wfile.write(stream.compress(piece))
            if flushes == "flushed":
                self.wfile.write(stream.flush())
        self.wfile.write(stream.finish())

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def server():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Coded) as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


@pytest.mark.skipif(CURL is None, reason="curl is not installed")
@pytest.mark.parametrize("flushes", ["flushed", "unflushed"])
@pytest.mark.parametrize("coding", CODINGS)
def test_curl_takes_it(server, coding, flushes):
    needs(coding)
    features = subprocess.run([CURL, "--version"], capture_output=True, check=True).stdout
    name = {"gzip": b"libz", "br": b"brotli", "zstd": b"zstd"}[coding]
    if name not in features:
        pytest.skip(f"this curl reads no {coding}")
    command = [CURL, "--compressed", "-sS", "--max-time", "20", f"{server}/{coding}/{flushes}"]
    run = subprocess.run(command, capture_output=True, check=True)
    assert run.stdout == SAMPLES["text"]


@pytest.mark.parametrize("coding", CODINGS)
def test_a_flush_lets_the_reader_have_everything_so_far(coding):
    needs(coding)
    stream, reader = Compressor(coding), Decompressor(coding)
    for number in range(50):
        event = f"event {number}\n".encode()
        coded = stream.compress(event) + stream.flush()
        assert b"".join(reader.decompress(coded)) == event
    assert b"".join(reader.decompress(stream.finish())) == b""
    reader.finish()


@pytest.mark.parametrize("level", [0, 10, -1])
def test_levels_are_1_to_9(level):
    with pytest.raises(PolicyError, match="from 1 to 9"):
        Compressor(level=level)


def test_zlib_ng_makes_no_more_at_any_level():
    needs_engine("zlib-ng")
    data = SAMPLES["text"] + random.Random(2).randbytes(1000)
    for level in LEVELS:
        ours, theirs = (len(compress(data, level=level, engine=e)) for e in ENGINES)
        assert ours < theirs * 1.1


# --- reading ---


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("seed", range(3))
def test_reading_does_not_depend_on_how_it_arrives(coding, seed):
    needs(coding)
    data = SAMPLES["text"] + SAMPLES["noise"]
    stream = Decompressor(coding)
    coded = compress(data, coding)
    pieces = [
        content
        for part in in_pieces(coded, sizes_from(seed))
        for content in stream.decompress(part)
    ]
    stream.finish()
    assert b"".join(pieces) == data
    assert stream.size == len(data)


# RFC 1952 section 2.2: "a gzip file consists of a series of members"
@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_members_in_a_row_are_one_content(coding):
    needs(coding)
    coded = compress(b"one ", coding) + compress(b"", coding) + compress(b"two", coding)
    for size in (1, 5, len(coded)):
        stream = Decompressor(coding)
        parts = (coded[start : start + size] for start in range(0, len(coded), size))
        content = b"".join(piece for part in parts for piece in stream.decompress(part))
        stream.finish()
        assert (content, stream.members, stream.problems) == (b"one two", 3, ())


@pytest.mark.parametrize("size", [1, 3, 1000])
@pytest.mark.parametrize(
    ("behind", "told"),
    [
        pytest.param(b"\0" * 1000, None, id="zeros-are-padding"),
        pytest.param(b"", None, id="nothing"),
        pytest.param(b"junk", 4, id="text"),
        pytest.param(b"x", 1, id="one-octet"),
        pytest.param(b"\x1f", 1, id="half-a-mark"),
        pytest.param(b"\x1fx" + b"\x1f\x8b" * 3, 8, id="a-mark-that-breaks-off"),
        pytest.param(b"\0\0junk", 4, id="zeros-and-text"),
    ],
)
def test_octets_behind_the_end_are_told(size, behind, told):
    coded = compress(b"content") + behind
    stream = Decompressor("gzip")
    parts = [coded[start : start + size] for start in range(0, len(coded), size)]
    content = b"".join(piece for part in parts for piece in stream.decompress(part))
    stream.finish()
    assert content == b"content"
    assert [problem.message.split()[0] for problem in stream.problems] == (
        [str(told)] if told else []
    )


@pytest.mark.parametrize("coding", CODINGS)
def test_every_truncation_is_told(coding):
    needs(coding)
    coded = compress(SAMPLES["text"][:300], coding)
    for end in range(len(coded)):
        with pytest.raises(InputError, match=r"too early|empty"):
            decompress(coded[:end], coding)


@pytest.mark.parametrize("engine", ENGINES)
def test_damage_is_told(engine):
    needs_engine(engine)
    coded = bytearray(compress(SAMPLES["text"], engine=engine))
    for position in (0, 1, 2, 3, -1, -5):
        damaged = bytearray(coded)
        damaged[position] ^= 0xFF
        with pytest.raises(InputError, match=r"the gzip data are damaged|too early"):
            decompress(bytes(damaged))


@given(st.binary(max_size=300))
def test_only_our_errors_come_out(data):
    for coding in ("gzip", "deflate", "br", "zstd"):
        if coding in ("br", "zstd") and not is_available(coding):
            continue
        with contextlib.suppress(InputError):
            decompress(data, coding, max_size=10_000)


@settings(max_examples=200)
@given(st.data())
def test_a_flipped_bit_never_gives_other_content(data):
    content = b"some content that was signed by nobody " * 3
    coded = bytearray(compress(content))
    position = data.draw(st.integers(10, len(coded) - 1))
    coded[position] ^= 1 << data.draw(st.integers(0, 7))
    with contextlib.suppress(InputError):
        assert decompress(bytes(coded), max_size=10_000) == content


@pytest.mark.parametrize("coding", CODINGS)
def test_a_bomb_is_read_in_small_pieces_and_refused(coding):
    needs(coding)
    stream = Decompressor(coding, max_size=5_000_000)
    sizes = []
    with pytest.raises(InputError, match="larger than 5000000 octets"):
        sizes.extend(map(len, stream.decompress(compress(bytes(50_000_000), coding))))
    # `extend` keeps what came before the error.
    assert 0 < sum(sizes) <= 5_000_000
    assert max(sizes) <= 4 * content_codings.PIECE_SIZE


def test_content_of_just_the_bound_is_taken():
    assert decompress(compress(b"12345"), max_size=5) == b"12345"
    with pytest.raises(InputError):
        decompress(compress(b"123456"), max_size=5)


# RFC 9110 section 8.4.1.2
@pytest.mark.parametrize("window_bits", [15, -15], ids=["zlib", "raw"])
def test_deflate_is_read_with_and_without_its_wrapper(window_bits):
    for data in SAMPLES.values():
        deflate = zlib.compressobj(wbits=window_bits)
        assert decompress(deflate.compress(data) + deflate.flush(), "deflate") == data


def test_gzip_reads_what_gzip_wrote():
    if GZIP is None:
        pytest.skip("gzip is not installed")
    run = subprocess.run([GZIP, "-c"], input=SAMPLES["text"], capture_output=True, check=True)
    assert decompress(run.stdout) == SAMPLES["text"]
    named = io.BytesIO()
    with gzip.GzipFile("name.txt", "wb", fileobj=named, mtime=5) as file:
        file.write(b"named")
    assert decompress(named.getvalue()) == b"named"
