"""Which bytes break a reader? Coverage-guided, with atheris: `make fuzz TARGET=html TIME=600`.

    python -m tests.fuzz.run [--target NAME] [--time SECONDS] [--seed-directory DIR]

Without a target every one gets its turn, in a process of its own. What was found interesting is kept in
var/fuzz/NAME and is where the next run goes on; what broke a reader is var/fuzz/NAME-crash-*.
"""

import argparse
import contextlib
import hashlib
import subprocess
import sys
from pathlib import Path

_KEPT = Path("var/fuzz")
_MAX_LENGTH = 64 * 1024
# Seconds for one input; the tests of the targets are stricter, and free of instrumentation.
_LONGEST = 25


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--target")
    parser.add_argument("--time", type=int, default=60, help="seconds for each target")
    parser.add_argument("--seed-directory", action="append", default=[])
    chosen = parser.parse_args()
    if chosen.target is None:
        sys.exit(_each_in_turn(sys.argv[1:]))
    _fuzz(chosen.target, chosen.time, chosen.seed_directory)


def _each_in_turn(arguments: list[str]) -> int:
    from tests.fuzz.targets import TARGETS

    broken = []
    for name in TARGETS:
        print(f"== {name}", flush=True)
        done = subprocess.run(
            [sys.executable, "-m", __spec__.name, "--target", name, *arguments], check=False
        )
        broken += [name] if done.returncode else []
    print("broken:", ", ".join(broken) or "none")
    return 1 if broken else 0


def _corpus(target: str, directories: list[str]) -> Path:
    """The directory of the target, with the seeds in it."""
    from tests.fuzz.seeds import seeds

    folder = _KEPT / target
    folder.mkdir(parents=True, exist_ok=True)
    for raw in seeds(directories):
        name = hashlib.sha256(raw).hexdigest()[:16]
        with contextlib.suppress(FileExistsError), (folder / name).open("xb") as file:
            file.write(raw[:_MAX_LENGTH])
    return folder


def _fuzz(name: str, seconds: int, directories: list[str]) -> None:
    """Ends the process: 0 where the time was up, else what libFuzzer says."""
    import atheris

    # Nothing of milter may be imported before this: what is loaded already is not instrumented.
    with atheris.instrument_imports(include=["milter"]):
        from tests.fuzz.targets import TARGETS
    if name not in TARGETS:
        sys.exit(f"no target {name!r}; there are: {', '.join(sorted(TARGETS))}")
    corpus = _corpus(name, directories)
    options = [
        f"-max_total_time={seconds}", f"-timeout={_LONGEST}", f"-max_len={_MAX_LENGTH}",
        "-rss_limit_mb=4096", "-print_final_stats=1",
        f"-artifact_prefix={_KEPT / name}-", "-verbosity=0",
    ]  # fmt: skip
    atheris.Setup([sys.argv[0], *options, str(corpus)], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
