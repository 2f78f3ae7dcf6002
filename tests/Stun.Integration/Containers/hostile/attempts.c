/*
 * What a hostile program would try inside a container. Built static by the tests, so that it runs in any image.
 *
 * It prints one line per attempt: its name and OK, the name of the error, or what it saw. It judges nothing: what is
 * right stands in HostileAttempts.cs. Every attempt has a process of its own, so that one that succeeds does not
 * change what the next one finds, and a short alarm, so that none can hold the others up.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <linux/capability.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#define ALARM_SECONDS 5

static long host_process;
static int host_port;
static const char *host_socket;

/* ---- how an attempt is told ---- */

static char told[512];

static long tell(long result)
{
    snprintf(told, sizeof told, "%s", result == -1 ? strerrorname_np(errno) : "OK");
    return result;
}

static void tell_text(const char *text) { snprintf(told, sizeof told, "%s", text); }

static void attempt(const char *name, void (*what)(void))
{
    fflush(stdout);
    pid_t child = fork();
    if (child == -1) { printf("%s no fork: %s\n", name, strerrorname_np(errno)); return; }
    if (child == 0)
    {
        alarm(ALARM_SECONDS);
        tell_text("said nothing");
        what();
        printf("%s %s\n", name, told);
        fflush(stdout);
        _exit(0);
    }
    int status;
    while (waitpid(child, &status, 0) == -1 && errno == EINTR) { }
    if (WIFSIGNALED(status)) printf("%s SIG%s\n", name, sigabbrev_np(WTERMSIG(status)));
}

#define TRY(name, ...) \
    do { auto void body(void); void body(void) { __VA_ARGS__; } attempt(name, body); } while (0)
#define CALL(name, ...) TRY(name, tell(syscall(__VA_ARGS__)))

/* ---- network ---- */

static void connect_to(int family, int type, const char *address, int port)
{
    int fd = socket(family, type, 0);
    if (fd == -1) { tell(-1); return; }
    struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons(port) };
    struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
    inet_pton(AF_INET, address, &four.sin_addr);
    inet_pton(AF_INET6, address, &six.sin6_addr);
    tell(family == AF_INET ? connect(fd, (void *)&four, sizeof four) : connect(fd, (void *)&six, sizeof six));
}

static void connect_abstract(const char *name)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd == -1) { tell(-1); return; }
    strncpy(address.sun_path + 1, name, sizeof address.sun_path - 2);
    tell(connect(fd, (void *)&address, offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name)));
}

/* Reading routes is harmless, changing them is not. */
static void change_network(void)
{
    struct { struct nlmsghdr head; struct ifinfomsg link; } ask =
    {
        .head = { .nlmsg_len = sizeof ask, .nlmsg_type = RTM_NEWLINK, .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK },
        .link = { .ifi_family = AF_UNSPEC, .ifi_index = 1, .ifi_change = IFF_UP },
    };
    struct { struct nlmsghdr head; struct nlmsgerr error; char rest[512]; } answer;
    int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
    if (fd == -1 || send(fd, &ask, sizeof ask, 0) == -1) { tell(-1); return; }
    if (recv(fd, &answer, sizeof answer, 0) == -1) { tell(-1); return; }
    errno = -answer.error.error;
    tell(errno ? -1 : 0);
}

/* "lo" alone is what a container should see. */
static void list_interfaces(void)
{
    struct if_nameindex *all = if_nameindex();
    if (!all) { tell(-1); return; }
    told[0] = 0;
    for (struct if_nameindex *one = all; one->if_index; one++)
        snprintf(told + strlen(told), sizeof told - strlen(told), "%s%s", told[0] ? "+" : "", one->if_name);
}

