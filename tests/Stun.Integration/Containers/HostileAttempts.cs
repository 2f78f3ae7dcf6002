using System.Text.RegularExpressions;

namespace Stun.Integration.Containers;

/// <param name="Results">By driver; the empty name is every other driver.</param>
internal sealed record Attempt(string Name, IReadOnlyDictionary<string, string> Results)
{
    public string Expected(string driver) => Results.GetValueOrDefault(driver, Results[""]);
}

internal sealed record AttemptGroup(
    string Name, string Title, Func<HostileScene, Task<Measured>> MeasureAsync, IReadOnlyList<Attempt> Attempts);

/// <summary>
/// What hostile programs try, and how it must end. A line is a name, the result with every driver, and after bars the
/// drivers that answer otherwise: gVisor is a kernel of its own, where a program may do to itself what it likes.
/// </summary>
internal static class HostileAttempts
{
    public static IReadOnlyList<AttemptGroup> Groups { get; } =
    [
        new("calls", "System calls and files of the kernel", HostileMeasures.CallsAsync, Read(Calls)),
        new("walk", "Changing every file there is", HostileMeasures.WalkAsync, Read(Walk)),
        new("bombs", "Bombs", HostileMeasures.BombsAsync, Read(Bombs)),
        new("outputs", "Tricks in outputs", HostileMeasures.OutputsAsync, Read(Outputs)),
        new("images", "Images with traps", HostileMeasures.ImagesAsync, Read(Images)),
        new("directories", "Working directories", HostileMeasures.DirectoriesAsync, Read(Directories)),
        new("commands", "Commands", HostileMeasures.CommandsAsync, Read(Commands)),
        new("neighbours", "Neighbours", HostileMeasures.NeighboursAsync, Read(Neighbours)),
    ];

