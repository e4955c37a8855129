"""The C++ programs of native/programs/, under sanitizers.

Recorded programs are replayed without Python, and changed recordings must be refused or run, never
crash. In `./dev test` that is a quick build, under the address and undefined-behaviour sanitizers
with the kernels for every machine alone; in the deep run all programs are built with all kernels
for all sanitizers, and Python's own tests run on an extension with the address sanitizer.

Generated code is not instrumented: a wild write in it is seen only if it hits a page that is not
there. So everything runs with PELLUCID_JIT=off too, where the interpreter does the same work.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from array import array
from pathlib import Path
from typing import Any

import pytest

from pellucid.engines.native.encoding import CODES, REDUCES, listed
from tests.engines.record_programs import MAGIC, Words, dense, record_step, write_recordings

ROOT = Path(__file__).resolve().parents[2]
COMPILER = os.environ.get("CXX", "c++")
# A failed allocation is an exception, as without a sanitizer; a report says where it happened.
QUIET = {"ASAN_OPTIONS": "allocator_may_return_null=1", "UBSAN_OPTIONS": "print_stacktrace=1",
         "TSAN_OPTIONS": "die_after_fork=0"}
# All checks of `undefined` would take three times as long to compile.
QUICK = "address,signed-integer-overflow,shift,bool,bounds"
SPEEDS = ("_speed", "_accuracy")                     # they measure, and find nothing wrong

fcntl = pytest.importorskip("fcntl")                 # Windows has no such locks

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or shutil.which(COMPILER) is None, reason="needs a compiler on Linux")


def build(folder: str, sanitize: str, *options: str, targets: tuple[str, ...] = (),
          flags: str = "-O1") -> Path:
    """Build what has changed since the last time; where it stands."""
    cmake, ninja = _tool("cmake"), _tool("ninja")
    if cmake is None or ninja is None:
        pytest.skip("needs cmake and ninja, which ./dev setup brings")
    place = ROOT / "build" / folder
    place.mkdir(parents=True, exist_ok=True)
    goals = [word for target in targets for word in ("--target", target)]
    with (place / "lock").open("w") as lock:             # pytest's other worker builds here too
        fcntl.flock(lock, fcntl.LOCK_EX)
        _must(cmake, "-S", ROOT, "-B", place, "-G", "Ninja", f"-DCMAKE_MAKE_PROGRAM={ninja}",
              f"-DPELLUCID_SANITIZE={sanitize}", f"-DCMAKE_CXX_FLAGS_RELEASE={flags}", *options)
        _must(cmake, "--build", place, "-j", str(os.cpu_count() or 1), *goals)
    return place


def programs(folder: str, sanitize: str, *options: str, **how: Any) -> Path:
    """The programs without Python."""
    return build(folder, sanitize, "-DPELLUCID_BINDINGS=OFF", "-DPELLUCID_PROGRAMS=ON", *options,
                 **how)


def _tool(name: str) -> str | None:
    return shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)


def _must(*command: object) -> None:
    done = subprocess.run([str(each) for each in command], capture_output=True, text=True)
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"


def ran(program: Path, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """The program, run to its end."""
    return subprocess.run([str(each) for each in (program, *arguments)], capture_output=True,
                          text=True, env=os.environ | QUIET | environment, timeout=1200)


def well(program: Path, *arguments: object, **environment: str) -> None:
    """The program ends with 0."""
    done = ran(program, *arguments, **environment)
    assert done.returncode == 0, f"{program.name} {arguments}: {done.stdout}\n{done.stderr[-5000:]}"


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Models' steps and epochs, and some random Plans."""
    path = tmp_path_factory.mktemp("recordings") / "recordings"
    assert write_recordings(path, plans=30) > 30
    return path


@pytest.fixture(scope="module")
def quick() -> Path:
    """The folder of the programs that the short run builds."""
    return programs("programs-quick", QUICK, "-DPELLUCID_PORTABLE=ON", flags="-O0",
                    targets=("replay", "threads_test"))


@pytest.mark.parametrize("jit", ["on", "off"])
def test_recorded_programs_give_what_the_reference_engine_gave(quick, recordings, jit):
    well(quick / "replay", recordings, 2, PELLUCID_JIT=jit)


@pytest.mark.parametrize("jit", ["on", "off"])
def test_changed_recordings_never_crash(quick, recordings, jit):
    well(quick / "replay", "--fuzz", 150, 1, recordings, PELLUCID_JIT=jit)


def test_threads_are_clean(quick):
    well(quick / "threads_test")


def test_replay_sees_a_difference(quick, tmp_path):
    recording = record_step(dense).words
    recording[-3] ^= 1 << 27                         # the last number that is expected
    whole = Words([MAGIC, 1, len(recording), *recording])
    (tmp_path / "changed").write_bytes(whole.words.tobytes())
    done = ran(quick / "replay", tmp_path / "changed")
    assert done.returncode == 1
    assert "was recorded" in done.stderr