static void network(void)
{
    TRY("connect-ipv4-out", connect_to(AF_INET, SOCK_STREAM, "192.0.2.1", 80));
    TRY("connect-ipv6-out", connect_to(AF_INET6, SOCK_STREAM, "2001:db8::1", 80));
    TRY("connect-udp-out", connect_to(AF_INET, SOCK_DGRAM, "192.0.2.1", 53));
    TRY("connect-metadata-service", connect_to(AF_INET, SOCK_STREAM, "169.254.169.254", 80));
    TRY("connect-ipv4-host-loopback", connect_to(AF_INET, SOCK_STREAM, "127.0.0.1", host_port));
    TRY("connect-ipv6-host-loopback", connect_to(AF_INET6, SOCK_STREAM, "::1", host_port));
    TRY("connect-abstract-host", connect_abstract(host_socket));
    TRY("list-interfaces", list_interfaces());
    TRY("change-interface", change_network());
    CALL("socket-vsock", SYS_socket, AF_VSOCK, SOCK_STREAM, 0);
    CALL("socket-packet", SYS_socket, AF_PACKET, SOCK_RAW, 0);
    CALL("socket-raw-ipv4", SYS_socket, AF_INET, SOCK_RAW, IPPROTO_ICMP);
    CALL("socket-raw-ipv6", SYS_socket, AF_INET6, SOCK_RAW, IPPROTO_ICMPV6);
    CALL("socket-ping", SYS_socket, AF_INET, SOCK_DGRAM, IPPROTO_ICMP);
    CALL("socket-netlink-audit", SYS_socket, AF_NETLINK, SOCK_RAW, NETLINK_AUDIT);
    CALL("socket-netlink-netfilter", SYS_socket, AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);
    CALL("socket-netlink-uevent", SYS_socket, AF_NETLINK, SOCK_RAW, NETLINK_KOBJECT_UEVENT);
    CALL("socket-netlink-generic", SYS_socket, AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);
    CALL("socket-netlink-sock-diag", SYS_socket, AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG);
    CALL("socket-netlink-xfrm", SYS_socket, AF_NETLINK, SOCK_RAW, NETLINK_XFRM);
    CALL("socket-alg", SYS_socket, AF_ALG, SOCK_SEQPACKET, 0);
    CALL("socket-key", SYS_socket, AF_KEY, SOCK_RAW, 2);
    CALL("socket-bluetooth", SYS_socket, AF_BLUETOOTH, SOCK_RAW, 1);
    CALL("socket-can", SYS_socket, AF_CAN, SOCK_RAW, 1);
    CALL("socket-tipc", SYS_socket, AF_TIPC, SOCK_STREAM, 0);
    CALL("socket-rds", SYS_socket, AF_RDS, SOCK_SEQPACKET, 0);
    CALL("socket-smc", SYS_socket, AF_SMC, SOCK_STREAM, 0);
    CALL("socket-xdp", SYS_socket, AF_XDP, SOCK_RAW, 0);
    CALL("socket-qipcrtr", SYS_socket, AF_QIPCRTR, SOCK_DGRAM, 0);
    CALL("socket-unknown-family", SYS_socket, 63, SOCK_STREAM, 0);
    static int pair[2];
    CALL("socketpair-tipc", SYS_socketpair, AF_TIPC, SOCK_STREAM, 0, pair);
}

/* ---- mounts, roots, namespaces ---- */

static char child_stack[1 << 16];

static int child(void *nothing) { (void)nothing; return 0; }

static void clone_with(int flags)
{
    int result = clone(child, child_stack + sizeof child_stack, flags | SIGCHLD, NULL);
    tell(result);
    if (result > 0) waitpid(result, NULL, 0);
}

static void mounts(void)
{
    CALL("mount-tmpfs", SYS_mount, "x", "/tmp", "tmpfs", 0, "");
    CALL("mount-proc", SYS_mount, "x", "/tmp", "proc", 0, "");
    CALL("mount-bind", SYS_mount, "/", "/tmp", "", MS_BIND, "");
    CALL("remount-writable", SYS_mount, "", "/in", "", MS_REMOUNT | MS_BIND, "");
    CALL("mount-shared", SYS_mount, "", "/", "", MS_SHARED | MS_REC, "");
    CALL("umount-proc", SYS_umount2, "/proc", MNT_DETACH);
    CALL("umount-shell", SYS_umount2, "/.stun/sh", MNT_DETACH);
    CALL("umount-in", SYS_umount2, "/in", MNT_DETACH);
    CALL("pivot-root", SYS_pivot_root, "/tmp", "/tmp");
    CALL("chroot", SYS_chroot, "/tmp");
    CALL("open-tree", SYS_open_tree, AT_FDCWD, "/", 1);
    CALL("move-mount", SYS_move_mount, AT_FDCWD, "/in", AT_FDCWD, "/tmp", 0);
    CALL("fsopen", SYS_fsopen, "tmpfs", 0);
    CALL("fspick", SYS_fspick, AT_FDCWD, "/", 0);
    CALL("mount-setattr", SYS_mount_setattr, AT_FDCWD, "/in", 0, told, 32);
    CALL("unshare-user", SYS_unshare, CLONE_NEWUSER);
    CALL("unshare-mount", SYS_unshare, CLONE_NEWNS);
    CALL("unshare-net", SYS_unshare, CLONE_NEWNET);
    CALL("unshare-pid", SYS_unshare, CLONE_NEWPID);
    CALL("unshare-ipc", SYS_unshare, CLONE_NEWIPC);
    CALL("unshare-uts", SYS_unshare, CLONE_NEWUTS);
    CALL("unshare-cgroup", SYS_unshare, CLONE_NEWCGROUP);
    CALL("unshare-time", SYS_unshare, CLONE_NEWTIME);
    TRY("clone-user", clone_with(CLONE_NEWUSER));
    TRY("clone-mount", clone_with(CLONE_NEWNS));
    TRY("clone-net", clone_with(CLONE_NEWNET));
    TRY("clone-user-and-mount", clone_with(CLONE_NEWUSER | CLONE_NEWNS));
    TRY("clone3-user",
        uint64_t arguments[8] = { CLONE_NEWUSER, 0, 0, 0, SIGCHLD };
        long made = syscall(SYS_clone3, arguments, sizeof arguments);
        if (made == 0) _exit(0);
        tell(made));
    TRY("setns-own-user", tell(setns(open("/proc/self/ns/user", O_RDONLY), CLONE_NEWUSER)));
    TRY("setns-first-mount", tell(setns(open("/proc/1/ns/mnt", O_RDONLY), CLONE_NEWNS)));
    TRY("setns-pidfd", tell(setns(syscall(SYS_pidfd_open, 1, 0), CLONE_NEWNS)));
}

/* ---- other processes ---- */

static long count_signalled(void)
{
    long reached = 0;
    for (pid_t other = 2; other < 5000; other++)
        if (other != getpid() && other != getppid() && kill(other, 0) == 0) reached++;
    return reached;
}

