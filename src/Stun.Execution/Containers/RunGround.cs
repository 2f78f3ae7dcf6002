using Stun.Execution.Cgroups;
using Stun.Execution.Images;
using Stun.Execution.Linux;

namespace Stun.Execution.Containers;

/// <summary>
/// All that is made for one container before it starts, and taken away after: directory, scratch space, overlay, group
/// and user ids. What it needs from others is in its directory alone, so that the next life of this host can clear it.
/// </summary>
internal sealed class RunGround
{
    private const Kernel.MountFlags Safe = Kernel.MountFlags.NoSetUid | Kernel.MountFlags.NoDevices;

    private const UnixFileMode EveryoneMay = (UnixFileMode)0b001_111_111_111, OwnerOnly = (UnixFileMode)0b111_000_000,
        OthersMayLook = (UnixFileMode)0b111_101_101;

    private readonly HostGround host;
    private readonly uint firstHostId;
    private readonly RunNeeds needs;

    private RunGround(HostGround host, string id, UnpackedImage image, uint firstHostId, RunNeeds needs)
    {
        this.host = host;
        this.firstHostId = firstHostId;
        this.needs = needs;
        Id = id;
        Image = image;
        Directory = Path.Combine(host.Runs, id);
        Group = host.Groups.Create(id);
    }

    public string Id { get; }

    public UnpackedImage Image { get; }

    public string Directory { get; }

    public ICgroup Group { get; }

    public string Root => Path.Combine(Directory, "root");

    public string Inputs => Path.Combine(needs.KeepsOffDisk ? ScratchSpace : Directory, "in");

    public string ScratchSpace => Path.Combine(Directory, "scratch");

    public string Outputs => Path.Combine(ScratchSpace, "out");

    private string Temporary => Path.Combine(ScratchSpace, "tmp");

    private string Layer => Path.Combine(ScratchSpace, "upper");

    /// <summary>Where on this machine a path of the container lies, as far as the run itself has put it there.
    /// </summary>
    public string PlaceOf(string path) => path == "/tmp" || path.StartsWith("/tmp/", StringComparison.Ordinal)
        ? Temporary + path["/tmp".Length..]
        : Layer + path;

    public RunPlaces Places => needs.Places;

    /// <summary>Of the scratch space, as far as it lies in memory.</summary>
    private long memoryScratchBytes;

    public static async Task<RunGround> PrepareAsync(
        HostGround host, UnpackedImage image, RunRecord record, RunNeeds needs, CancellationToken cancel)
    {
        var ids = host.Ids.Take();
        var id = HostGround.NewId();
        RunGround ground;
        try
        {
            ground = new RunGround(host, id, image, ids, needs);
        }
        catch
        {
            host.Ids.Return(ids);
            throw;
        }
        try
        {
            // Only the runtime comes here, as the container's own root; no account of this machine looks in.
            HostGround.MakeDirectory(ground.Directory, OwnerOnly);
            Kernel.ChangeOwner(ground.Directory, ids, ids);
            record.Write(ground.Directory);
            await ground.MountAsync(cancel).ConfigureAwait(false);
            return ground;
        }
        catch
        {
            ground.Remove();
            throw;
        }
    }

    /// <param name="network">Null for none but a loopback.</param>
    public ContainerSpec Spec(EgressNetwork? network) => new(
        Id, Directory, Root, firstHostId, Group.OciPath, network?.NamespacePath ?? "", Image.Config,
        [
            new BindMount(host.Shell, StartScript.Shell, Writable: false, Executable: true),
            new BindMount(Inputs, "/in", Writable: false, Executable: false),
            new BindMount(Outputs, "/out", Writable: true, Executable: false),
            // gVisor would lay a file system of its own, in memory, over an empty /tmp.
            new BindMount(Temporary, "/tmp", Writable: true, Executable: true),
            .. Hosts(network),
        ]);

    private static BindMount[] Hosts(EgressNetwork? network) =>
        network is null ? [] : [new BindMount(network.HostsFile, "/etc/hosts", Writable: false, Executable: false)];

    public void Limit(RunLimits limits, DriverOverhead overhead)
    {
        if (memoryScratchBytes > 0 && memoryScratchBytes != limits.DiskBytes)
        {
            Scratch.Resize(ScratchSpace, limits.DiskBytes);
            memoryScratchBytes = limits.DiskBytes;
        }
        Group.Limit(limits.ForCgroup(memoryScratchBytes, overhead));
    }

    /// <summary>Takes everything away, in the order in which it is free. May be called for half of a ground.</summary>
    public void Remove()
    {
        Group.Remove();
        HostGround.Clear(Directory);
        Group.Dispose();
        host.Ids.Return(firstHostId);
    }

    private async Task MountAsync(CancellationToken cancel)
    {
        foreach (var directory in new[] { Root, ScratchSpace }) HostGround.MakeDirectory(directory, OthersMayLook);
        var isInMemory = needs.KeepsOffDisk || Scratch.IsInMemory(needs.DiskBytes);
        if (needs.KeepsOffDisk) MemoryFolder.Mount(ScratchSpace, needs.DiskBytes);
        else await Scratch.MountAsync(Directory, ScratchSpace, needs.DiskBytes, cancel).ConfigureAwait(false);
        memoryScratchBytes = isInMemory ? needs.DiskBytes : 0;
        var work = Path.Combine(ScratchSpace, "work");
        foreach (var directory in new[] { Inputs, Layer, work, Outputs, Temporary })
            HostGround.MakeDirectory(directory, OthersMayLook);
        File.SetUnixFileMode(Temporary, EveryoneMay);
        Kernel.ChangeOwner(Outputs, firstHostId + ContainerSpec.User, firstHostId + ContainerSpec.User);
        Places.Make(PlaceOf, Temporary, firstHostId + ContainerSpec.User);
        Kernel.Mount("stun", Root, "overlay", Safe,
            $"lowerdir={host.Skeleton}:{Image.Root},upperdir={Layer},workdir={work}");
    }
}

/// <summary>What must be known of a run before its container is made; a container that waits knows little.</summary>
internal sealed record RunNeeds(
    long DiskBytes, ValueList<EgressRule> Egress, RunPlaces Places, bool KeepsOffDisk = false);