@pytest.mark.parametrize("content, sentence", [
    (b"", "no file of recordings"), (b"pellucid!", "no file of recordings"),
    (b"something", "no file of recordings"), (bytes(80), "no file of recordings"),
    (b"pellucid" + array("q", [2, 1, 0]).tobytes(), "ended too early"),
    (b"pellucid" + array("q", [1, 9, 0]).tobytes(), "impossible length"),
    (b"pellucid" + array("q", [1 << 40]).tobytes(), "impossible count")])
def test_what_is_no_recording_is_refused(quick, tmp_path, content, sentence):
    (tmp_path / "file").write_bytes(content)
    done = ran(quick / "replay", tmp_path / "file")
    assert done.returncode == 1
    assert sentence in done.stderr


# What a program may say that would touch foreign memory ------------------------------------------

F32, F64, BOOL = CODES["float32"], CODES["float64"], CODES["bool"]
SUM = REDUCES["sum"]


def buffer(dtype: int, *shape: int, place: int = 1, input: int = 0, at: int = 0) -> list[int]:
    return [dtype, place, input, at, *listed(shape)]


def program(buffers: list[list[int]], op: str, inputs: list[int], outputs: list[int],
            words: list[int], bodies: tuple[list[int], ...] = (), arena: int = 64,
            given: list[int] | None = None) -> list[int]:
    """A program of one instruction; its inputs are the buffers that live there."""
    given = [i for i, each in enumerate(buffers) if each[1] == 1] if given is None else given
    out = [len(buffers), *(word for each in buffers for word in each), *listed(given), 0, arena]
    out += [1, *listed(op.encode()), *listed(inputs), *listed(outputs), *listed(words)]
    return [*out, len(bodies), *(word for body in bodies for word in body), 0]


def loop(dtype: int = F32, offset: int = 0, step: int = 1, length: int = 4, reduce: int = 0,
         into: int = 1, place: int = 0) -> list[int]:
    """Copies, or reduces, numbers from one operand to another."""
    load = [0, dtype, 0, -1, -1, 0, 0]
    return [*listed([length]), 1, *load, 1, 1, 0, reduce, offset, *listed([step]), place,
            *listed([into])]


PAIR = [buffer(F32, 4), buffer(F32, 4, place=0)]
WIDE = [buffer(F32, 4), buffer(F64, 4, place=0)]
ROW = [buffer(F32, 2, 3), buffer(F32, 3, 2, input=1), buffer(F32, 2, 2, place=0)]
BODY = [1, *buffer(F32, 3), *listed([0]), *listed([0]), 0, 0]


def product(k: int = 3, offset: int = 0, step: int = 2, into: int = 2) -> list[int]:
    return [0, 0, 0, 0, 2, 2, k, offset, 3, 1, 0, step, 1, into]


@pytest.mark.parametrize("words, sentence", [
    (program(PAIR, "loop", [0], [1], loop(offset=1)), "reaches out of a buffer"),
    (program(PAIR, "loop", [0], [1], loop(step=-1)), "reaches out of a buffer"),
    (program(PAIR, "loop", [0], [1], loop(step=1 << 61)), "impossible step"),
    (program(PAIR, "loop", [0], [1], loop(length=5)), "reaches out of a buffer"),
    (program(PAIR, "loop", [0], [1], loop(length=1 << 62, step=0)), "impossible length"),
    (program(PAIR, "loop", [0], [1], loop(length=-2)), "impossible length"),
    (program(PAIR, "loop", [0], [1], loop(into=2)), "reaches out of a buffer"),
    (program(PAIR, "loop", [0], [1], loop(reduce=SUM, into=0)), "part of a buffer"),
    (program(PAIR, "loop", [0], [1], loop(reduce=17)), "a reduction that there is not"),
    (program(WIDE, "loop", [0], [1], loop()), "another dtype"),
    (program(WIDE, "loop", [0], [1], loop(F64)), "another dtype"),
    (program(PAIR, "loop", [0], [-1], loop()), "writes a buffer not there"),
    (program(PAIR, "loop", [2], [1], loop()), "reads a buffer not there"),
    (program(PAIR, "loop", [0], [1], loop(), arena=12), "outside its memory"),
    (program([buffer(F32, 4), buffer(F32, 4, place=2)], "loop", [0], [1], loop()),
     "outside its memory"),
    (program([buffer(F32, 4), buffer(F32, 0, place=2)], "loop", [0], [1], loop(length=0)),
     "writes into the constants"),
    (program([buffer(F32, 4), buffer(F32, 4, at=4)], "loop", [0], [1], loop(), given=[0]),
     "outside its memory"),
    (program([buffer(F32, 4), buffer(F32, 4, input=3)], "loop", [0], [1], loop(), given=[0]),
     "an input that is not there"),
    (program([buffer(F32, 4), buffer(F32, 4, place=9)], "loop", [0], [1], loop(), given=[0]),
     "unknown place"),
    (program([buffer(F32, 4), buffer(99, 4, place=0)], "loop", [0], [1], loop()), "unknown dtype"),
    (program([buffer(F32, -4)], "loop", [0], [0], loop()), "impossible length"),
    (program(ROW, "matrix_product", [0, 1], [2], product(k=4)), "reaches out of a buffer"),
    (program(ROW, "matrix_product", [0, 1], [2], product(offset=1)), "reaches out of a buffer"),
    (program(ROW, "matrix_product", [0, 1], [2], product(step=3)), "reaches out of a buffer"),
    (program(ROW, "matrix_product", [0, 1], [2], product(into=3)), "reaches out of a buffer"),
    (program(ROW, "matrix_product", [0, 1], [0], product()), "does not fit its output"),
    (program(ROW, "matrix_product", [0], [2], product()), "lacks an operand"),
    (program(ROW, "nonsense", [0], [2], []), "no kernel is called nonsense"),
    (program(PAIR, "scan", [0], [1], [1, 0, 4, 0], (BODY,)), "does not fit its body"),
    (program([*PAIR, buffer(F32, 4, place=0)], "scan", [0], [1, 2], [1, 0, 4, 0], (BODY,)),
     "arrays do not fit its body"),
    (program(PAIR, "cond", [0, 0], [1], [], (BODY, BODY)), "does not fit its sides"),
    (program([buffer(BOOL), *PAIR[1:] * 2], "cond", [0, 1], [2], [], (BODY,)),
     "does not fit its sides"),
])
def test_a_program_that_would_touch_foreign_memory_is_refused(quick, tmp_path, words, sentence):
    recording = Words()
    recording.text("bad")
    recording.add(0, *listed(words))
    recording.data(b"")
    recording.add(0, 0)
    whole = Words([MAGIC, 1])
    whole.recording(recording)
    (tmp_path / "bad").write_bytes(whole.words.tobytes())
    done = ran(quick / "replay", tmp_path / "bad")
    assert done.returncode == 1
    assert done.stderr.startswith("replay: bad: ")
    assert sentence in done.stderr