static long count_processes(void)
{
    long seen = 0;
    DIR *all = opendir("/proc");
    if (!all) return -1;
    for (struct dirent *one; (one = readdir(all)); ) seen += one->d_name[0] >= '1' && one->d_name[0] <= '9';
    closedir(all);
    return seen;
}

static void read_memory_of(pid_t other)
{
    char here[8];
    struct iovec to = { here, sizeof here }, from = { told, sizeof here };
    tell(process_vm_readv(other, &to, 1, &from, 1, 0));
}

static void *in_thread(void *nothing) { return nothing; }

static void processes(void)
{
    /* No attack: what is refused must not break what every program may do. */
    TRY("start-thread", pthread_t thread; errno = pthread_create(&thread, NULL, in_thread, NULL); tell(errno ? -1 : 0));
    TRY("ptrace-me", tell(ptrace(PTRACE_TRACEME, 0, 0, 0)));
    TRY("ptrace-attach", tell(ptrace(PTRACE_ATTACH, getppid(), 0, 0)));
    TRY("ptrace-seize-first", tell(ptrace(PTRACE_SEIZE, 1, 0, 0)));
    TRY("process-vm-readv", read_memory_of(getppid()));
    TRY("process-vm-writev",
        struct iovec part = { told, 8 };
        tell(process_vm_writev(getppid(), &part, 1, &part, 1, 0)));
    CALL("pidfd-getfd", SYS_pidfd_getfd, 0, 0, 0);
    CALL("kcmp", SYS_kcmp, 1, getpid(), 0, 0, 0);
    CALL("process-madvise", SYS_process_madvise, 0, 0, 0, 0, 0);
    CALL("kill-host-process", SYS_kill, host_process, SIGKILL);
    TRY("count-foreign-processes", snprintf(told, sizeof told, "%ld", count_signalled()));
    /* Two are ours: this one and its parent, which is the first. */
    TRY("count-visible-processes", snprintf(told, sizeof told, "%ld", count_processes()));
    TRY("read-host-environment",
        char path[64];
        snprintf(path, sizeof path, "/proc/%ld/environ", host_process);
        tell(open(path, O_RDONLY)));
    CALL("lower-nice", SYS_setpriority, PRIO_PROCESS, 0, -20);
    TRY("realtime-fifo",
        struct sched_param one = { .sched_priority = 1 };
        tell(sched_setscheduler(0, SCHED_FIFO, &one)));
    TRY("realtime-deadline",
        struct { uint32_t size, policy; uint64_t flags; int32_t nice; uint32_t priority; uint64_t times[3]; } want =
            { sizeof want, 6, 0, 0, 0, { 1000000, 2000000, 2000000 } };
        tell(syscall(SYS_sched_setattr, 0, &want, 0)));
    CALL("realtime-disk", SYS_ioprio_set, 1, 0, 1 << 13);
    TRY("raise-open-files", struct rlimit more = { 1 << 19, 1 << 19 }; tell(setrlimit(RLIMIT_NOFILE, &more)));
    TRY("raise-core-size", struct rlimit more = { RLIM_INFINITY, RLIM_INFINITY }; tell(setrlimit(RLIMIT_CORE, &more)));
    TRY("raise-locked-memory",
        struct rlimit now;
        getrlimit(RLIMIT_MEMLOCK, &now);
        if (now.rlim_max == RLIM_INFINITY) { tell_text("unlimited"); return; }
        now.rlim_max++;
        tell(setrlimit(RLIMIT_MEMLOCK, &now)));
    CALL("limit-of-first-process", SYS_prlimit64, 1, RLIMIT_NOFILE, &(struct rlimit){ 1 << 19, 1 << 19 }, NULL);
}

/* ---- the kernel's doors ---- */

