using System.Security.Cryptography;
using Stun.Execution;
using Stun.Execution.Containers;
using Stun.Execution.Images;
using Stun.Node.Secrets;
using Stun.Node.Serving;
using Stun.Node.Storage;

namespace Stun.Node.Provider;

/// <summary>Runs tasks in containers: image and inputs in, one container, its outputs as a manifest of blobs.</summary>
/// <param name="Scratch">A directory of this process alone for what runs leave before it is kept.</param>
/// <param name="models">Counts what models are used.</param>
/// <param name="replicas">Is told of what answers calls.</param>
public sealed class ContainerExecutor(
    ContainerHost host, ImageStore images, Blobs blobs, string scratch, ModelShelf models, ReplicaBoard replicas)
    : IExecutor
{
    /// <summary>Enough for parallel programs; a bomb of processes stops here.</summary>
    private const int ProcessesMax = 1_024;

    /// <summary>Also the largest result of a task that names no outputs.</summary>
    private const long LogBytesMax = 16 << 20;

    /// <summary>A manifest of as many files, with names of usual length, fits one message.</summary>
    private const int OutputFilesMax = 4_096;

    /// <summary>
    /// All that a run reads and writes lies in memory, which is taken from what the task asks for: see
    /// <see cref="SealedMemory"/>.
    /// </summary>
    public bool KeepsOffDisk { get; init; }

    public async Task<RunOutcome> RunAsync(ExecutionRequest request, LogSink sink, CancellationToken stop)
    {
        var ground = Path.Combine(scratch, request.Name);
        try
        {
            Directory.CreateDirectory(ground);
            return await RunAsync(request, ground, sink, stop).ConfigureAwait(false);
        }
        catch (ExecutionException refused)
        {
            var reason = refused.Code.StartsWith("image.", StringComparison.Ordinal)
                ? RunFailure.ImageMissing
                : RunFailure.Runtime;
            return new RunOutcome.Failed(reason, Sentence.Short(refused.Message));
        }
        catch (StorageException missing)
        {
            return new RunOutcome.Failed(RunFailure.BlobMissing, Sentence.Short(missing.Message));
        }
        catch (IOException failure)
        {
            return new RunOutcome.Failed(RunFailure.Runtime, Sentence.Short(failure.Message));
        }
        finally
        {
            if (Directory.Exists(ground)) Directory.Delete(ground, recursive: true);
        }
    }

    private async Task<RunOutcome> RunAsync(
        ExecutionRequest request, string ground, LogSink sink, CancellationToken stop)
    {
        var order = request.Order.Order;
        models.Review();
        var plan = await WorkPlan.OfAsync(order.Spec, blobs, stop).ConfigureAwait(false);
        using var image = await AcquireAsync(plan, stop).ConfigureAwait(false);
        var inputs = new TaskInputs(blobs, (ulong)order.Spec.Resources.DiskMiB << 20);
        await using (inputs.ConfigureAwait(false))
        {
            await inputs.AddAsync(order.Spec.Inputs, stop).ConfigureAwait(false);
            if (plan.Model is { } model)
                models.Note(model.Digest, await inputs.AddAsync(ModelManifest.FileName, model.Digest, stop)
                    .ConfigureAwait(false));
            if (plan.Port > 0)
                return await ServeAsync(request, plan, image, (inputs.Files, Path.Combine(ground, "out")), sink, stop)
                    .ConfigureAwait(false);
            using var said = new FileStream(Path.Combine(ground, "stdout"), FileMode.CreateNew);
            var run = RequestFor(request, plan, image, inputs.Files, Path.Combine(ground, "out"));
            var report = await host.RunAsync(run, KeepOutput(said, sink), stop).ConfigureAwait(false);
            if (report.End.Failure is { } failure)
                return new RunOutcome.Failed(failure, Sentence.Short(WordsOf(report.End)));
            said.Close();
            var result = await KeepAsync(order.Spec, report, said.Name, run.OutputDirectory, stop)
                .ConfigureAwait(false);
            return new RunOutcome.Done(result, Digest.Zero, WallOf(report));
        }
    }

    /// <summary>
    /// A replica, until somebody finishes it or its run time is nearly over. What it writes is for people alone: its
    /// result is what it has served.
    /// </summary>
    private async Task<RunOutcome> ServeAsync(
        ExecutionRequest request, WorkPlan plan, UnpackedImage image,
        (ValueList<InputFile> Inputs, string Outputs) places, LogSink sink, CancellationToken stop)
    {
        ServedRun? served = null;
        IDisposable? place = null;
        var run = RequestFor(request, plan, image, places.Inputs, places.Outputs) with { Outputs = [] };
        using var end = new CancellationTokenSource();
        run = run with
        {
            Begun = open =>
            {
                served = new ServedRun(open, plan.Port);
                place = replicas.Add(request.Task, served);
                end.Token.Register(served.Finish);
                end.CancelAfter(ServedRun.FinishAfter(run.Limits.WallClock));
            },
        };
        RunReport report;
        try
        {
            report = await host.RunAsync(run, sink, stop).ConfigureAwait(false);
        }
        finally
        {
            place?.Dispose();
        }
        if (report.End.Failure is { } failure)
            return new RunOutcome.Failed(failure, Sentence.Short(WordsOf(report.End)));
        var counts = served!.Counts.Text();
        var digest = await blobs.KeepAsync(counts, stop).ConfigureAwait(false);
        var manifest = new ResultManifest([new ResultFile(ServedCounts.FileName, digest, (ulong)counts.Length)]);
        var result = await blobs.KeepAsync(ProtocolWire.Encode(manifest), stop).ConfigureAwait(false);
        return new RunOutcome.Done(result, Digest.Zero, WallOf(report));
    }

    private static Duration WallOf(RunReport report) =>
        new(report.Usage.Wall.Ticks / TimeSpan.TicksPerMicrosecond);

    private async Task<UnpackedImage> AcquireAsync(WorkPlan plan, CancellationToken stop)
    {
        if (images.TryAcquire(plan.Image) is { } present) return present;
        if (plan.Source.Length == 0)
            throw new ExecutionException("image.not-here",
                $"The image sha256:{plan.Image} is not on this machine, and the task names no place to fetch it from.",
                "Name its source: docker://HOST/NAME@sha256:DIGEST.");
        var source = await SourceAsync(plan.Source, stop).ConfigureAwait(false);
        return await images.AcquireAsync(source, plan.Image, new Progress<ImageProgress>(), stop)
            .ConfigureAwait(false);
    }

    /// <summary>An image that travels as a blob is fetched like an input; else only registries are asked.</summary>
    private async Task<ImageSource> SourceAsync(string text, CancellationToken stop)
    {
        const string blob = "blob:sha256:";
        if (text.StartsWith(blob, StringComparison.Ordinal)
            && ImageDigest.TryParse(text["blob:".Length..], out var digest))
        {
            var file = await blobs.OpenFileAsync(digest, stop).ConfigureAwait(false);
            await using (file.ConfigureAwait(false)) return new ImageSource.Blob(file.Name, digest);
        }
        // A path would be one of this machine: a stranger names none.
        return ImageSource.Parse(text) is ImageSource.Registry registry
            ? registry
            : throw new ExecutionException("image.source-invalid", $"'{text}' is no source that a task may name.",
                "Use docker://HOST/NAME, or upload the image and name it as blob:sha256:DIGEST.");
    }

    private RunRequest RequestFor(
        ExecutionRequest request, WorkPlan plan, UnpackedImage image, ValueList<InputFile> inputs, string outputs)
    {
        var (order, resources) = (request.Order.Order, request.Order.Order.Spec.Resources);
        var memory = resources.MemoryMiB - (KeepsOffDisk ? (long)SealedMemory.Spaces * resources.DiskMiB : 0);
        var limits = new RunLimits(
            memory << 20, resources.CpuMillis, ProcessesMax, (long)resources.DiskMiB << 20,
            LogBytesMax, TimeSpan.FromMicroseconds(order.RunTimeMax.Micros))
        {
            OutputFilesMax = OutputFilesMax,
        };
        return new RunRequest(request.Name, image, plan.Command, inputs, order.Spec.Outputs, limits, outputs)
        {
            Environment = plan.Environment,
            KeepsOffDisk = KeepsOffDisk,
        };
    }

    private static LogSink KeepOutput(FileStream said, LogSink sink) => (stream, bytes) =>
    {
        if (stream == LogStream.Output) said.Write(bytes.Span);
        sink(stream, bytes);
    };

    private async Task<Digest> KeepAsync(
        TaskSpec spec, RunReport report, string said, string outputs, CancellationToken stop)
    {
        List<ResultFile> files = [];
        if (spec.Outputs.Count == 0)
        {
            var digest = await HashAsync(said, stop).ConfigureAwait(false);
            await blobs.KeepFileAsync(said, digest, stop).ConfigureAwait(false);
            files.Add(new ResultFile(ResultManifest.StandardOutput, digest, (ulong)new FileInfo(said).Length));
        }
        foreach (var output in report.Outputs.Span.ToArray())
        {
            await blobs.KeepFileAsync(Path.Combine(outputs, output.Digest.ToString()), output.Digest, stop)
                .ConfigureAwait(false);
            files.Add(new ResultFile(output.Name, output.Digest, (ulong)output.Size));
        }
        return await blobs.KeepAsync(ProtocolWire.Encode(new ResultManifest(ValueList.From(files))), stop)
            .ConfigureAwait(false);
    }

    private static async Task<Digest> HashAsync(string path, CancellationToken cancel)
    {
        var content = File.OpenRead(path);
        await using (content.ConfigureAwait(false))
            return Digest.Read(await SHA256.HashDataAsync(content, cancel).ConfigureAwait(false));
    }

    private static string WordsOf(RunEnd end) => end switch
    {
        RunEnd.Exited exited => $"exit code {exited.Code}",
        RunEnd.RuntimeFailed failed => failed.Message,
        _ => "",
    };
}
