"""A PostgreSQL server of the tests' own, on a socket in a directory of theirs."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path


def programs() -> Path | None:
    """Where Debian keeps the newest server's programs; None where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: float(p.parts[-3]))
    return found[-1].parent if found else None


class Server:
    """A running server. `url` is its database for the quarantine."""

    def __init__(self, directory: Path, bin_directory: Path) -> None:
        self._bin = bin_directory
        self.directory = directory
        self.data = directory / "data"

    def initialise(self) -> None:
        """Make the files of an empty cluster."""
        if os.geteuid() == 0:
            postgres = pwd.getpwnam("postgres")
            os.chown(self.directory, postgres.pw_uid, postgres.pw_gid)
        self._run("initdb", "-D", self.data, "-U", "vigimel", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        # No test cuts the power of this machine: what the kernel has survives any process, and is enough.
        options = f"-k {self.directory} -c listen_addresses='' -c max_connections=100 -c fsync=off"
        self._run("pg_ctl", "-D", self.data, "-l", self.directory / "log", "-w", "-o", options, "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop it: fast, or `immediate` as a power cut would."""
        self._run("pg_ctl", "-D", self.data, "-w", "-m", mode, "stop")

    @contextmanager
    def hanging(self) -> Iterator[None]:
        """It answers nobody, and closes nothing, as long as the context lasts."""
        main = int((self.data / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{main}/task/{main}/children").read_text().split()
        pids = [main, *map(int, children)]
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGCONT)

    def sql(self, statement: str, name: str = "postgres") -> None:
        """Run a statement."""
        self._run("psql", "-h", self.directory, "-U", "vigimel", "-d", name, "-qc", statement)

    def holds(self, wanted: bytes) -> bool:
        """True where these bytes stand in a file of a table (not of the write-ahead log)."""
        files = (path for path in (self.data / "base").rglob("*") if path.is_file())
        return any(wanted in path.read_bytes() for path in files)

    def url(self, name: str) -> str:
        """The address of a database."""
        return f"postgresql://vigimel@/{name}?host={self.directory}"

    def _run(self, program: str, *arguments: str | Path) -> None:
        command: Sequence[str] = [str(self._bin / program), *map(str, arguments)]
        if os.geteuid() == 0:
            # It refuses to run as root.
            command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command]
        done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stdout}{done.stderr}")


@contextmanager
def running() -> Iterator[Server]:
    """A server, started; stopped and its files removed in the end."""
    bin_directory = programs()
    if bin_directory is None:
        raise FileNotFoundError("no PostgreSQL server below /usr/lib/postgresql")
    # Not below pytest's directories, which only their owner may enter; a socket's path has 107 bytes.
    directory = Path(tempfile.mkdtemp(prefix="vigimel-pg-"))
    server = Server(directory, bin_directory)
    try:
        server.initialise()
        server.start()
        try:
            yield server
        finally:
            server.stop("immediate")
    finally:
        shutil.rmtree(directory, ignore_errors=True)