static void doors(void)
{
    static char zero[256];
    CALL("bpf", SYS_bpf, 0, zero, 72);
    CALL("add-key", SYS_add_key, "user", "x", "y", 1, -4);
    CALL("request-key", SYS_request_key, "user", "x", NULL, 0);
    CALL("keyctl-join-session", SYS_keyctl, 1, NULL);
    CALL("keyctl-session-keyring", SYS_keyctl, 0, -3, 1);
    CALL("userfaultfd", SYS_userfaultfd, 1);
    CALL("io-uring-setup", SYS_io_uring_setup, 8, zero);
    CALL("io-uring-enter", SYS_io_uring_enter, 0, 0, 0, 0, NULL, 0);
    CALL("io-uring-register", SYS_io_uring_register, 0, 0, NULL, 0);
    CALL("perf-event-open", SYS_perf_event_open, zero, 0, -1, -1, 0);
    CALL("open-by-handle-at", SYS_open_by_handle_at, AT_FDCWD, zero, O_RDONLY);
    CALL("name-to-handle-at", SYS_name_to_handle_at, AT_FDCWD, "/", zero, zero + 64, 0);
    CALL("fanotify-init", SYS_fanotify_init, 0, 0);
    CALL("kexec-load", SYS_kexec_load, 0, 0, NULL, 0);
    CALL("kexec-file-load", SYS_kexec_file_load, -1, -1, 0, "", 0);
    CALL("init-module", SYS_init_module, zero, 0, "");
    CALL("finit-module", SYS_finit_module, 0, "", 0);
    CALL("delete-module", SYS_delete_module, "x", 0);
    CALL("personality-no-randomisation", SYS_personality, 0x0040000);
    CALL("personality-read-implies-exec", SYS_personality, 0x0400000);
    CALL("swapon", SYS_swapon, "/tmp/x", 0);
    CALL("swapoff", SYS_swapoff, "/tmp/x");
    /* A wrong magic number: if the call comes through, it answers EINVAL, and the machine goes on. */
    CALL("reboot", SYS_reboot, 0, 0, 0, NULL);
    TRY("settimeofday", struct timeval now; gettimeofday(&now, NULL); tell(syscall(SYS_settimeofday, &now, NULL)));
    TRY("clock-settime",
        struct timespec now;
        clock_gettime(CLOCK_REALTIME, &now);
        tell(syscall(SYS_clock_settime, CLOCK_REALTIME, &now)));
    TRY("adjtimex", struct timex change = { .modes = ADJ_TICK, .tick = 10000 }; tell(syscall(SYS_adjtimex, &change)));
    CALL("sethostname", SYS_sethostname, "x", 1);
    CALL("setdomainname", SYS_setdomainname, "x", 1);
    CALL("syslog", SYS_syslog, 3, zero, sizeof zero);
    CALL("sync", SYS_sync);
    CALL("quotactl", SYS_quotactl, 0x800002 << 8, NULL, 0, NULL);
    CALL("acct", SYS_acct, "/tmp/x");
    CALL("vhangup", SYS_vhangup);
    CALL("mbind", SYS_mbind, NULL, 0, 0, NULL, 0, 0);
    CALL("set-mempolicy", SYS_set_mempolicy, 0, NULL, 0);
    CALL("move-pages", SYS_move_pages, 0, 0, NULL, NULL, NULL, 0);
    CALL("memfd-secret", SYS_memfd_secret, 0);
    CALL("unknown-call", 9999);
#ifdef __x86_64__
    CALL("iopl", SYS_iopl, 3);
    CALL("ioperm", SYS_ioperm, 0x80, 1, 1);
    CALL("modify-ldt", SYS_modify_ldt, 0, zero, sizeof zero);
    CALL("x32-call", 0x40000000 | SYS_getpid);
    TRY("i386-call",
        long answer = 20;
        __asm__ volatile("int $0x80" : "+a"(answer) : : "memory", "r8", "r9", "r10", "r11");
        if (answer < 0) errno = -answer;
        tell(answer < 0 ? -1 : 0));
#endif
    CALL("mknod-device", SYS_mknodat, AT_FDCWD, "/tmp/device", S_IFCHR | 0666, makedev(1, 3));
    CALL("mknod-disk", SYS_mknodat, AT_FDCWD, "/tmp/disk", S_IFBLK | 0666, makedev(7, 0));
    TRY("terminal-inject", char key = '\n'; tell(ioctl(0, TIOCSTI, &key)));
    TRY("terminal-inject-output", char key = '\n'; tell(ioctl(1, TIOCSTI, &key)));
    TRY("terminal-console", int fd = open("/dev/tty", O_RDWR); tell(fd));
    TRY("terminal-new", int fd = open("/dev/ptmx", O_RDWR); tell(fd));
}

/* ---- privilege ---- */

static void copy_program(const char *to)
{
    int from = open("/proc/self/exe", O_RDONLY), fd = open(to, O_CREAT | O_WRONLY, 0755);
    while (sendfile(fd, from, NULL, 1 << 20) > 0) { }
    close(from);
    close(fd);
}

static void privilege(void)
{
    CALL("setuid-root", SYS_setuid, 0);
    CALL("setgid-root", SYS_setgid, 0);
    CALL("setuid-other", SYS_setuid, 1001);
    static gid_t none;
    CALL("setgroups", SYS_setgroups, 1, &none);
    TRY("capset-all",
        struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };
        struct __user_cap_data_struct all[2] = { { ~0u, ~0u, ~0u }, { ~0u, ~0u, ~0u } };
        tell(syscall(SYS_capset, &head, all)));
    TRY("capability-ambient", tell(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, 21, 0, 0)));
    TRY("capability-bounding",
        int held = 0;
        for (int one = 0; one <= 40; one++) held += prctl(PR_CAPBSET_READ, one) == 1;
        snprintf(told, sizeof told, "%d", held));
    TRY("no-new-privileges", snprintf(told, sizeof told, "%d", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0)));
    TRY("new-privileges-again", tell(prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0)));
    TRY("seccomp-off", tell(prctl(PR_SET_SECCOMP, 0, 0, 0, 0)));
    TRY("setuid-binary", execl("/bin/setuid", "setuid", "identity", "setuid-binary", NULL); tell(-1));
    TRY("capability-binary", execl("/bin/capable", "capable", "identity", "capability-binary", NULL); tell(-1));
    TRY("setuid-own-program",
        if (chmod("/tmp/own", 06755)) { tell(-1); return; }
        execl("/tmp/own", "own", "identity", "setuid-own-program", NULL);
        tell(-1));
    /* The null device may be the machine's own; a runtime must not have given it away. */
    TRY("take-null-device", tell(chmod("/dev/null", 0666)));
    TRY("take-standard-input", tell(fchmod(0, 0666)));
    TRY("host-name", gethostname(told, sizeof told));
}