    private const string Calls = """
        descriptors = 0+1+2
        descriptors-of-first = 0+1+2
        connect-ipv4-out = ENETUNREACH | runsc = EHOSTUNREACH
        connect-ipv6-out = ENETUNREACH | runsc = EHOSTUNREACH
        connect-udp-out = ENETUNREACH | runsc = EHOSTUNREACH
        connect-metadata-service = ENETUNREACH | runsc = EHOSTUNREACH
        connect-ipv4-host-loopback = ECONNREFUSED
        connect-ipv6-host-loopback = ECONNREFUSED
        connect-abstract-host = ECONNREFUSED
        list-interfaces = lo
        change-interface = EPERM | runsc = EACCES
        socket-vsock = EPERM
        socket-packet = EPERM
        socket-raw-ipv4 = EPERM
        socket-raw-ipv6 = EPERM
        socket-ping = EACCES | runsc = OK
        socket-netlink-audit = EPERM
        socket-netlink-netfilter = EPERM
        socket-netlink-uevent = EPERM
        socket-netlink-generic = EPERM
        socket-netlink-sock-diag = EPERM
        socket-netlink-xfrm = EPERM
        socket-alg = EPERM
        socket-key = EPERM
        socket-bluetooth = EPERM
        socket-can = EPERM
        socket-tipc = EPERM
        socket-rds = EPERM
        socket-smc = EPERM
        socket-xdp = EPERM
        socket-qipcrtr = EPERM
        socket-unknown-family = EPERM
        socketpair-tipc = EAFNOSUPPORT
        mount-tmpfs = EPERM
        mount-proc = EPERM
        mount-bind = EPERM
        remount-writable = EPERM
        mount-shared = EPERM
        umount-proc = EPERM
        umount-shell = EPERM
        umount-in = EPERM
        pivot-root = EPERM
        chroot = EPERM
        open-tree = EPERM
        move-mount = EPERM
        fsopen = EPERM
        fspick = EPERM
        mount-setattr = EPERM
        unshare-user = EPERM
        unshare-mount = EPERM
        unshare-net = EPERM
        unshare-pid = EPERM
        unshare-ipc = EPERM
        unshare-uts = EPERM
        unshare-cgroup = EPERM
        unshare-time = EPERM
        clone-user = EPERM
        clone-mount = EPERM
        clone-net = EPERM
        clone-user-and-mount = EPERM
        clone3-user = ENOSYS
        setns-own-user = EPERM
        setns-first-mount = EPERM
        setns-pidfd = EPERM
        start-thread = OK
        ptrace-me = EPERM
        ptrace-attach = EPERM
        ptrace-seize-first = EPERM
        process-vm-readv = EPERM
        process-vm-writev = EPERM
        pidfd-getfd = EPERM
        kcmp = EPERM
        process-madvise = EPERM
        kill-host-process = ESRCH
        count-foreign-processes = 0
        count-visible-processes = 2
        read-host-environment = refused
        lower-nice = EACCES | runsc = OK
        realtime-fifo = refused
        realtime-deadline = refused
        realtime-disk = refused
        raise-open-files = EPERM
        raise-core-size = EPERM
        raise-locked-memory = EPERM
        limit-of-first-process = EPERM
        bpf = EPERM
        add-key = EPERM
        request-key = EPERM
        keyctl-join-session = EPERM
        keyctl-session-keyring = EPERM
        userfaultfd = EPERM
        io-uring-setup = EPERM
        io-uring-enter = EPERM
        io-uring-register = EPERM
        perf-event-open = EPERM
        open-by-handle-at = EPERM
        name-to-handle-at = EPERM
        fanotify-init = EPERM
        kexec-load = EPERM
        kexec-file-load = EPERM
        init-module = EPERM
        finit-module = EPERM
        delete-module = EPERM
        personality-no-randomisation = EPERM
        personality-read-implies-exec = EPERM
        swapon = EPERM
        swapoff = EPERM
        reboot = EPERM
        settimeofday = EPERM
        clock-settime = EPERM
        adjtimex = EPERM
        sethostname = EPERM
        setdomainname = EPERM
        syslog = EPERM
        sync = EPERM
        quotactl = EPERM
        acct = EPERM
        vhangup = EPERM
        mbind = EPERM
        set-mempolicy = EPERM
        move-pages = EPERM
        memfd-secret = EPERM
        unknown-call = refused
        iopl = EPERM
        ioperm = EPERM
        modify-ldt = EPERM
        x32-call = SIGSYS | runsc = EPERM
        i386-call = SIGSYS | runsc = EBADF
        mknod-device = EPERM
        mknod-disk = EPERM
        terminal-inject = refused
        terminal-inject-output = refused
        terminal-console = refused
        terminal-new = refused | runsc = OK | podman = OK
        setuid-root = EPERM
        setgid-root = EPERM
        setuid-other = EPERM
        setgroups = EPERM
        capset-all = EPERM
        capability-ambient = EPERM | runsc = EINVAL
        capability-bounding = 0
        no-new-privileges = 1
        new-privileges-again = EINVAL
        seccomp-off = EINVAL
        setuid-binary = euid=1000+egid=1000
        capability-binary = euid=1000+egid=1000
        setuid-own-program = euid=1000+egid=1000
        take-null-device = EPERM
        take-standard-input = EPERM
        host-name = stun
        read-kcore = refused
        read-proc-keys = refused
        read-timer-list = refused
        read-kmsg = refused
        read-dev-kmsg = refused
        read-dev-mem = refused
        read-dev-port = refused
        read-sched-debug = refused
        read-sys-firmware = refused
        read-sys-powercap = refused
        read-sys-debug = refused
        read-sys-tracing = refused
        read-proc-acpi = refused
        read-proc-scsi = refused
        read-kernel-addresses = refused
        open-dev-fuse = refused | runsc = OK
        open-dev-tun = refused | runsc = OK
        open-dev-kvm = refused
        open-dev-loop = refused
        open-image-memory-device = refused
        open-image-null-device = refused
        open-image-disk-device = refused
        write-sysrq-trigger = refused
        write-core-pattern = refused
        write-modprobe = refused
        write-hostname = refused
        write-pid-max = refused
        write-ip-forward = refused
        write-shm-max = refused
        write-binfmt-misc = refused
        write-uevent-program = refused
        write-oom-score = refused | runsc = OK
        write-uid-map = refused
        write-gid-map = refused
        write-memory-of-first = refused
        write-own-program = refused
        write-first-program = refused
        write-shell = refused
        truncate-shell = refused
        leave-by-first-root = refused
        leave-by-first-cwd = refused
        write-cgroup-limit = 0
        dump-core = SIGABRT
        kill-everything = survived
        secret-of-the-daemon = unseen
        the-program-itself = exit 0
        """;

