using Stun.Execution;
using Stun.Execution.Hardware;
using Stun.Execution.Tools;

namespace Stun.Tests.Detection;

/// <summary>What is read from recorded trees and answers; recorded/README.md tells where they come from.</summary>
public sealed class DetectionTests
{
    [Fact]
    public void A_virtual_machine_with_hybrid_control_groups_is_read_as_it_was()
    {
        using var machine = new RecordedMachine("vm-epyc.tree");
        var cpu = CpuSource.Read(machine.Files);
        Assert.Equal(("AMD EPYC", "AuthenticAMD"), (cpu.Model, cpu.Vendor));
        Assert.Equal((1, 2, 2, 2), (cpu.Sockets, cpu.Cores, cpu.Threads, cpu.ThreadsAllowed));
        Assert.Equal((null, 2000L, 32L << 20), (cpu.QuotaMillis, cpu.UsableMillis, cpu.LastCacheBytes));
        Assert.Contains("avx512_vnni", cpu.Flags);
        Assert.DoesNotContain("fpu", cpu.Flags);
        var memory = MemorySource.Read(machine.Files);
        Assert.Equal((null, 1), (memory.LimitBytes, memory.NumaNodes));
        Assert.Equal(memory.TotalBytes, memory.UsableBytes);
        var disk = DiskSource.Read(machine.Files, "/srv/store", _ => (10, 5));
        Assert.Equal(new DiskReport("/srv/store", 10, 5, "ext4", "/dev/vda", true), disk);
        Assert.Equal("hybrid", ControlGroup.VersionOf(machine.Files));
    }

    [Fact]
    public async Task A_server_with_sliced_cards_quota_and_TEE_is_read_whole()
    {
        using var machine = new RecordedMachine("server-8480.tree")
            .Answer("nvidia-smi", RecordedMachine.Text("nvidia-a100.csv"))
            .Answer("crun", "crun version 1.8.1\ncommit: x\n");
        var report = await HardwareDetection.RunAsync(machine.Sources);
        Assert.Equal((2, 8, 16, 9), (
            report.Cpu.Sockets, report.Cpu.Cores, report.Cpu.Threads, report.Cpu.ThreadsAllowed));
        // The limit of the group above counts, too.
        Assert.Equal((6500L, 6500L), (report.Cpu.QuotaMillis, report.Cpu.UsableMillis));
        Assert.Contains("amx_int8", report.Cpu.Flags);
        Assert.Equal((1L << 40, 1L << 40, 2), (
            report.Memory.LimitBytes, report.Memory.UsableBytes, report.Memory.NumaNodes));
        Assert.Equal([TeeKind.TdxHost, TeeKind.Sgx], report.Tee.Kinds.ToArray());
        Assert.Equal(["0000:03:00.0", "0000:1b:00.0", "0000:4e:00.0"], report.Gpus.Select(gpu => gpu.PciAddress));
        Assert.Equal((GpuVendor.Unknown, "1a03:2000", 0L), (
            report.Gpus[0].Vendor, report.Gpus[0].Model, report.Gpus[0].MemoryBytes));
        Assert.Equal((81_920L << 20, (ushort)80, true), (
            report.Gpus[1].MemoryBytes, report.Gpus[1].ComputeCapability, report.Gpus[1].IsMigEnabled));
        Assert.Equal(["nvidia.com/gpu=0", "nvidia.com/gpu=all"], report.CdiDevices.Select(device => device.Name));
        Assert.Contains(report.Remarks, remark =>
            remark.Source == "/etc/cdi/nvidia.yaml" && remark.Text.Contains("YAML"));
        Assert.Equal(("v2", true, false), (
            report.Containers.ControlGroups, report.Containers.HasOverlay, report.Containers.HasUserNamespaces));
        Assert.Equal([new ToolVersion("crun", "1.8.1")], report.Containers.Runtimes.ToArray());
        var hardware = CapabilityClaim.HardwareOf(report);
        Assert.Equal(("A100SXM4", (ushort)2, 81_920u), (
            hardware.GpuModel.ToString(), hardware.GpuCount, hardware.GpuMemoryMiB));
    }