/* ---- files of the kernel ---- */

static void write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    tell(fd == -1 ? -1 : write(fd, text, strlen(text)));
}

/* How many bytes there are to read; a masked file is empty. */
static void read_file(const char *path)
{
    char byte[64];
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    ssize_t count = fd == -1 ? -1 : read(fd, byte, sizeof byte);
    if (count == 0) tell_text("empty");
    else tell(count);
}

static void list_directory(const char *path)
{
    long seen = 0;
    DIR *all = opendir(path);
    if (!all) { tell(-1); return; }
    for (struct dirent *one; (one = readdir(all)); ) seen += one->d_name[0] != '.';
    closedir(all);
    if (seen) tell(0); else tell_text("empty");
}

static int writable;

static int count_writable(const char *path, const struct stat *status, int kind, struct FTW *at)
{
    (void)status; (void)kind; (void)at;
    int fd = open(path, O_WRONLY | O_NONBLOCK);
    if (fd != -1) { writable++; close(fd); }
    return 0;
}

static void kernel_files(void)
{
    TRY("read-kcore", read_file("/proc/kcore"));
    TRY("read-proc-keys", read_file("/proc/keys"));
    TRY("read-timer-list", read_file("/proc/timer_list"));
    TRY("read-kmsg", read_file("/proc/kmsg"));
    TRY("read-dev-kmsg", read_file("/dev/kmsg"));
    TRY("read-dev-mem", read_file("/dev/mem"));
    TRY("read-dev-port", read_file("/dev/port"));
    TRY("read-sched-debug", read_file("/proc/sched_debug"));
    TRY("read-sys-firmware", list_directory("/sys/firmware"));
    TRY("read-sys-powercap", list_directory("/sys/devices/virtual/powercap"));
    TRY("read-sys-debug", list_directory("/sys/kernel/debug"));
    TRY("read-sys-tracing", list_directory("/sys/kernel/tracing"));
    TRY("read-proc-acpi", list_directory("/proc/acpi"));
    TRY("read-proc-scsi", list_directory("/proc/scsi"));
    TRY("read-kernel-addresses",
        FILE *symbols = fopen("/proc/kallsyms", "r");
        char line[256];
        if (!symbols) { tell(-1); return; }
        int shown = 0;
        while (!shown && fgets(line, sizeof line, symbols)) shown = strtoull(line, NULL, 16) != 0;
        tell_text(shown ? "OK" : "hidden"));
    TRY("open-dev-fuse", tell(open("/dev/fuse", O_RDWR)));
    TRY("open-dev-tun", tell(open("/dev/net/tun", O_RDWR)));
    TRY("open-dev-kvm", tell(open("/dev/kvm", O_RDWR)));
    TRY("open-dev-loop", tell(open("/dev/loop-control", O_RDWR)));
    TRY("open-image-memory-device", tell(open("/devices/memory", O_RDONLY)));
    TRY("open-image-null-device", tell(open("/devices/null", O_RDWR)));
    TRY("open-image-disk-device", tell(open("/devices/loop", O_RDONLY)));
    TRY("write-sysrq-trigger", write_file("/proc/sysrq-trigger", "?"));
    TRY("write-core-pattern", write_file("/proc/sys/kernel/core_pattern", "core"));
    TRY("write-modprobe", write_file("/proc/sys/kernel/modprobe", "/x"));
    TRY("write-hostname", write_file("/proc/sys/kernel/hostname", "x"));
    TRY("write-pid-max", write_file("/proc/sys/kernel/ns_last_pid", "9"));
    TRY("write-ip-forward", write_file("/proc/sys/net/ipv4/ip_forward", "1"));
    TRY("write-shm-max", write_file("/proc/sys/kernel/shmmax", "1"));
    TRY("write-binfmt-misc", write_file("/proc/sys/fs/binfmt_misc/register", ":x:"));
    TRY("write-uevent-program", write_file("/sys/kernel/uevent_helper", "/x"));
    TRY("write-oom-score", write_file("/proc/self/oom_score_adj", "-1000"));
    TRY("write-uid-map", write_file("/proc/self/uid_map", "0 0 1"));
    TRY("write-gid-map", write_file("/proc/self/gid_map", "0 0 1"));
    TRY("write-memory-of-first", write_file("/proc/1/mem", "x"));
    TRY("write-own-program", write_file("/proc/self/exe", "x"));
    TRY("write-first-program", write_file("/proc/1/exe", "x"));
    TRY("write-shell", write_file("/.stun/sh", "x"));
    TRY("truncate-shell", tell(truncate("/.stun/sh", 0)));
    TRY("leave-by-first-root", tell(open("/proc/1/root/../../../../lock", O_RDONLY)));
    TRY("leave-by-first-cwd", tell(open("/proc/1/cwd/../../../../lock", O_RDONLY)));
    /* The kernel shows a container only its own part of the tree, and a runtime may show no tree at all. */
    TRY("write-cgroup-limit",
        nftw("/sys/fs/cgroup", count_writable, 16, FTW_PHYS);
        snprintf(told, sizeof told, "%d", writable));
}

/* ---- descriptors, working directory, environment ---- */

static int cmp_int(const void *left, const void *right) { return *(const int *)left - *(const int *)right; }