# The deep run ------------------------------------------------------------------------------------

@pytest.mark.deep
@pytest.mark.parametrize("sanitize", ["", "address,undefined", "thread"])
def test_all_programs_are_clean(sanitize, tmp_path):
    place = programs(f"programs-{sanitize.replace(',', '-') or 'plain'}", sanitize)
    write_recordings(tmp_path / "recordings", plans=300, first=5000)
    for jit in ("on", "off"):
        well(place / "replay", tmp_path / "recordings", 3, PELLUCID_JIT=jit)
        if sanitize != "thread":                     # each attempt is a process of its own
            well(place / "replay", "--fuzz", 5000, 2, tmp_path / "recordings", PELLUCID_JIT=jit)
    for isa in ("plain", "avx2", "avx512"):          # what the machine lacks is not taken
        well(place / "replay", tmp_path / "recordings", 1, PELLUCID_ISA=isa)
    for each in sorted((ROOT / "native" / "programs").glob("*.cpp")):
        if each.stem != "replay" and not each.stem.endswith(SPEEDS):
            well(place / each.stem)


@pytest.mark.deep
@pytest.mark.parametrize("jit", ["on", "off"])
def test_the_tests_of_the_engine_run_on_a_sanitized_extension(jit, tmp_path):
    nanobind = importlib.util.find_spec("nanobind")
    if nanobind is None or not nanobind.submodule_search_locations:
        pytest.skip("needs nanobind, which ./dev setup brings")
    cmake_dir = Path(next(iter(nanobind.submodule_search_locations))) / "cmake"
    place = build("extension-sanitized", "address,undefined", f"-Dnanobind_DIR={cmake_dir}",
                  f"-DPython_EXECUTABLE={sys.executable}", targets=("_native",))
    extension = next(place.glob("_native*.so"))
    runtime = [subprocess.run([COMPILER, f"-print-file-name={name}"], capture_output=True,
                              text=True, check=True).stdout.strip()
               for name in ("libasan.so", "libstdc++.so")]
    reports = f"log_path={tmp_path / 'report'}"              # pytest would swallow them
    environment = os.environ | {
        "LD_PRELOAD": ":".join(runtime), "PELLUCID_SANITIZED": str(extension),
        # Python keeps what it has; a MemoryError is no mistake
        "ASAN_OPTIONS": f"detect_leaks=0,allocator_may_return_null=1,{reports}",
        "UBSAN_OPTIONS": f"print_stacktrace=1,{reports}",
        "PELLUCID_NATIVE": "require", "PELLUCID_PROFILE": "ci", "PELLUCID_JIT": jit}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "tests.engines.sanitized", "-p",
         "no:cacheprovider", "--ignore", "tests/engines/test_cpp_programs.py", "tests/engines",
         "tests/models"], cwd=ROOT, env=environment, capture_output=True, text=True)
    told = [report.read_text()[:4000] for report in sorted(tmp_path.glob("report*"))]
    assert done.returncode == 0, "\n".join([done.stdout[-5000:], *told])
