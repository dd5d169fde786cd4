"""A Debian of its own for the package: a debootstrap root (kept under build/systemd for the next
time), booted by systemd-nspawn over an overlay, so that nothing of a run stays. It has a network of
its own: one cable to another namespace, `outside`, from where it is asked as by a browser."""
import ctypes
import hashlib
import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / "build/systemd"
PATIENCE = 60
MACHINE, OUTSIDE = "10.99.0.1", "10.99.0."  # the latter from 10.99.0.11 on
SOURCES = range(11, 19)
TOOLS = ["debootstrap", "systemd-nspawn", "nsenter", "ip", "mount", "umount"]
PACKAGES = ["systemd", "systemd-sysv", "dbus", "openssl", "libpq5"]
# Whose dependencies debootstrap does not find its way through.
APT_PACKAGES = ["janus"]
STARTED_BY_ITSELF = "etc/systemd/system/multi-user.target.wants/janus.service"


class Skipped(Exception):
    """Why a step can't be taken on this machine."""


def run(*command, check=True, **options):
    done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=options.pop("timeout", 300), **options)
    if check and done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}: status {done.returncode}\n"
                           f"{done.stdout}")
    return done


def why_not():
    """Why no machine can be booted here; empty where one can."""
    if os.geteuid() != 0:
        return "only root can boot a machine"
    path = os.environ["PATH"] = os.environ["PATH"] + ":/usr/sbin:/sbin"
    missing = [tool for tool in TOOLS if not shutil.which(tool, path=path)]
    if missing:
        return f"not installed: {', '.join(missing)}"
    if "ID=debian\n" not in Path("/etc/os-release").read_text():
        return "this is no Debian"
    if not any(line.split()[2] in ("cgroup", "cgroup2")
               for line in Path("/proc/mounts").read_text().splitlines()):
        return "no cgroups are mounted"
    tried = run("unshare", "--mount", "--net", "sh", "-c", "ip link add rk0 type veth "
                "peer name rk1 && mount -t tmpfs none /mnt && mkdir /mnt/u /mnt/w /mnt/m && "
                "mount -t overlay -o lowerdir=/etc,upperdir=/mnt/u,workdir=/mnt/w none /mnt/m",
                check=False)
    return f"no namespaces, veth or overlays: {tried.stdout.strip()}" if tried.returncode else ""


def debian_sources():
    """Apt's sources of Debian itself on this machine, as (URL, suite, component)."""
    targets = run("apt-get", "indextargets", "--format",
                  "$(CREATED_BY) $(ORIGIN) $(REPO_URI) $(CODENAME) $(COMPONENT)").stdout
    return [tuple(words[2:]) for words in map(str.split, targets.splitlines())
            if words[:2] == ["Packages", "Debian"]]


def base_root(kind, packages, by_apt=()):
    """A minbase root with these packages more, made at the first time; `by_apt`: by the root's own apt."""
    release = dict(line.split("=", 1) for line in
                   Path("/etc/os-release").read_text().splitlines() if "=" in line)
    suite = release["VERSION_CODENAME"]
    packages = ",".join(packages)
    known = " ".join([suite, packages, *by_apt])
    root = HOME / f"{kind}-{hashlib.sha256(known.encode()).hexdigest()[:12]}"
    if root.exists():
        return root
    for old in HOME.glob(f"{kind}-*"):
        shutil.rmtree(old)
    mirror = next((url for url, *rest in debian_sources() if rest == [suite, "main"]), None)
    if mirror is None:
        raise RuntimeError(f"apt has no source for {suite} main")
    fresh = HOME / f"{kind}.new"
    shutil.rmtree(fresh, ignore_errors=True)
    HOME.mkdir(parents=True, exist_ok=True)
    print("systemd: making a Debian of its own, the first time", flush=True)
    run("debootstrap", "--variant=minbase", f"--include={packages}", suite, fresh, mirror,
        timeout=600)
    for words in (("update",), ("install", "--no-install-recommends", *by_apt)) if by_apt else ():
        run("chroot", fresh, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "--yes", *words)
    fresh.chmod(0o755)
    shutil.rmtree(fresh / "var/cache/apt/archives", ignore_errors=True)
    fresh.rename(root)
    return root


def clear_left_over():
    """What runs that were killed have left."""
    for folder in HOME.glob("run-*"):
        if not Path(f"/proc/{folder.name[4:]}").exists():
            run("umount", "--lazy", folder / "root", check=False)
            shutil.rmtree(folder)
    for name in os.listdir("/run/netns") if os.path.isdir("/run/netns") else []:
        pid = re.fullmatch(r"roomkey-(\d+)", name)
        if pid and not Path(f"/proc/{pid[1]}").exists():
            run("ip", "netns", "delete", name, check=False)