static void list_descriptors(const char *name, const char *path)
{
    int found[256], count = 0;
    DIR *all = opendir(path);
    if (!all) { printf("%s %s\n", name, strerrorname_np(errno)); return; }
    for (struct dirent *one; (one = readdir(all)) && count < 256; )
        if (one->d_name[0] != '.' && atoi(one->d_name) != dirfd(all)) found[count++] = atoi(one->d_name);
    closedir(all);
    qsort(found, count, sizeof *found, cmp_int);
    printf("%s ", name);
    for (int at = 0; at < count; at++) printf("%s%d", at ? "+" : "", found[at]);
    printf("\n");
}

/* The kernel's own answer: it says "(unreachable)" of a place outside the root. */
static void where_am_i(void)
{
    static char path[8192];
    long length = syscall(SYS_getcwd, path, sizeof path);
    printf("getcwd %s\n", length < 0 ? strerrorname_np(errno) : path);
    struct stat up, root;
    for (int step = 0; step < 100; step++) if (chdir("..")) { printf("up %s\n", strerrorname_np(errno)); return; }
    stat(".", &up);
    stat("/", &root);
    printf("up %s\n", up.st_dev == root.st_dev && up.st_ino == root.st_ino ? "root" : "outside");
}

/* ---- writing everywhere ---- */

static long seen;

static void wrote(const char *how, const char *path)
{
    printf("%s %s\n", how, path);
}

static int is_inside_own_process(const char *path)
{
    return !strncmp(path, "/proc/self/", 11) || !strncmp(path, "/proc/thread-self/", 18)
        || (!strncmp(path, "/proc/", 6) && path[6] >= '0' && path[6] <= '9');
}

/* A masked file is the null device laid over it, and one whose writes go nowhere. */
static int is_masked(const char *path, const struct stat *status)
{
    return !strncmp(path, "/proc/", 6) && S_ISCHR(status->st_mode) && status->st_rdev == makedev(1, 3);
}

static int is_ours(const char *path)
{
    return !strcmp(path, "/tmp") || !strcmp(path, "/out") || !strcmp(path, "/dev/shm");
}

static void write_directory(const char *path)
{
    char other[4200];
    snprintf(other, sizeof other, "%s/.hostile", path);
    int fd = open(other, O_CREAT | O_EXCL | O_WRONLY, 0600);
    int is_written = fd != -1;
    if (fd != -1) close(fd);
    unlink(other);
    is_written |= mkdir(other, 0700) == 0;
    rmdir(other);
    is_written |= symlink("/", other) == 0;
    unlink(other);
    if (is_written) wrote("create", path);
}

static void write_node(const char *path, const struct stat *status)
{
    char other[4200];
    int is_file = S_ISREG(status->st_mode);
    snprintf(other, sizeof other, "%s.hostile", path);
    if (rename(path, other) == 0) { wrote("rename", path); rename(other, path); }
    if (chmod(path, status->st_mode & 07777) == 0) wrote("chmod", path);
    if (setxattr(path, "user.x", "y", 1, 0) == 0) wrote("xattr", path);
    if (S_ISDIR(status->st_mode)) return;
    int fd = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY);
    if (fd != -1) { wrote("write", path); close(fd); }
    /* A second name in our own directory would let us keep or change what is not ours. */
    if (is_file && link(path, "/tmp/.hostile") == 0) wrote("link", path);
    unlink("/tmp/.hostile");
    if (is_file && utimensat(AT_FDCWD, path, NULL, 0) == 0) wrote("touch", path);
    if (is_file && truncate(path, 0) == 0) wrote("truncate", path);
    if (is_file && unlink(path) == 0) wrote("unlink", path);
}

/* Never by links; what cannot be read is left out, and the walk goes on. */
static void walk(const char *directory, int depth)
{
    char path[4096];
    DIR *all = depth < 40 ? opendir(directory) : NULL;
    write_directory(directory);
    if (!all) return;
    for (struct dirent *one; (one = readdir(all)); )
    {
        struct stat status;
        if (!strcmp(one->d_name, ".") || !strcmp(one->d_name, "..")) continue;
        snprintf(path, sizeof path, "%s/%s", strcmp(directory, "/") ? directory : "", one->d_name);
        if (lstat(path, &status) || S_ISLNK(status.st_mode) || is_inside_own_process(path)) continue;
        if (!is_ours(path) && !is_masked(path, &status)) write_node(path, &status);
        if (S_ISDIR(status.st_mode)) walk(path, depth + 1);
        seen++;
    }
    closedir(all);
}

/* ---- bombs ---- */

static void fork_bomb(void)
{
    long refused = 0;
    signal(SIGCHLD, SIG_IGN);
    for (;;)
    {
        pid_t made = fork();
        if (made == -1 && ++refused == 1) { printf("refused %s\n", strerrorname_np(errno)); fflush(stdout); }
        if (made == 0) setsid();
    }
}

static void memory_bomb(void)
{
    for (;;) memset(malloc(1 << 20), 1, 1 << 20);
}

static void memory_file_bomb(void)
{
    static char block[1 << 20];
    int fd = memfd_create("x", 0);
    memset(block, 1, sizeof block);
    while (write(fd, block, sizeof block) > 0) { }
    printf("%s\n", strerrorname_np(errno));
}