    [Fact]
    public void A_store_on_another_disk_and_with_a_space_in_its_path_is_found()
    {
        using var machine = new RecordedMachine("server-8480.tree");
        DiskReport Read(string store) => DiskSource.Read(machine.Files, store, _ => (2, 1));
        Assert.Equal(("/dev/sda1", "xfs", true), Of(Read("/srv/big store/x")));
        Assert.Equal(("/dev/nvme0n1p2", "ext4", false), Of(Read("/srv/big storehouse")));
        static (string, string, bool?) Of(DiskReport disk) => (disk.Device, disk.FileSystem, disk.IsRotational);
    }

    [Fact]
    public void Slices_of_a_card_stand_under_their_card()
    {
        var cards = NvidiaSource.Cards(RecordedMachine.Text("nvidia-a100.csv"), []);
        var sliced = NvidiaSource.WithSlices(cards, RecordedMachine.Text("mig-a100.listing.txt"));
        Assert.Equal([4, 0], sliced.Select(card => card.MigInstances.Count));
        Assert.Equal(
            new MigReport("1g.20gb", "MIG-ce861fb0-a248-58ce-a9a8-f9adbc22a66a", 20L << 30),
            sliced[0].MigInstances[0]);
    }

    [Theory]
    [InlineData("nvidia-consumer.csv", "NVIDIA GeForce RTX 4090", 89, 24_564)]
    [InlineData("nvidia-old.csv", "Tesla V100-SXM2-16GB", 0, 16_160)]
    public void A_card_that_answers_not_available_or_less_is_read(
        string file, string model, int compute, long mebibytes)
    {
        List<Remark> remarks = [];
        var card = Assert.Single(NvidiaSource.Cards(RecordedMachine.Text(file), remarks));
        Assert.Equal((model, (ushort)compute, mebibytes << 20), (card.Model, card.ComputeCapability, card.MemoryBytes));
        Assert.Equal(("", false), (card.Ecc, card.IsMigEnabled));
        Assert.Empty(remarks);
    }

    [Fact]
    public void Cards_of_AMD_are_read_from_the_tool_and_from_the_drivers()
    {
        var card = Assert.Single(AmdSource.Cards(RecordedMachine.Text("rocm-7900xt.json"), []));
        Assert.Equal(("Radeon RX 7900 XT", 21_458_059_264L, "gfx1100"), (card.Model, card.MemoryBytes, card.Target));
        using var machine = new RecordedMachine("mi300x.tree");
        var seen = Assert.Single(PciDisplaySource.Read(machine.Files));
        Assert.Equal(("AMD Instinct MI300X OAM", 206_141_652_992L, "gfx942", "amdgpu"), (
            seen.Model, seen.MemoryBytes, seen.Target, seen.Driver));
        Assert.Equal([TeeKind.SevSnpHost], TeeSource.Read(machine.Files).Kinds.ToArray());
    }

    [Theory]
    [InlineData(90_402, "gfx942")]
    [InlineData(110_000, "gfx1100")]
    [InlineData(90_010, "gfx90a")]
    [InlineData(0, "")]
    [InlineData(-5, "")]
    public void The_target_of_AMDs_compiler_is_written_as_its_documents_do(long version, string target) =>
        Assert.Equal(target, AmdSource.Target(version));

    [Fact]
    public void Memory_of_Intels_cards_is_their_own_and_a_processors_graphics_have_none()
    {
        using var machine = new RecordedMachine("arc.tree");
        var found = PciDisplaySource.Read(machine.Files);
        Assert.Equal(
            [("0000:00:02.0", 0L), ("0000:03:00.0", 12L << 30), ("0000:08:00.0", 16L << 30)],
            found.Select(gpu => (gpu.PciAddress, gpu.MemoryBytes)));
    }