    private const string Walk = """
        create-everywhere = /dev/shm /out /tmp
        write-everywhere = the usual devices | runsc = the usual devices /dev/fuse /dev/net/tun /dev/pts/ptmx \
            | podman = the usual devices /.stun/err /.stun/out /dev/pts/ptmx
        link-everywhere = nowhere
        rename-everywhere = nowhere
        chmod-everywhere = nowhere | podman = /.stun/err /.stun/out
        xattr-everywhere = nowhere
        touch-everywhere = nowhere
        truncate-everywhere = nowhere
        unlink-everywhere = nowhere
        places-tried = seen enough
        """;

    private const string Bombs = """
        fork-bomb = timed out, refused EAGAIN | runsc = ended by a limit
        deaf-loop = timed out
        memory-bomb = out of memory
        memory-file-bomb = out of memory
        shared-memory-bomb = out of memory
        fill-out = disk full, ENOSPC
        fill-tmp = disk full, ENOSPC
        fill-shared-memory = exit 1, ENOSPC
        fill-dev = exit 1, EACCES
        fill-names = disk full, ENOSPC
        open-files = exit 0, EMFILE
        log-flood-of-a-gigabyte = log flood, 1048576 bytes kept
        """;

    private const string Outputs = """
        out-link = refused: not a file but a symbolic link
        out-link-to-root = refused: not a file but a symbolic link
        out-link-up = refused: not a file but a symbolic link
        out-link-to-itself = refused: not a file but a symbolic link
        out-link-to-program = refused: not a file but a symbolic link
        out-hard-link-of-shell = EXDEV
        out-hard-link-of-program = EXDEV
        out-hard-link-of-input = EXDEV
        out-fifo = EPERM
        out-socket = refused: not a file but a socket | runsc = not seen
        out-device = EPERM
        out-disk = EPERM
        out-huge = refused: 1099511627776 bytes, and 16777216 are left of 16777216
        out-unreadable = taken
        out-setuid = taken
        out-newline = refused: a control character in its name
        out-escape = refused: a control character in its name
        out-not-utf8 = refused: its name is not valid UTF-8
        out-replacement = refused: its name is not valid UTF-8
        out-longest = taken
        out-spaces = taken
        out-dots = taken
        out-dash = taken
        out-backslash = taken
        out-star = taken
        out-closed-directory = taken
        out-many-files = 20 taken, more than 20 files
        out-many-directories = 0 taken, more than 80 entries; none of it was taken
        out-deep = 1 taken
        out-deeper-than-a-path = 0 taken, its name is longer than 1024
        """;

    private const string Images = """
        image-of-absolute-links = exit 0, o+t
        image-of-links-upwards = exit 0, o+t
        image-of-links-to-themselves = exit 0, o+t
        image-of-links-to-a-process = exit 0, o+t
        image-of-files = exit 0, o+t
        image-of-directories-with-links = exit 0, o+t
        """;

    private const string Directories = """
        directory-of-a-descriptor = exit 127
        directory-of-first-process = getcwd /, up root
        directory-upwards = getcwd /, up root
        directory-relative = getcwd /, up root
        directory-that-is-a-file = exit 127
        directory-that-is-missing = exit 127
        """;

    private const string Commands = """
        command-loop = run.no-program
        command-step0 = run.no-program
        command-step20 = exit 127
        command-to-host = run.no-program
        command-to-host-upwards = run.no-program
        command-up-and-back = exit 127
        command-own-program = exit 127
        command-/proc/self/exe = exit 127
        command-/proc/self/fd/3 = run.no-program
        command-self-script = exit 127
        command-bare-script = exit 7
        command-no-program = exit 127
        command-/bin = run.no-program
        command-../../../../bin/true = exit 0
        command- = run.no-program
        """;

    private const string Neighbours = """
        neighbour-socket = ECONNREFUSED
        neighbour-memory = ENOENT
        neighbour-tmp = ENOENT
        neighbour-out = ENOENT
        neighbour-shm = ENOENT
        neighbour-processes = 2
        neighbours-users-on-the-host = differ
        """;

    private static Attempt[] Read(string table) =>
        // A line that ends in a backslash goes on.
        Regex.Replace(table, @"\\\n +", "").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line =>
        {
            var cells = line.Split(" | ");
            var (name, result) = Pair(cells[0]);
            var results = cells[1..].Select(Pair).ToDictionary(pair => pair.Name, pair => pair.Result);
            results[""] = result;
            return new Attempt(name, results);
        }).ToArray();

    private static (string Name, string Result) Pair(string text)
    {
        var parts = text.Split(" = ", 2);
        return (parts[0].Trim(), parts[1].Trim());
    }
}