static void shared_memory_bomb(void)
{
    for (int made = 0; ; made++)
    {
        int id = shmget(IPC_PRIVATE, 16 << 20, IPC_CREAT | 0600);
        char *at = id == -1 ? (void *)-1 : shmat(id, NULL, 0);
        if (at == (void *)-1) { printf("%s\n", strerrorname_np(errno)); exit(1); }
        memset(at, 1, 16 << 20);
        shmdt(at);
    }
}

static int fill(const char *path)
{
    static char block[1 << 16];
    int fd = open(path, O_CREAT | O_WRONLY, 0600);
    if (fd == -1) { printf("%s\n", strerrorname_np(errno)); return 1; }
    memset(block, 1, sizeof block);
    while (write(fd, block, sizeof block) > 0) { }
    printf("%s\n", strerrorname_np(errno));
    return 1;
}

static int fill_names(void)
{
    char path[64];
    for (int made = 0; made < 10000000; made++)
    {
        snprintf(path, sizeof path, "/tmp/%d", made);
        int fd = open(path, O_CREAT | O_WRONLY, 0600);
        if (fd == -1) { printf("%s\n", strerrorname_np(errno)); return 1; }
        close(fd);
    }
    return 0;
}

static int flood(void)
{
    static char block[1 << 20];
    memset(block, 'x', sizeof block);
    for (int at = 0; at < 1024; at++) if (write(1, block, sizeof block) < 0) return 1;
    return 0;
}

/* Deaf to all that can be ignored, in sessions of their own, each in its turn forked again. */
static void deaf_loop(void)
{
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    for (int one = 1; one < NSIG; one++) signal(one, SIG_IGN);
    prctl(PR_SET_DUMPABLE, 0);
    for (int one = 0; one < 4; one++) if (fork() == 0) setsid();
    for (;;) { }
}

static int open_files(void)
{
    long opened = 0;
    while (open("/dev/null", O_RDONLY) != -1) opened++;
    printf("%s\n", strerrorname_np(errno));
    return opened > 4096;
}

/* ---- what it leaves in /out ---- */

static void made(const char *name, long result) { tell(result); printf("%s %s\n", name, told); }

static int touch(const char *name)
{
    int fd = open(name, O_CREAT | O_WRONLY, 0600);
    if (fd != -1) close(fd);
    return fd;
}

static void bind_at(const char *name)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    strncpy(address.sun_path, name, sizeof address.sun_path - 1);
    made(name, fd == -1 ? -1 : bind(fd, (void *)&address, sizeof address));
}

static void tricks(void)
{
    char name[512];
    if (chdir("/out")) { made("chdir", -1); return; }
    made("link", symlink("/etc/passwd", "link"));
    made("link-to-root", symlink("/", "link-to-root"));
    made("link-up", symlink("../../../../../../../../etc/passwd", "link-up"));
    made("link-to-itself", symlink("link-to-itself", "link-to-itself"));
    made("link-to-program", symlink("/proc/self/exe", "link-to-program"));
    made("hard-link-of-shell", link("/.stun/sh", "hard-link-of-shell"));
    made("hard-link-of-program", link("/bin/busybox", "hard-link-of-program"));
    made("hard-link-of-input", link("/in/input", "hard-link-of-input"));
    made("fifo", mkfifo("fifo", 0600));
    bind_at("socket");
    made("device", mknod("device", S_IFCHR | 0600, makedev(1, 1)));
    made("disk", mknod("disk", S_IFBLK | 0600, makedev(7, 0)));
    made("huge", touch("huge") == -1 ? -1 : truncate("huge", 1L << 40));
    made("unreadable", touch("unreadable") == -1 ? -1 : chmod("unreadable", 0));
    made("setuid", touch("setuid") == -1 ? -1 : chmod("setuid", 06755));
    made("newline", touch("new\nline"));
    made("escape", touch("\033[2J\033]0;owned\007"));
    made("not-utf8", touch("\xff\xfe"));
    made("replacement", touch("\xef\xbf\xbd\xef\xbf\xbd"));
    memset(name, 'n', 255);
    name[255] = 0;
    made("longest", touch(name));
    made("spaces", touch(" "));
    made("dots", touch("..."));
    made("dash", touch("-rf"));
    made("backslash", touch("..\\..\\x"));
    made("star", touch("*"));
    made("closed-directory", mkdir("closed", 0700));
    touch("closed/file");
    chmod("closed", 0);
}

/* Deeper than a path may be long: only a program that walks by steps can go there. */
static void deep(int levels, int length)
{
    char name[256];
    memset(name, 'd', length);
    name[length] = 0;
    if (chdir("/out")) return;
    int level = 0;
    while (level < levels && mkdir(name, 0700) == 0 && chdir(name) == 0) level++;
    touch("file");
    printf("%d\n", level);
}

static void many(int files, int directories)
{
    char name[64];
    for (int one = 0; one < files; one++) { snprintf(name, sizeof name, "/out/f%06d", one); touch(name); }
    for (int one = 0; one < directories; one++) { snprintf(name, sizeof name, "/out/d%06d", one); mkdir(name, 0700); }
}