class Machine:
    """Between `with` and its end the machine is up; what was printed to its console is in .log."""

    def __init__(self, dependencies):
        self.base = base_root("root", PACKAGES + dependencies, APT_PACKAGES)
        self.folder = HOME / f"run-{os.getpid()}"
        self.root = self.folder / "root"
        self.log = self.folder / "console.log"
        self.outside = f"roomkey-{os.getpid()}"
        self.cable = f"ve-rk{os.getpid()}"
        self.nspawn = None

    def __enter__(self):
        clear_left_over()
        for name in ("root", "upper", "work"):
            (self.folder / name).mkdir(parents=True)
            (self.folder / name).chmod(0o755)
        run("mount", "-t", "overlay", "-o", f"lowerdir={self.base},upperdir={self.folder}/upper,"
            f"workdir={self.folder}/work", "overlay", self.root)
        (self.root / STARTED_BY_ITSELF).unlink(missing_ok=True)  # until a step wants it
        run("ip", "netns", "add", self.outside)
        try:
            self.boot()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.nspawn and self.nspawn.poll() is None:
            self.nspawn.terminate()  # nspawn then shuts the machine down
            try:
                self.nspawn.wait(20)
            except subprocess.TimeoutExpired:
                self.nspawn.kill()
                self.nspawn.wait()
        run("ip", "netns", "delete", self.outside, check=False)
        run("umount", "--lazy", self.root, check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    def boot(self):
        with open(self.log, "ab") as log:
            self.nspawn = subprocess.Popen(
                ["systemd-nspawn", "--quiet", "--boot", f"--directory={self.root}",
                 f"--machine={self.cable[3:]}", "--network-veth", "--register=no", "--keep-unit",
                 "--resolv-conf=off", "--timezone=off", "--link-journal=no", "--console=pipe",
                 "--system-call-filter=bpf"],  # else units' IPAddressDeny= would be in force nowhere
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                preexec_fn=lambda: ctypes.CDLL(None).prctl(1, signal.SIGTERM))  # PR_SET_PDEATHSIG
        self.wait_until_up()

    def leader(self):
        """The machine's first process, as it is called out here."""
        if self.nspawn.poll() is not None:
            return None
        children = Path(f"/proc/{self.nspawn.pid}/task/{self.nspawn.pid}/children").read_text()
        return children.split()[0] if children else None

    def wait_until_up(self):
        def up():
            if self.nspawn.poll() is not None:
                raise RuntimeError(f"the machine did not boot:\n{self.log.read_text()[-3000:]}")
            leader = self.leader()
            if not leader or Path(f"/proc/{leader}/comm").read_text() != "systemd\n":
                return False
            state = self("systemctl", "is-system-running", check=False).stdout.strip()
            return state in ("running", "degraded")
        until(up, "the machine is up")
        self.plug_in()

    def plug_in(self):
        run("ip", "link", "set", self.cable, "netns", self.outside)
        for source in SOURCES:
            run("ip", "-n", self.outside, "address", "add", f"{OUTSIDE}{source}/24", "dev",
                self.cable)
        run("ip", "-n", self.outside, "link", "set", self.cable, "up")
        net = ["nsenter", f"--target={self.leader()}", "--net", "ip"]
        run(*net, "address", "add", f"{MACHINE}/24", "dev", "host0")
        run(*net, "link", "set", "host0", "up")

    def reboot(self):
        self("systemctl", "reboot", check=False)
        status = self.nspawn.wait(PATIENCE)
        if status != 133:  # nspawn's word for it, where it may not do it itself
            raise RuntimeError(f"a reboot ended with status {status}")
        run("ip", "-n", self.outside, "link", "delete", self.cable, check=False)
        self.boot()

    def command(self, *words):
        """The words as a command inside, with an administrator's environment and no terminal."""
        return ["nsenter", f"--target={self.leader()}", "--mount", "--uts", "--ipc", "--net",
                "--pid", "--wdns=/root", "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
                "LANG=C.UTF-8", "DEBIAN_FRONTEND=noninteractive", "SYSTEMD_PAGER=", "HOME=/root",
                "SYSTEMD_COLORS=0", *map(str, words)]

    def __call__(self, *words, **options):
        return run(*self.command(*words), **options)

    def sh(self, script, **options):
        return self("sh", "-ec", script, **options)

    def write(self, path, text, mode="600"):
        with subprocess.Popen(self.command("sh", "-ec", f"cat >'{path}'; chmod {mode} '{path}'"),
                              stdin=subprocess.PIPE) as writer:
            writer.communicate(text if isinstance(text, bytes) else text.encode())

    def show(self, unit, *properties):
        """Values of the unit's properties, in the order asked for."""
        wanted = [f"--property={name}" for name in properties]
        said = self("systemctl", "show", unit, *wanted).stdout
        values = dict(line.split("=", 1) for line in said.splitlines())
        found = [values.get(name, "") for name in properties]
        return found[0] if len(properties) == 1 else found


def until(happens, what, patience=PATIENCE):
    end = time.monotonic() + patience
    while not happens():
        if time.monotonic() > end:
            raise RuntimeError(f"not within {patience} s: {what}")
        time.sleep(0.1)