    [Fact]
    public async Task A_tool_that_fails_hangs_or_talks_nonsense_becomes_a_remark()
    {
        Func<ToolResult>[] answers =
        [
            () => new ToolResult(9, "NVIDIA-SMI has failed because it couldn't communicate with the driver.\n", ""),
            () => throw new ExecutionException("tool.timeout", "nvidia-smi did not end within 10 s.", "Try again."),
            () => new ToolResult(0, "\u001b[31mgarbage, in, a, row\n", ""),
            () => new ToolResult(0, new string('x', 10 << 20), ""),
            () => new ToolResult(0, string.Concat(Enumerable.Repeat("a, b\n", 1 << 20)), ""),
        ];
        foreach (var answer in answers)
        {
            using var machine = new RecordedMachine("vm-epyc.tree").Answer("nvidia-smi", answer);
            machine.Answer("rocm-smi", answer);
            var report = await HardwareDetection.RunAsync(machine.Sources);
            Assert.Empty(report.Gpus);
            Assert.Contains(report.Remarks, remark => remark.Source == "nvidia-smi");
            Assert.Contains(report.Remarks, remark => remark.Source == "rocm-smi");
            Assert.InRange(report.Remarks.Count, 2, 20);
            Assert.All(report.Remarks, remark => Assert.InRange(remark.Text.Length, 1, 250));
            Assert.All(report.Remarks, remark => Assert.DoesNotContain('\u001b', remark.Text));
        }
    }

    [Fact]
    public async Task An_empty_machine_is_a_report_with_remarks()
    {
        using var machine = new RecordedMachine();
        var report = await HardwareDetection.RunAsync(machine.Sources);
        Assert.Equal(["/proc/cpuinfo", "/proc/meminfo"], report.Remarks.Select(remark => remark.Source));
        Assert.Equal(0u, CapabilityClaim.HardwareOf(report).CpuMillis);
    }

    [Theory]
    [InlineData("NVIDIA H100 80GB HBM3", "H100")]
    [InlineData("NVIDIA A100-SXM4-80GB", "A100SXM4")]
    [InlineData("NVIDIA GeForce RTX 4090", "RTX4090")]
    [InlineData("Radeon RX 7900 XT", "RX7900XT")]
    [InlineData("AMD Instinct MI300X OAM", "MI300XOA")]
    [InlineData("", "unknown")]
    [InlineData("\u00e9\u4e2d", "unknown")]
    public void A_model_has_a_short_name_that_fits_an_offer(string model, string name) =>
        Assert.Equal(name, CapabilityClaim.ShortModel(model));

    [Theory]
    [InlineData("0-3,8", 5)]
    [InlineData("0", 1)]
    [InlineData("", 0)]
    [InlineData("3-0", 0)]
    [InlineData("1-2-3", 0)]
    [InlineData("0-99999999999999999999", 0)]
    [InlineData("a-b", 0)]
    public void A_list_of_threads_is_counted(string list, int count) =>
        Assert.Equal(count, CpuSource.CountOfList(list));

    [Fact]
    public async Task The_document_of_a_machine_is_the_same_each_time()
    {
        using var machine = new RecordedMachine("server-8480.tree")
            .Answer("nvidia-smi", RecordedMachine.Text("nvidia-a100.csv"));
        var report = await HardwareDetection.RunAsync(machine.Sources);
        var rate = new ProbeRate(1000, 2000, 5);
        var probes = new ProbeReport(
            1, 7, rate, rate, rate, rate, rate, rate, rate, true, new GpuMemoryReport(2, 3, 4), 5,
            [new Remark("disk probe", "as an example")]);
        var record = CapabilityClaim.Make(report, probes, new Address(1, 2, 3), new Digest(1, 2, 3, 4), new Instant(5));
        var signed = new SignedCapabilityRecord(record, Signature.None);
        Assert.Equal(signed, ProtocolWire.DecodeSignedCapabilityRecord(ProtocolWire.Encode(signed)));
        var document = new HardwareDocument(report, probes, SignedRecordText.Of(signed, new Digest(9, 9, 9, 9)));
        GoldenFile.Check("tests/Stun.Tests/Detection/recorded/server-8480.golden.json", document.ToJson());
        GoldenFile.Check("tests/Stun.Tests/Detection/recorded/server-8480.golden.txt", HardwareTable.Text(document));
    }
}