/* Names that cost no file: until the disk is full, or there are enough of them. */
static int hard_links(void)
{
    char name[300];
    long made = 0;
    if (chdir("/out") || touch("file0") == -1) return 1;
    for (int file = 0; made < 20000; )
    {
        snprintf(name, sizeof name, "%0200ld", made);
        char from[32];
        snprintf(from, sizeof from, "file%d", file);
        if (link(from, name) == 0) { made++; continue; }
        if (errno != EMLINK) break;
        snprintf(from, sizeof from, "file%d", ++file);
        if (touch(from) == -1) break;
    }
    return made < 1000;
}

/* ---- a neighbour ---- */

enum { SHARED_KEY = 0x57a7 };

static int neighbour(const char *action)
{
    if (!strcmp(action, "leave"))
    {
        struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "\0neighbour" };
        int fd = socket(AF_UNIX, SOCK_STREAM, 0);
        socklen_t length = offsetof(struct sockaddr_un, sun_path) + sizeof "neighbour";
        made("socket", bind(fd, (void *)&address, length) || listen(fd, 1) ? -1 : 0);
        made("memory", shmget(SHARED_KEY, 4096, IPC_CREAT | 0666));
        made("tmp", touch("/tmp/neighbour"));
        made("out", touch("/out/neighbour"));
        made("shm", touch("/dev/shm/neighbour"));
        printf("ready\n");
        fflush(stdout);
        sleep(60);
        return 0;
    }
    TRY("socket", connect_abstract("neighbour"));
    TRY("memory", tell(shmget(SHARED_KEY, 4096, 0)));
    TRY("tmp", tell(access("/tmp/neighbour", F_OK)));
    TRY("out", tell(access("/out/neighbour", F_OK)));
    TRY("shm", tell(access("/dev/shm/neighbour", F_OK)));
    TRY("processes", snprintf(told, sizeof told, "%ld", count_processes()));
    return 0;
}

/* ---- */

static void in_hexadecimal(const char *kind, const char *text)
{
    printf("%s ", kind);
    while (*text) printf("%02x", (unsigned char)*text++);
    printf("\n");
}

/* Run on the host, by the test: gives a program of the image a capability in its file. */
static int make_capable(const char *path)
{
    uint32_t all[5] = { 0x02000001, 0x002000c0, 0x002000c0, 0, 0 };
    if (setxattr(path, "security.capability", all, sizeof all, 0) == 0) return 0;
    perror(path);
    return 1;
}

int main(int count, char **arguments)
{
    const char *mode = count > 1 ? arguments[1] : "";
    setvbuf(stdout, NULL, _IOFBF, 1 << 16);
    /* By mistake on a real machine, this would kill all that runs there. */
    int is_contained = geteuid() == 1000 && access("/.stun/sh", F_OK) == 0;
    if (!is_contained && strcmp(mode, "make-capable") && strcmp(mode, "identity")) return 3;
    if (!strcmp(mode, "calls") && count == 5)
    {
        host_process = atol(arguments[2]);
        host_port = atoi(arguments[3]);
        host_socket = arguments[4];
        list_descriptors("descriptors", "/proc/self/fd");
        list_descriptors("descriptors-of-first", "/proc/1/fd");
        copy_program("/tmp/own");
        network();
        mounts();
        processes();
        doors();
        privilege();
        kernel_files();
        TRY("dump-core", signal(SIGALRM, SIG_DFL); abort());
        TRY("kill-everything", kill(-1, SIGKILL); tell_text("survived"));
    }
    else if (!strcmp(mode, "walk")) { walk("/", 0); printf("seen %s\n", seen > 50 ? "enough" : "little"); }
    else if (!strcmp(mode, "identity") && count == 3) printf("%s euid=%d+egid=%d\n", arguments[2], geteuid(), getegid());
    else if (!strcmp(mode, "where")) where_am_i();
    else if (!strcmp(mode, "fork-bomb")) fork_bomb();
    else if (!strcmp(mode, "memory-bomb")) memory_bomb();
    else if (!strcmp(mode, "memory-file-bomb")) memory_file_bomb();
    else if (!strcmp(mode, "shared-memory-bomb")) shared_memory_bomb();
    else if (!strcmp(mode, "fill") && count == 3) return fill(arguments[2]);
    else if (!strcmp(mode, "fill-names")) return fill_names();
    else if (!strcmp(mode, "open-files")) return open_files();
    else if (!strcmp(mode, "flood")) return flood();
    else if (!strcmp(mode, "deaf-loop")) deaf_loop();
    else if (!strcmp(mode, "tricks")) tricks();
    else if (!strcmp(mode, "deep") && count == 4) deep(atoi(arguments[2]), atoi(arguments[3]));
    else if (!strcmp(mode, "many") && count == 4) many(atoi(arguments[2]), atoi(arguments[3]));
    else if (!strcmp(mode, "neighbour") && count == 3) return neighbour(arguments[2]);
    else if (!strcmp(mode, "hard-links")) return hard_links();
    else if (!strcmp(mode, "make-capable") && count == 3) return make_capable(arguments[2]);
    else if (!strcmp(mode, "verbatim"))
    {
        for (int at = 2; at < count; at++) in_hexadecimal("argument", arguments[at]);
        for (char **at = environ; *at; at++) in_hexadecimal("variable", *at);
    }
    else { fprintf(stderr, "unknown: %s\n", mode); return 2; }
    fflush(stdout);
    return 0;
}
